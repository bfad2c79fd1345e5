import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lateness } from "../../../src/core/adaptive/lateness.ts";
import { close } from "./numbers.ts";
import { laneOf, slotsOf } from "./views.ts";

/** Holds a lane until 100, and looks at it at these times. */
function held(lateness: Lateness, ...looks: readonly number[]): number {
  lateness.heldUntil = 100;
  for (const now of looks) lateness.looked(laneOf(1), slotsOf(1), now);
  return lateness.ms;
}

describe("Lateness", () => {
  it("Who was never held knows of none", () => {
    const lateness = new Lateness();
    lateness.looked(laneOf(1), slotsOf(1), 1000);
    assert.equal(lateness.ms, 0);
  });

  it("It is the mean of the last looks that were due, less the ms that any timer takes", () => {
    const lateness = new Lateness();
    close(held(lateness, 113), 3);
    close(held(lateness, 105), 3.25);
    for (let look = 0; look < 50; look++) held(lateness, 116);
    close(lateness.ms, 15, 1e-3);
  });

  it("A look that is punctual makes it less", () => {
    for (const now of [100, 100.5, 101]) {
      const lateness = new Lateness();
      held(lateness, 117);
      close(held(lateness, now), 3);
    }
  });

  it("Looks before they are due tell nothing, and those that follow one that was due neither", () => {
    const lateness = new Lateness();
    assert.equal(held(lateness, 60, 99.9), 0);
    close(held(lateness, 60, 117, 200), 4);
  });

  it("Only what was said last is due", () => {
    const lateness = new Lateness();
    lateness.heldUntil = 20;
    close(held(lateness, 117), 4);
  });

  it("A look is not late for calls that came after it was due, nor while no slot was free", () => {
    const lateness = new Lateness();
    lateness.heldUntil = 100;
    lateness.looked(laneOf(1, { oldestAt: 101 }), slotsOf(1), 5000);
    lateness.heldUntil = 100;
    const slots = { ...slotsOf(1), freeSince: 101 };
    lateness.looked(laneOf(1), slots, 5000);
    assert.equal(lateness.ms, 0);
  });

  it("It is forgotten as batches leave", () => {
    const lateness = new Lateness();
    held(lateness, 117);
    for (let batch = 0; batch < 64; batch++) lateness.forget();
    close(lateness.ms, 4 / Math.E, 0.02);
  });
});
