import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";
import { placeIn } from "./place_in.ts";

describe("Scheduler: the end of a turn", () => {
  it("R1 a full batch leaves at once, before the turn has ended", () => {
    const driven = new Driven({ size: 2 });
    driven.place(0, "a b");
    assert.equal(driven.look(0), false);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.deepEqual(driven.reasons, ["full"]);
  });

  it("R1 any other waits for the end of the turn, which it asks for", () => {
    const driven = new Driven({ size: 2 });
    driven.place(0, "a");
    assert.equal(driven.look(0), true);
    assert.deepEqual(driven.sent, []);
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["a"]);
    assert.deepEqual(driven.reasons, ["idle"]);
  });

  it("R1 calls that come after a look, but in the same turn, share its batch", () => {
    const driven = new Driven();
    driven.place(0, "a");
    driven.look(0);
    driven.place(0, "b");
    driven.look(0);
    driven.place(0, "c");
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["a b c"]);
  });

  it("R1 full batches leave at once for as many slots as there are, the rest at the end", () => {
    const driven = new Driven({ size: 2, concurrency: 3 });
    driven.place(0, "a b c d e");
    assert.equal(driven.look(0), true);
    assert.deepEqual(driven.sent, ["a b", "c d"]);
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["a b", "c d", "e"]);
  });

  it("R1 when a slot frees, a full batch goes at once", () => {
    const driven = new Driven({ size: 2 });
    driven.turn(0, "a b c d");
    driven.end(5);
    driven.look(5);
    assert.deepEqual(driven.sent, ["a b", "c d"]);
  });

  it("R1 when a slot frees, callers just answered may join the batch that waits", () => {
    const driven = new Driven();
    driven.turn(0, "a");
    driven.turn(1, "b");
    driven.end(5);
    assert.equal(driven.look(5), true);
    driven.place(5, "a2");
    driven.endTurn(5);
    assert.deepEqual(driven.sent, ["a", "b a2"]);
  });

  it("R1 calls that a handler makes at once share a batch with those that it makes later in the turn", () => {
    const driven = new Driven();
    driven.handler = (batch) => {
      if (batch.id === 1) driven.place(0, "b", { nested: true });
    };
    driven.turn(0, "a");
    driven.place(0, "c", { nested: true });
    if (driven.look(0)) driven.endTurn(0);
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["a", "b c"]);
  });

  it("R1 so do those for which there is a slot, in the lane of the batch that it runs", () => {
    const driven = new Driven({ concurrency: 2 });
    driven.handler = (batch) => {
      if (batch.id === 1) driven.place(0, "b");
    };
    driven.turn(0, "a");
    assert.deepEqual(driven.sent, ["a"]);
    driven.turn(0, "c");
    assert.deepEqual(driven.sent, ["a", "b c"]);
  });

  it("Calls that a handler makes at once come when its batch leaves", () => {
    const driven = new Driven({ policy: window(10) });
    const { queue } = driven.scheduler;
    driven.handler = () => placeIn(queue, "b", () => {});
    driven.turn(0, "a");
    driven.endTurn(10);
    assert.equal(queue.oldestAt, 10);
  });

  it("R9 calls for which a handler is granted room at once are not lost in the batch that leaves next", () => {
    const driven = new Driven({ concurrency: 2 });
    const { queue } = driven.scheduler;
    driven.handler = ({ lane }) => {
      if (lane !== "first") return;
      driven.place(0, "b");
      queue.grant(5);
      assert.ok(queue.hasRoom);
      queue.put("c").hold(() => {});
    };
    driven.place(0, "x", { lane: "first" });
    driven.place(0, "a");
    driven.endTurn(0);
    driven.endAndTurn(1);
    driven.endAndTurn(2);
    assert.equal(driven.sent.slice(1).join(" "), "a b c");
    assert.equal(queue.waiting, 0);
  });

  it("A look at an empty queue wants nothing", () => {
    const driven = new Driven();
    assert.equal(driven.look(0), false);
    driven.endTurn(0);
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.wake, Infinity);
  });
});

describe("Scheduler: window", () => {
  it("R2 a batch leaves when its first call has waited maxWaitMs, with all that wait", () => {
    const driven = new Driven({ policy: window(10) });
    driven.turn(100, "a");
    assert.equal(driven.wake, 110);
    driven.turn(108, "b");
    assert.equal(driven.wake, 110);
    driven.endTurn(110);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.deepEqual(driven.reasons, ["window"]);
  });

  it("R2 a window that runs needs no look at the end of the turn", () => {
    const driven = new Driven({ policy: window(10) });
    driven.place(0, "a");
    assert.equal(driven.look(0), false);
  });

  it("R21 a look that comes too early asks for another at the same time", () => {
    const driven = new Driven({ policy: window(10) });
    driven.turn(0, "a");
    driven.endTurn(9.5);
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.wake, 10);
  });

  it("R2 a full batch does not wait for its window", () => {
    const driven = new Driven({ size: 2, policy: window(10) });
    driven.turn(0, "a");
    driven.turn(1, "b");
    assert.deepEqual(driven.sent, ["a b"]);
  });

  it("R2 the calls behind a full batch have a window of their own", () => {
    const driven = new Driven({ size: 2, concurrency: 2, policy: window(10) });
    driven.turn(0, "a");
    driven.turn(4, "b c");
    assert.deepEqual(driven.sent, ["a b"]);
    assert.equal(driven.wake, 14);
  });

  it("R2 when the first call leaves early, the next one's window counts", () => {
    const driven = new Driven({ policy: window(10) });
    const [a] = driven.turn(0, "a");
    driven.turn(4, "b");
    driven.scheduler.remove(a!, "aborted");
    driven.endTurn(10);
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.wake, 14);
    driven.endTurn(14);
    assert.deepEqual(driven.sent, ["b"]);
  });
});
