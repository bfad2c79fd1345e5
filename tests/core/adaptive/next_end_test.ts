import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nextEndMs } from "../../../src/core/adaptive/next_end.ts";
import { slotsOf } from "./views.ts";

describe("nextEndMs()", () => {
  it("Is when the next batch ends, no later than asked for and not in the past", () => {
    assert.equal(nextEndMs(slotsOf(1, [30, 20, NaN]), 5, 100), 15);
    assert.equal(nextEndMs(slotsOf(1, [30, 20]), 5, 10), 10);
    assert.equal(nextEndMs(slotsOf(1, [30, 2]), 5, 10), 0);
  });

  it("Looks through no batches where nobody would wait for them", () => {
    let looks = 0;
    const slots = slotsOf(2);
    Object.defineProperty(slots, "batches", { get: () => (looks++, []) });
    assert.equal(nextEndMs(slots, 5, 0), 0);
    assert.equal(looks, 0);
  });
});
