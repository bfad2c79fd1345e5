import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

const ignore = () => {};

describe("Scheduler: flush", () => {
  it("R20 what waits now leaves at the end of the turn, window or not", () => {
    const driven = new Driven({ policy: window(1000) });
    const calls = driven.turn(0, "a b");
    const visited: unknown[] = [];
    driven.scheduler.flush(false, (call) => visited.push(call));
    assert.deepEqual(visited, calls);
    assert.equal(driven.look(1), true);
    driven.endTurn(1);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.deepEqual(driven.reasons, ["flush"]);
  });

  it("R20 in all lanes, as slots come free", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.turn(0, "a", { lane: "a" });
    driven.turn(0, "b", { lane: "b" });
    driven.scheduler.flush(false, ignore);
    driven.endTurn(1);
    assert.deepEqual(driven.sent, ["a"]);
    driven.endAndTurn(2);
    assert.deepEqual(driven.sent, ["a", "b"]);
  });

  it("R20 what comes later waits for its window again", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.turn(0, "a");
    driven.scheduler.flush(false, ignore);
    driven.endTurn(1);
    driven.endAndTurn(2);
    driven.turn(3, "b");
    assert.deepEqual(driven.sent, ["a"]);
    assert.equal(driven.wake, 1003);
  });

  it("R20 plain calls and calls in gaps are visited too, each once", () => {
    const driven = new Driven({ policy: window(1000) });
    const { queue } = driven.scheduler;
    queue.grant(3);
    const resolves = ["a", "b"].map((word) => {
      const resolve = () => {};
      assert.ok(queue.hasRoom);
      queue.put(word).hold(resolve);
      return resolve;
    });
    const [c, d] = driven.place(0, "c d");
    driven.scheduler.remove(c!, "aborted");
    const visited: unknown[] = [];
    driven.scheduler.flush(false, (call) => visited.push(call.resolve));
    assert.deepEqual(visited, [...resolves, d!.resolve]);
  });

  it("R20 a batch leaves for a reason that one of those has who still wait", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.turn(0, "a b c d");
    driven.place(1, "flushed");
    driven.scheduler.flush(false, () => {});
    const [left] = driven.place(1, "left", { deadlineMs: 10 });
    driven.look(6);
    driven.scheduler.remove(left!, "aborted");
    driven.endAndTurn(7);
    assert.deepEqual(driven.sent.slice(1), ["flushed"]);
    assert.equal(driven.reasons.at(-1), "flush");
  });

  it("R26 an unbound flush sends what waits without a slot", () => {
    const driven = new Driven({ size: 2, policy: window(1000) });
    driven.turn(0, "a b");
    driven.turn(1, "c");
    driven.scheduler.flush(true, ignore);
    driven.look(2);
    driven.endTurn(2);
    assert.deepEqual(driven.sent, ["a b", "c"]);
    assert.deepEqual(driven.batches.map((batch) => batch.unbound), [
      false,
      true,
    ]);
    assert.equal(driven.scheduler.slots.free, 0);
  });

  it("R26 once all of that has left, the lane needs a slot again", () => {
    const driven = new Driven();
    driven.turn(0, "a");
    driven.turn(1, "b");
    driven.scheduler.flush(true, ignore);
    driven.endTurn(1);
    driven.turn(2, "c");
    assert.deepEqual(driven.sent, ["a", "b"]);
    driven.end(3);
    driven.endAndTurn(4);
    assert.deepEqual(driven.sent, ["a", "b", "c"]);
  });

  it("R26 what comes after an unbound flush needs a slot, like all others", () => {
    const driven = new Driven({ size: 2, policy: window(10) });
    driven.turn(0, "a b");
    driven.place(1, "c");
    driven.scheduler.flush(true, ignore);
    driven.look(1);
    driven.place(1, "d e");
    driven.look(1);
    driven.endTurn(1);
    assert.deepEqual(driven.sent, ["a b", "c d"]);
    driven.turn(5, "f");
    driven.endTurn(50);
    assert.deepEqual(driven.sent, ["a b", "c d"]);
  });

  it("R26 whoever needs no slot any more leaves the free one to others", () => {
    const driven = new Driven({ size: 2 });
    driven.turn(0, "busy", { lane: "other" });
    driven.place(0, "a", { lane: "a" });
    driven.end(1);
    driven.look(1);
    driven.scheduler.flush(true, ignore);
    driven.place(1, "b b", { lane: "b" });
    driven.look(1);
    assert.deepEqual(driven.sent, ["busy", "b b"]);
    driven.endTurn(1);
    assert.deepEqual(driven.sent, ["busy", "b b", "a"]);
  });
});

describe("Scheduler: closing", () => {
  it("R20 everything leaves without waiting for timers, as slots come free", () => {
    const driven = new Driven({ size: 2, policy: window(1000) });
    driven.turn(0, "a b");
    driven.turn(1, "c");
    driven.turn(1, "d", { lane: "lane" });
    driven.scheduler.close();
    driven.endTurn(2);
    assert.deepEqual(driven.sent, ["a b"]);
    driven.endAndTurn(3);
    driven.endAndTurn(4);
    assert.deepEqual(driven.sent, ["a b", "c", "d"]);
    assert.deepEqual(driven.reasons, ["full", "close", "close"]);
  });

  it("R20 for no other reason, though they had one", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.place(0, "inner", { nested: true });
    driven.place(0, "a");
    driven.scheduler.flush(false, () => {});
    driven.scheduler.close();
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["inner", "a"]);
    assert.deepEqual(driven.reasons, ["close", "close"]);
  });

  it("R20 calls() are all that are not answered, waiting and in flight", () => {
    const driven = new Driven({ size: 2 });
    const [a, b] = driven.turn(0, "a b");
    const [c] = driven.turn(1, "c", { lane: "lane" });
    const [d] = driven.turn(1, "d");
    driven.scheduler.remove(a!, "aborted");
    const calls = driven.scheduler.calls();
    assert.equal(calls.length, 3);
    assert.deepEqual(new Set(calls), new Set([b, c, d]));
    for (const call of calls) driven.scheduler.remove(call, "closed");
    assert.deepEqual(driven.scheduler.calls(), []);
    assert.equal(driven.scheduler.queue.waiting, 0);
  });
});

describe("Scheduler: nested calls", () => {
  it("R26 need no slot", () => {
    const driven = new Driven();
    driven.turn(0, "a");
    driven.turn(1, "inner", { nested: true });
    assert.deepEqual(driven.sent, ["a", "inner"]);
    assert.equal(driven.scheduler.slots.running, 2);
  });

  it("R26 leave together, at the end of the turn, whatever the policy", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.place(0, "a", { nested: true });
    assert.equal(driven.look(0), true);
    driven.place(0, "b", { nested: true });
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["a b"]);
  });

  it("R26 do so for that reason, flushed or not", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.place(0, "inner", { nested: true });
    driven.scheduler.flush(false, () => {});
    driven.endTurn(0);
    assert.deepEqual(driven.reasons, ["idle"]);
  });

  it("R26 never share a batch with others, nor with another lane", () => {
    const driven = new Driven({ concurrency: 3 });
    driven.place(0, "a");
    driven.place(0, "b", { nested: true });
    driven.place(0, "c", { nested: true, lane: "lane" });
    driven.endTurn(0);
    assert.deepEqual(driven.sent.sort(), ["a", "b", "c"]);
  });

  it("R26 keep no slot from a full batch while they wait for the end of the turn", () => {
    const driven = new Driven({ size: 2 });
    driven.place(0, "inner", { nested: true });
    driven.look(0);
    driven.place(5, "a b");
    driven.look(5);
    assert.deepEqual(driven.sent, ["a b"]);
  });

  it("R26 nor from those who leave at the end of the same turn", () => {
    const driven = new Driven();
    driven.place(0, "inner", { nested: true });
    driven.turn(0, "a");
    assert.deepEqual(driven.sent, ["inner", "a"]);
  });

  it("R26 take no slot from others and free none when they end", () => {
    const driven = new Driven();
    driven.turn(0, "inner", { nested: true });
    driven.turn(1, "a");
    assert.deepEqual(driven.sent, ["inner", "a"]);
    driven.turn(2, "b");
    driven.endAndTurn(3);
    assert.deepEqual(driven.sent, ["inner", "a"]);
    driven.endAndTurn(4);
    assert.deepEqual(driven.sent, ["inner", "a", "b"]);
  });
});

describe("Scheduler: places", () => {
  const Inf = Infinity;
  const table: [
    options: { maxQueue: number; size: number; concurrency: number },
    words: string,
    places: number,
  ][] = [
    [{ maxQueue: 5, size: 2, concurrency: 1 }, "", 7],
    [{ maxQueue: 5, size: 2, concurrency: 3 }, "", 11],
    [{ maxQueue: 5, size: 2, concurrency: 1 }, "a b", 5],
    [{ maxQueue: 5, size: 2, concurrency: 1 }, "a b c d", 3],
    [{ maxQueue: 5, size: 2, concurrency: 2 }, "a b c d", 5],
    [{ maxQueue: 0, size: 2, concurrency: 1 }, "", 2],
    [{ maxQueue: 0, size: 2, concurrency: 1 }, "a b", 0],
    [{ maxQueue: 1, size: 64, concurrency: 1 }, "a b c", 1],
    [{ maxQueue: 5, size: Inf, concurrency: 1 }, "", Inf],
    [{ maxQueue: 5, size: Inf, concurrency: 1 }, "a", 5],
    [{ maxQueue: 5, size: 2, concurrency: Inf }, "a b c", Inf],
    [{ maxQueue: Inf, size: 2, concurrency: 1 }, "a b c", Inf],
    [{ maxQueue: Inf, size: Inf, concurrency: 1 }, "a b c", Inf],
  ];
  for (const [options, words, places] of table) {
    const { maxQueue, size, concurrency } = options;
    it(`R18 with maxQueue ${maxQueue}, size ${size} and concurrency ${concurrency}, after "${words}" there are ${places}`, () => {
      const driven = new Driven(options);
      if (words !== "") driven.turn(0, words);
      assert.equal(driven.scheduler.places, places);
    });
  }

  it("R18 a call that waits takes one", () => {
    const driven = new Driven({ maxQueue: 3 });
    driven.turn(0, "a");
    const { queue } = driven.scheduler;
    queue.grant(driven.scheduler.places);
    assert.ok(queue.hasRoom);
    queue.put("b").hold(ignore);
    assert.equal(driven.scheduler.places, 2);
  });

  it("R16 a call that leaves the queue gives its place back, one in flight has none", () => {
    const driven = new Driven({ maxQueue: 3 });
    const [a] = driven.turn(0, "a x");
    const [b] = driven.turn(1, "b c");
    assert.equal(driven.scheduler.places, 1);
    driven.scheduler.remove(b!, "aborted");
    assert.equal(driven.scheduler.places, 2);
    driven.scheduler.remove(a!, "aborted");
    assert.equal(driven.scheduler.places, 2);
  });

  it("R26 nested calls take none, nor do calls whose batch was sent unbound", () => {
    const driven = new Driven({ maxQueue: 3 });
    driven.turn(0, "a");
    driven.place(1, "inner", { nested: true });
    assert.equal(driven.scheduler.places, 3);
    driven.place(1, "b c");
    assert.equal(driven.scheduler.places, 1);
    driven.scheduler.flush(true, ignore);
    driven.endTurn(1);
    assert.equal(driven.scheduler.places, 3);
  });
});

describe("Scheduler: times of those who have gone", () => {
  it("R21 nobody looks at a lane again whose last call has left, or was sent", () => {
    for (const end of ["abort", "fill"]) {
      const driven = new Driven({ policy: window(50), size: 2 });
      const [a] = driven.turn(0, "a", { lane: "tenant" });
      assert.equal(driven.wake, 50);
      if (end === "abort") driven.scheduler.remove(a!, "gone");
      else driven.place(1, "b", { lane: "tenant" });
      driven.look(1);
      assert.equal(driven.wake, Infinity, end);
    }
  });

  it("R17 R21 nor when it should leave to be in time: it has", () => {
    const driven = new Driven({ deadlineMs: 100 });
    driven.turn(0, "a", { lane: "tenant" });
    assert.equal(driven.wake, 100);
  });
});
