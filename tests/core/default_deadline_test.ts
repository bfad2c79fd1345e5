import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

/** Looks whenever a look is asked for, until this time. */
function runTo(driven: Driven, time: number): void {
  while (driven.wake <= time) driven.endTurn(driven.wake);
}

describe("Scheduler: a deadline that all calls have in common", () => {
  it("R17 behind a busy slot it fires also in a lane that has been empty meanwhile", () => {
    const driven = new Driven({ size: 1, deadlineMs: 30 });
    driven.turn(0, "a b");
    runTo(driven, 30);
    assert.equal(driven.expired.length, 2);
    driven.turn(40, "c");
    runTo(driven, 69);
    assert.equal(driven.expired.length, 2);
    runTo(driven, 70);
    assert.equal(driven.expired.length, 3);
    assert.deepEqual(driven.sent, ["a"]);
  });

  it("R17 behind a busy slot it fires in each lane on its own time", () => {
    const driven = new Driven({ size: 1, deadlineMs: 30 });
    driven.turn(0, "a");
    for (const lane of [1, 2, 3]) driven.turn(10 * lane, "x", { lane });
    driven.turn(35, "y", { lane: 1 });
    const times = [40, 50, 60, 65];
    times.forEach((time, index) => {
      runTo(driven, time - 1);
      assert.equal(driven.expired.length, index + 1, `before ${time}`);
      runTo(driven, time);
      assert.equal(driven.expired.length, index + 2, `at ${time}`);
    });
  });

  it("R17 nobody is sent after it, though nobody has looked since the call came", () => {
    const driven = new Driven({ size: 2, deadlineMs: 30 });
    driven.place(0, "a b");
    driven.place(20, "c");
    driven.look(31);
    driven.endTurn(31);
    assert.deepEqual(driven.sent, ["c"]);
    assert.equal(driven.expired.length, 2);
  });

  it("R17 calls with later deadlines of their own neither hear by it nor leave for it", () => {
    const driven = new Driven({ deadlineMs: 30, policy: window(1000) });
    driven.turn(0, "a", { deadlineMs: 400 });
    runTo(driven, 199);
    assert.deepEqual(driven.sent, []);
    runTo(driven, 200);
    assert.deepEqual(driven.sent, ["a"]);
    driven.turn(210, "b", { deadlineMs: 400 });
    driven.turn(220, "c");
    runTo(driven, 300);
    assert.deepEqual(driven.expired.length, 1);
    assert.equal(driven.scheduler.queue.waiting, 1);
  });
});
