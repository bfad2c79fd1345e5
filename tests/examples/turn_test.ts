import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { busyTurns } from "../../examples/predictions/turn.ts";

/** How many turns there are, where they take so many ms and the rest takes no time. */
async function turnsOf(...durationsMs: number[]): Promise<number> {
  let [turns, timeMs] = [0, 0];
  const turn = () => {
    timeMs += durationsMs[turns++] ?? 0;
    return Promise.resolve();
  };
  await busyTurns({ turn, now: () => timeMs });
  return turns;
}

describe("busyTurns()", () => {
  it("has two turns of an event loop that has nothing to do", async () => {
    assert.equal(await turnsOf(), 2);
  });

  it("does not go by the first turn, which may read nothing", async () => {
    assert.equal(await turnsOf(3), 2);
    assert.equal(await turnsOf(0, 3), 3);
  });

  it("has turns until one is not busy", async () => {
    assert.equal(await turnsOf(2, 3, 2, 1, 0.1, 3), 5);
  });

  it("ends also while all are busy, as those who were accepted wait", async () => {
    assert.equal(await turnsOf(...Array<number>(100).fill(3)), 8);
  });

  it("has turns of the event loop unless told otherwise", async () => {
    let isOver = false;
    setTimeout(() => isOver = true, 0);
    while (!isOver) await busyTurns();
  });
});
