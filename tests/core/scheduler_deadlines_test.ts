import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

/** A long window, and batches that take this long, as far as is known. */
function patient(runMs?: number): Driven {
  const driven = new Driven({ policy: window(1000) });
  if (runMs !== undefined) {
    driven.turn(0, "w x y z");
    driven.endAndTurn(runMs);
    driven.batches.length = 0;
  }
  return driven;
}

describe("Scheduler: deadlines of calls that wait", () => {
  const pulls: [string, number | undefined, number, number][] = [
    ["half of it before it, until a batch was measured", undefined, 100, 50],
    ["a quarter of it before it, where batches are fast", 10, 100, 75],
    ["twice the batch time before it, where they are slow", 30, 100, 40],
    ["a quarter of it before it, where batches take no time", 0, 100, 75],
    ["at once, where twice the batch time is longer", 60, 100, 0],
  ];
  for (const [when, runMs, deadlineMs, leavesMs] of pulls) {
    it(`R17 a deadline pulls its batch forward: ${when}`, () => {
      const driven = patient(runMs);
      const start = 200;
      driven.turn(start, "a", { deadlineMs });
      if (leavesMs > 0) {
        assert.equal(driven.wake, start + leavesMs);
        driven.endTurn(start + leavesMs - 0.5);
        assert.deepEqual(driven.sent, []);
        driven.endTurn(start + leavesMs);
      }
      assert.deepEqual(driven.sent, ["a"]);
      assert.deepEqual(driven.reasons, ["deadline"]);
      assert.deepEqual(driven.expired, []);
    });
  }

  it("R17 only batches that end well are measured", () => {
    const driven = patient();
    driven.turn(0, "w x y z");
    driven.end(10, true);
    driven.turn(200, "a", { deadlineMs: 100 });
    assert.equal(driven.wake, 250);
  });

  it("R23 whoever may leave at the end of the turn needs no timer to be pulled forward", () => {
    const driven = new Driven();
    driven.place(0, "a", { deadlineMs: 100 });
    assert.equal(driven.look(0), true);
    assert.equal(driven.wake, 100);
  });

  it("R17 a deadline takes the whole batch along", () => {
    const driven = patient();
    driven.turn(0, "a");
    driven.turn(10, "b", { deadlineMs: 100 });
    driven.turn(20, "c");
    driven.endTurn(60);
    assert.deepEqual(driven.sent, ["a b c"]);
  });

  it("R17 when the call leaves early, its batch waits on as if it had never come", () => {
    const driven = patient();
    driven.turn(0, "a");
    const [b] = driven.turn(10, "b", { deadlineMs: 100 });
    driven.scheduler.remove(b!, "aborted");
    driven.endTurn(60);
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.wake, 1000);
  });

  it("R17 the same when it leaves after it has begun to hurry", () => {
    const driven = new Driven({ policy: window(1000) });
    driven.turn(0, "w x y z");
    driven.turn(1, "a");
    const [b] = driven.turn(10, "b", { deadlineMs: 100 });
    driven.endTurn(70);
    driven.scheduler.remove(b!, "aborted");
    driven.endAndTurn(80);
    assert.deepEqual(driven.sent, ["w x y z"]);
    assert.equal(driven.wake, 1001);
  });

  it("R17 a call that hurries while no slot is free leaves when one is", () => {
    const driven = patient();
    driven.turn(0, "w x y z");
    driven.turn(1, "a", { deadlineMs: 100 });
    driven.endTurn(51);
    assert.equal(driven.wake, 101);
    driven.end(80);
    assert.equal(driven.look(80), true);
    driven.endTurn(80);
    assert.deepEqual(driven.sent, ["w x y z", "a"]);
    assert.deepEqual(driven.reasons, ["full", "deadline"]);
  });

  it("R17 a call that waits expires on time", () => {
    const driven = patient();
    driven.turn(0, "w x y z");
    const [a] = driven.turn(1, "a", { deadlineMs: 100 });
    driven.turn(2, "b");
    driven.endTurn(100.9);
    assert.deepEqual(driven.expired, []);
    assert.equal(driven.wake, 101);
    driven.endTurn(101);
    assert.deepEqual(driven.expired, [a]);
    assert.equal(driven.scheduler.queue.waiting, 1);
  });

  it("R17 a deadline that is taken back rings no more", () => {
    const driven = patient();
    const [a] = driven.turn(0, "a", { deadlineMs: 100 });
    driven.scheduler.deadlines.set(a!, Infinity, 10);
    driven.look(10);
    assert.equal(driven.wake, 1000);
    driven.endTurn(500);
    assert.deepEqual([driven.sent, driven.expired], [[], []]);
  });

  it("R17 a call whose deadline has passed is never dispatched, though a slot frees just then", () => {
    for (const now of [101, 500]) {
      const driven = new Driven();
      driven.turn(0, "w");
      const [a] = driven.turn(1, "a", { deadlineMs: 100 });
      driven.turn(2, "b");
      driven.endAndTurn(now);
      assert.deepEqual(driven.expired, [a]);
      assert.deepEqual(driven.sent, ["w", "b"]);
    }
  });

  it("R17 nor in a full batch", () => {
    const driven = new Driven({ size: 2 });
    driven.turn(0, "w x");
    driven.turn(1, "a", { deadlineMs: 100 });
    driven.turn(2, "b c");
    driven.end(101);
    driven.look(101);
    assert.deepEqual(driven.sent, ["w x", "b c"]);
  });

  it("R17 the nearest of several deadlines counts, in whichever lane", () => {
    const driven = patient();
    driven.turn(0, "a", { lane: "a", deadlineMs: 300 });
    driven.turn(0, "b", { lane: "b", deadlineMs: 100 });
    driven.turn(0, "c", { lane: "a", deadlineMs: 200 });
    assert.equal(driven.wake, 50);
    driven.endTurn(50);
    assert.deepEqual(driven.sent, ["b"]);
  });

  it("R17 all that are due expire in one look, nearest first", () => {
    const driven = patient();
    driven.turn(0, "w x y z");
    const [a] = driven.turn(1, "a", { deadlineMs: 90 });
    const [b] = driven.turn(2, "b", { deadlineMs: 70 });
    driven.endTurn(1000);
    assert.deepEqual(driven.expired, [b, a]);
    assert.equal(driven.wake, Infinity);
  });
});

describe("Scheduler: deadlines of calls in flight", () => {
  it("R17 a call in flight that should have left by now makes nobody else leave", () => {
    const driven = new Driven({ concurrency: 2, policy: window(1000) });
    driven.turn(0, "near", { lane: "near", deadlineMs: 20 });
    driven.turn(0, "a b c d", { deadlineMs: 100 });
    driven.endTurn(50);
    assert.equal(driven.expired.length, 1);
    driven.turn(51, "e");
    assert.deepEqual(driven.sent, ["a b c d"]);
  });

  it("R17 a call in flight expires on time, and its batch runs on", () => {
    const driven = new Driven();
    const [a] = driven.turn(0, "a", { deadlineMs: 100 });
    driven.turn(1, "b");
    driven.endTurn(99.5);
    assert.deepEqual(driven.expired, []);
    assert.equal(driven.wake, 100);
    driven.endTurn(100);
    assert.deepEqual(driven.expired, [a]);
    assert.equal(driven.scheduler.slots.running, 1);
    assert.deepEqual(driven.sent, ["a"]);
  });

  it("R16 a batch is told when a caller leaves, the last one too, and keeps its slot", () => {
    const driven = new Driven();
    const told: unknown[] = [];
    driven.handler = (batch) => {
      const left = (error: unknown) => told.push([error, batch.size]);
      batch.run = { results: 0, failures: 0, left, cancel: left };
    };
    const [a, b] = driven.turn(0, "a b");
    driven.scheduler.remove(a!, "first");
    assert.deepEqual(told, [["first", 1]]);
    driven.scheduler.remove(b!, "last");
    assert.deepEqual(told, [["first", 1], ["last", 0]]);
    driven.turn(1, "c");
    assert.deepEqual(driven.sent, ["a b"]);
    driven.endAndTurn(2);
    assert.deepEqual(driven.sent, ["a b", "c"]);
  });

  it("R9 a call that has been answered or has left belongs to no batch", () => {
    const driven = new Driven();
    const [a, b] = driven.turn(0, "a b");
    const [c] = driven.turn(0, "c");
    driven.scheduler.remove(a!, "aborted");
    driven.scheduler.remove(c!, "aborted");
    driven.end(1);
    assert.deepEqual([a!.batch, b!.batch, c!.batch], Array(3).fill(undefined));
  });

  it("R17 a call that has been answered rings no more", () => {
    const driven = new Driven();
    driven.turn(0, "a", { deadlineMs: 100 });
    driven.endAndTurn(10);
    assert.equal(driven.wake, Infinity);
    driven.endTurn(500);
    assert.deepEqual(driven.expired, []);
  });
});
