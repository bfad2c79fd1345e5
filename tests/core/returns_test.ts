import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Batch } from "../../src/core/call.ts";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

const ignore = () => {};

/** Sends away those who stand at these places of a batch. */
function sendAway(
  driven: Driven,
  batch: Batch<string>,
  until: number,
  ...places: number[]
) {
  for (const place of places) driven.scheduler.returns.add(batch, place, until);
}

describe("Scheduler: calls that come back", () => {
  it("R25 they come back at their time, to the head of their lane", () => {
    const driven = new Driven();
    driven.turn(0, "a b c");
    const [batch] = driven.batches;
    sendAway(driven, batch!, 10, 0, 2);
    driven.turn(1, "d e");
    assert.deepEqual(driven.sent, ["a b c"]);
    driven.handler = ignore;
    driven.endAndTurn(5);
    assert.deepEqual(driven.sent, ["a b c", "d e"]);
    driven.turn(6, "f g h");
    driven.endTurn(10);
    driven.endAndTurn(11);
    assert.deepEqual(driven.sent, ["a b c", "d e", "a c f g"]);
  });

  it("R25 the look asks for the time of the next one", () => {
    const driven = new Driven();
    driven.turn(0, "a b");
    sendAway(driven, driven.batches[0]!, 30, 0);
    sendAway(driven, driven.batches[0]!, 20, 1);
    driven.endAndTurn(1);
    assert.equal(driven.wake, 20);
    driven.wake = Infinity;
    driven.endTurn(20);
    assert.deepEqual(driven.sent, ["a b", "b"]);
    assert.equal(driven.wake, 30);
  });

  it("R21 a look that another one follows in its turn leaves that to the other", () => {
    const driven = new Driven();
    driven.turn(0, "a");
    sendAway(driven, driven.batches[0]!, 20, 0);
    driven.end(1);
    driven.place(1, "b");
    assert.equal(driven.look(1), true);
    assert.equal(driven.wake, Infinity);
    driven.endTurn(1);
    assert.equal(driven.wake, 20);
  });

  it("R5 those who come back together keep their order, whatever batches they were in", () => {
    const driven = new Driven({ concurrency: 2 });
    driven.turn(0, "a b c d e f");
    const [first, second] = driven.batches;
    sendAway(driven, second!, 9, 1, 0);
    sendAway(driven, first!, 8, 3, 1, 2);
    driven.endAndTurn(1);
    driven.endAndTurn(1);
    driven.endTurn(9);
    assert.deepEqual(driven.sent.slice(2), ["b c d e", "f"]);
  });

  it("R5 who comes back later goes behind older ones who are back already, ahead of all others", () => {
    const driven = new Driven({ concurrency: 2, size: 2 });
    driven.turn(0, "a b");
    driven.turn(1, "c d");
    const [first, second] = driven.batches;
    sendAway(driven, first!, 10, 0);
    sendAway(driven, second!, 20, 0);
    for (const _ of [1, 2]) driven.endAndTurn(2);
    driven.turn(3, "w x y z");
    driven.turn(4, "e");
    for (const time of [10, 20]) driven.endTurn(time);
    assert.equal(driven.sent.length, 4);
    for (const _ of [1, 2]) driven.endAndTurn(40);
    assert.deepEqual(driven.sent.slice(4), ["a c", "e"]);
  });

  it("R5 who comes back later goes between those who are back already, if it came between them", () => {
    for (const times of [[0, 0, 0, 0], [0, 1, 2, 3]]) {
      const driven = new Driven({ size: 4, concurrency: 2, policy: window(9) });
      times.forEach((time, i) => driven.place(time, "abcd"[i]!));
      driven.look(3);
      const [batch] = driven.batches;
      sendAway(driven, batch!, 20, 1);
      sendAway(driven, batch!, 30, 0, 2);
      sendAway(driven, batch!, 40, 3);
      driven.endAndTurn(4);
      driven.turn(4, "w x y z");
      driven.turn(4, "W X Y Z");
      for (const time of [20, 30, 40]) driven.endTurn(time);
      driven.endAndTurn(41);
      assert.deepEqual(driven.sent.at(-1), "a b c d");
    }
  });

  it("R5 calls that came at once keep their order, however often they are tried", () => {
    const driven = new Driven({ size: 1, concurrency: 3 });
    driven.turn(0, "a b");
    const [a, b] = driven.batches;
    sendAway(driven, a!, 10, 0);
    sendAway(driven, b!, 20, 0);
    driven.endAndTurn(1);
    driven.endAndTurn(1);
    driven.endTurn(10);
    sendAway(driven, driven.batches.at(-1)!, 20, 0);
    driven.endAndTurn(11);
    driven.endTurn(20);
    assert.deepEqual(driven.sent, ["a", "b", "a", "a", "b"]);
  });

  it("R1 those who come back at once do so at the end of the turn, whoever else is away", () => {
    const driven = new Driven({ concurrency: 2 });
    driven.turn(0, "a b");
    sendAway(driven, driven.batches[0]!, 1, 0);
    sendAway(driven, driven.batches[0]!, 50, 1);
    driven.end(1);
    assert.equal(driven.look(1), true);
    assert.equal(driven.scheduler.queue.away, 2);
    driven.endTurn(1);
    assert.equal(driven.scheduler.queue.away, 1);
    assert.deepEqual(driven.sent, ["a b", "a"]);
  });

  it("R1 those who have been away for longer do so at once, full batches go before that", () => {
    const seen = new Driven({ concurrency: 2 });
    seen.turn(0, "a");
    sendAway(seen, seen.batches[0]!, 7, 0);
    seen.endAndTurn(1);
    seen.look(7);
    assert.equal(seen.scheduler.queue.away, 0);

    const other = new Driven({ concurrency: 2 });
    other.turn(0, "a b");
    sendAway(other, other.batches[0]!, 5, 0);
    sendAway(other, other.batches[0]!, 7, 1);
    other.endTurn(5);
    assert.equal(other.scheduler.queue.away, 1);
    other.look(7);
    assert.equal(other.scheduler.queue.away, 0);
  });

  it("R18 they keep their places in the queue", () => {
    const driven = new Driven({ maxQueue: 2, size: 2 });
    driven.turn(0, "a b");
    sendAway(driven, driven.batches[0]!, 10, 0, 1);
    assert.equal(driven.scheduler.places, 0);
    assert.equal(driven.scheduler.queue.waiting, 2);
    driven.endAndTurn(1);
    assert.equal(driven.scheduler.places, 2);
    driven.endTurn(10);
    assert.equal(driven.scheduler.queue.waiting, 0);
    assert.equal(driven.scheduler.places, 2);
  });

  it("R16 who leaves while away leaves no trace", () => {
    const driven = new Driven();
    const [a, b] = driven.turn(0, "a b");
    sendAway(driven, driven.batches[0]!, 10, 0, 1);
    assert.ok(a!.batch!.hasLeft);
    driven.scheduler.remove(a!, "aborted");
    assert.deepEqual(driven.scheduler.calls(), [b]);
    driven.scheduler.remove(b!, "aborted");
    driven.wake = Infinity;
    driven.endAndTurn(1);
    assert.equal(driven.wake, Infinity);
    driven.endTurn(10);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.equal(driven.scheduler.queue.waiting, 0);
  });

  it("R17 deadlines go on while they are away, and pull them forward when they are back", () => {
    const driven = new Driven({ policy: window(1000), size: 2 });
    const [a, b] = driven.turn(0, "a b", { deadlineMs: 100 });
    sendAway(driven, driven.batches[0]!, 500, 0);
    sendAway(driven, driven.batches[0]!, 20, 1);
    driven.scheduler.slots.meanRunMs = 10;
    driven.endAndTurn(10);
    driven.endTurn(20);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.equal(driven.wake, 75);
    driven.endTurn(75);
    assert.deepEqual(driven.sent, ["a b", "b"]);
    driven.endAndTurn(80);
    assert.deepEqual(driven.expired, []);
    driven.endTurn(100);
    assert.deepEqual(driven.expired, [a]);
    assert.notEqual(a, b);
    assert.equal(driven.scheduler.queue.waiting, 0);
  });

  it("R17 who should have left before it comes back leaves in the very turn in which it does", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.turn(0, "a b c d", { deadlineMs: 100 });
    sendAway(driven, driven.batches[0]!, 90, 0);
    driven.endAndTurn(10);
    driven.endTurn(90);
    assert.deepEqual(driven.sent, ["a b c d", "a"]);
    assert.deepEqual(driven.reasons, ["full", "deadline"]);
  });

  it("R17 the deadline that all have in common goes on, too", () => {
    const driven = new Driven({ deadlineMs: 50 });
    driven.turn(0, "a b");
    sendAway(driven, driven.batches[0]!, 500, 0);
    sendAway(driven, driven.batches[0]!, 20, 1);
    driven.endAndTurn(1);
    driven.endTurn(20);
    assert.deepEqual(driven.sent, ["a b", "b"]);
    driven.endTurn(50);
    assert.equal(driven.expired.length, 2);
  });

  it("R17 it counts from when they came, not from when they left", () => {
    const driven = new Driven({ deadlineMs: 100 });
    driven.turn(0, "busy");
    driven.turn(1, "a");
    driven.endAndTurn(10);
    sendAway(driven, driven.batches[1]!, 1000, 0);
    driven.endAndTurn(11);
    driven.endTurn(100.5);
    assert.equal(driven.expired.length, 0);
    driven.endTurn(101);
    assert.equal(driven.expired.length, 1);
  });

  it("R17 a deadline that never comes stays one", () => {
    const driven = new Driven({ deadlineMs: 50 });
    const [a] = driven.turn(0, "a", { deadlineMs: Infinity });
    sendAway(driven, driven.batches[0]!, 80, 0);
    driven.endAndTurn(1);
    assert.equal(driven.wake, 80);
    driven.endTurn(80);
    assert.deepEqual([a!.deadlineAt, driven.sent.at(-1)], [Infinity, "a"]);
  });

  it("R20 a flush brings them back at once, and so does closing, once", () => {
    const driven = new Driven();
    const [a] = driven.turn(0, "a b");
    sendAway(driven, driven.batches[0]!, 1000, 0);
    driven.endAndTurn(1);
    const visited: unknown[] = [];
    driven.scheduler.flush(false, (call) => visited.push(call));
    assert.deepEqual(visited, [a]);
    driven.endTurn(2);
    assert.deepEqual([driven.sent, driven.reasons.at(-1)], [
      ["a b", "a"],
      "flush",
    ]);
    sendAway(driven, driven.batches[1]!, 1000, 0);
    driven.endAndTurn(3);
    driven.scheduler.close();
    driven.endTurn(3);
    assert.deepEqual(driven.sent, ["a b", "a", "a"]);
    sendAway(driven, driven.batches[2]!, 1000, 0);
    driven.endAndTurn(4);
    assert.deepEqual([driven.sent.length, driven.wake], [3, 1000]);
    driven.endTurn(1000);
    assert.deepEqual(driven.sent, ["a b", "a", "a", "a"]);
  });

  it("R26 who left without a slot comes back without needing one", () => {
    const driven = new Driven();
    driven.turn(0, "busy");
    driven.turn(1, "a");
    driven.scheduler.flush(true, ignore);
    driven.endTurn(2);
    assert.deepEqual(driven.sent, ["busy", "a"]);
    sendAway(driven, driven.batches[1]!, 10, 0);
    driven.scheduler.ended(driven.batches[1]!, 3, false);
    driven.endTurn(10);
    assert.deepEqual(driven.sent, ["busy", "a", "a"]);

    driven.turn(11, "n", { nested: true });
    sendAway(driven, driven.batches[3]!, 20, 0);
    driven.scheduler.ended(driven.batches[3]!, 12, false);
    driven.endTurn(20);
    assert.deepEqual(driven.sent, ["busy", "a", "a", "n", "n"]);
  });

  it("R7 R8 they go back to their own lane and priority, which is not forgotten meanwhile", () => {
    const driven = new Driven({ concurrency: 9 });
    driven.turn(0, "low", { lane: "x", priority: -5 });
    driven.turn(0, "high", { lane: "x", priority: 5 });
    const [low, high] = driven.batches;
    sendAway(driven, low!, 10, 0);
    sendAway(driven, high!, 10, 0);
    for (const batch of [low, high]) driven.scheduler.ended(batch!, 1, false);
    driven.endTurn(1);
    driven.endTurn(10);
    assert.deepEqual(driven.sent, ["low", "high", "high low"]);
    assert.equal(driven.batches[2]!.home, low!.home);
  });

  it("R7 their lane is forgotten when the last of them has left early", () => {
    const driven = new Driven();
    const [a] = driven.turn(0, "a", { lane: "x" });
    sendAway(driven, driven.batches[0]!, 10, 0);
    driven.endAndTurn(1);
    driven.scheduler.remove(a!, "aborted");
    driven.endTurn(2);
    driven.turn(3, "b", { lane: "x" });
    assert.notEqual(driven.batches[1]!.home, driven.batches[0]!.home);
  });

  it("R6 they weigh what they weighed", () => {
    const driven = new Driven({ maxWeight: 10 });
    driven.turn(0, "heavy", { weight: 7 });
    sendAway(driven, driven.batches[0]!, 10, 0);
    driven.turn(1, "light", { weight: 4 });
    driven.endTurn(10);
    driven.endAndTurn(11);
    driven.endAndTurn(12);
    assert.deepEqual(driven.sent, ["heavy", "heavy", "light"]);
  });

  it("R5 R8 who is raised while away stands where its age belongs among those of its priority", () => {
    const driven = new Driven({ size: 1, concurrency: 2 });
    const [x] = driven.place(0, "x");
    driven.place(1, "y", { priority: 5 });
    driven.look(1);
    assert.deepEqual(driven.sent, ["y", "x"]);
    for (const batch of [...driven.batches]) sendAway(driven, batch, 10, 0);
    driven.endAndTurn(2);
    driven.endAndTurn(2);
    driven.scheduler.queue.raise(x!, 5);
    driven.endTurn(10);
    assert.deepEqual(driven.sent, ["y", "x", "x", "y"]);
  });

  it("R5 those who come back in one look, the last one first, go to both sides of one who is back already", () => {
    const driven = new Driven({ size: 4, concurrency: 2, policy: window(9) });
    ["a", "b", "c"].forEach((word, time) => driven.place(time, word));
    driven.endTurn(9);
    const [batch] = driven.batches;
    sendAway(driven, batch!, 20, 1);
    sendAway(driven, batch!, 30, 2);
    sendAway(driven, batch!, 31, 0);
    driven.endAndTurn(10);
    driven.turn(10, "w x y z");
    driven.turn(10, "W X Y Z");
    for (const time of [20, 40]) driven.endTurn(time);
    driven.endAndTurn(41);
    assert.equal(driven.sent.at(-1), "a b c");
  });
});
