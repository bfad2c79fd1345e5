import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { natural, window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

describe("Scheduler: slots", () => {
  it("R3 a batch that waits for a slot leaves with everything then waiting", () => {
    const driven = new Driven();
    driven.turn(0, "a");
    driven.turn(1, "b");
    driven.turn(2, "c");
    assert.deepEqual(driven.sent, ["a"]);
    driven.endAndTurn(9);
    assert.deepEqual(driven.sent, ["a", "b c"]);
  });

  it("R3 it grows up to size, and what comes then waits behind it", () => {
    const driven = new Driven({ size: 3 });
    driven.turn(0, "a b c");
    driven.turn(1, "d e f g");
    driven.endAndTurn(9);
    assert.deepEqual(driven.sent, ["a b c", "d e f"]);
    driven.endAndTurn(10);
    assert.deepEqual(driven.sent, ["a b c", "d e f", "g"]);
  });

  it("R3 a window that has passed while no slot was free is not waited for again", () => {
    const driven = new Driven({ size: 2, policy: window(10) });
    driven.turn(0, "a b");
    driven.turn(1, "c");
    driven.endTurn(11);
    assert.deepEqual(driven.sent, ["a b"]);
    driven.endAndTurn(12);
    assert.deepEqual(driven.sent, ["a b", "c"]);
  });

  it("R3 a window that still runs when a slot frees is kept to its end", () => {
    const driven = new Driven({ size: 2, policy: window(10) });
    driven.turn(0, "a b");
    driven.turn(1, "c");
    driven.endAndTurn(6);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.equal(driven.wake, 11);
    driven.endTurn(11);
    assert.deepEqual(driven.sent, ["a b", "c"]);
  });

  it("Without a free slot no look is asked for: the end of a batch brings one", () => {
    const driven = new Driven({ size: 2, policy: window(10) });
    driven.turn(0, "a b");
    driven.turn(1, "c");
    assert.equal(driven.wake, Infinity);
  });

  it("Nor for a lane that has never been asked", () => {
    const driven = new Driven();
    driven.turn(0, "a");
    driven.turn(1, "b", { lane: "other" });
    assert.equal(driven.wake, Infinity);
  });

  it("R3 never do more than `concurrency` batches run", () => {
    const driven = new Driven({ size: 1, concurrency: 3 });
    driven.turn(0, "a b c d e f");
    assert.deepEqual(driven.sent, ["a", "b", "c"]);
    driven.endAndTurn(1);
    driven.endAndTurn(1);
    assert.equal(driven.scheduler.slots.running, 3);
    assert.deepEqual(driven.sent, ["a", "b", "c", "d", "e"]);
  });

  it("R5 calls leave in the order in which they came, whichever way batches end", () => {
    const driven = new Driven({ size: 2, concurrency: 2 });
    driven.turn(0, "a b c d e f g");
    const [first, second] = driven.batches;
    driven.scheduler.ended(second!, 3, false);
    driven.look(3);
    driven.scheduler.ended(first!, 4, false);
    driven.look(4);
    assert.deepEqual(driven.sent, ["a b", "c d", "e f"]);
    driven.endTurn(4);
    assert.deepEqual(driven.sent, ["a b", "c d", "e f", "g"]);
  });

  it("A size that shrinks while calls wait counts from the next batch on", () => {
    let size = 4;
    const driven = new Driven({
      get size() {
        return size;
      },
    });
    driven.turn(0, "a b c d e f g");
    size = 2;
    driven.endAndTurn(1);
    driven.endAndTurn(2);
    assert.deepEqual(driven.sent, ["a b c d", "e f", "g"]);
  });
});

describe("Scheduler: lanes", () => {
  it("R7 calls of different lanes never share a batch, but share the slots", () => {
    const driven = new Driven();
    driven.place(0, "a1", { lane: "a" });
    driven.place(0, "b1", { lane: "b" });
    driven.place(0, "a2", { lane: "a" });
    driven.look(0);
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["a1 a2"]);
    driven.endAndTurn(1);
    assert.deepEqual(driven.sent, ["a1 a2", "b1"]);
    assert.deepEqual(driven.batches.map((batch) => batch.lane), ["a", "b"]);
  });

  it("R7 a lane is forgotten with its policy when its last batch has ended, not before", () => {
    let made = 0;
    const lane = natural().forLane({ size: 4, concurrency: 2 });
    const policy = { forLane: () => (made++, lane) };
    const driven = new Driven({ concurrency: 2, policy });
    const before = made;
    driven.turn(0, "a", { lane: "tenant" });
    driven.turn(0, "b", { lane: "tenant" });
    driven.endAndTurn(1);
    driven.turn(2, "c", { lane: "tenant" });
    assert.equal(made - before, 1);
    driven.endAndTurn(3);
    driven.endAndTurn(3);
    driven.turn(4, "d", { lane: "tenant" });
    assert.equal(made - before, 2);
  });

  it("R7 the windows of lanes run apart, and the nearest one is looked at", () => {
    const driven = new Driven({ policy: window(10) });
    driven.turn(0, "a", { lane: "a" });
    driven.turn(3, "b", { lane: "b" });
    assert.equal(driven.wake, 10);
    driven.endTurn(10);
    assert.deepEqual(driven.sent, ["a"]);
    driven.endAndTurn(11);
    assert.equal(driven.wake, 13);
  });

  it("R7 a look costs each of the lanes that wait a few questions, however many leave", () => {
    let asked = 0;
    const lane = natural().forLane({ size: 4, concurrency: Infinity });
    const decide: typeof lane.decide = (...view) => {
      asked++;
      lane.decide(...view);
    };
    const driven = new Driven({
      concurrency: Infinity,
      policy: { forLane: () => ({ decide }) },
    });
    for (let key = 0; key < 500; key++) driven.place(0, "x", { lane: key });
    driven.look(0);
    driven.endTurn(0);
    assert.equal(driven.batches.length, 500);
    assert.ok(asked <= 500 * 8, `${asked} questions for 500 lanes`);
  });
});
