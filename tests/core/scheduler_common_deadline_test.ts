import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { window } from "../../src/core/policy.ts";
import { Batch, Call, type Visit } from "../../src/core/call.ts";
import { Deadlines } from "../../src/core/deadlines.ts";
import { Slots } from "../../src/core/slots.ts";
import { Driven } from "./driven.ts";

/** Every call must be answered within 100 ms; one slot, a long window. */
function pressed(): Driven {
  return new Driven({ policy: window(1000), deadlineMs: 100 });
}

/** The same, with its only slot busy from 0 on; who is in there has left already. */
function busy(): Driven {
  const driven = pressed();
  const calls = driven.turn(0, "w x y z");
  for (const call of calls) driven.scheduler.remove(call, "aborted");
  return driven;
}

/** The words of the calls that were too late, in that order. */
function lateOf(driven: Driven, calls: Record<string, unknown>): string[] {
  return driven.expired.map((call) =>
    Object.keys(calls).find((word) => calls[word] === call) ?? "?"
  );
}

describe("Scheduler: a deadline that all calls have in common", () => {
  it("R17 pulls a lane forward by half of it, until a batch was measured", () => {
    const driven = pressed();
    driven.turn(5, "a");
    driven.turn(20, "b");
    assert.equal(driven.wake, 55);
    driven.endTurn(54.9);
    assert.deepEqual(driven.sent, []);
    driven.endTurn(55);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.deepEqual(driven.reasons, ["deadline"]);
  });

  it("R17 by twice the measured batch time, when that is more than a quarter", () => {
    const driven = pressed();
    driven.turn(0, "w x y z");
    driven.endAndTurn(40);
    driven.turn(50, "a");
    assert.equal(driven.wake, 70);
    driven.endTurn(70);
    assert.deepEqual(driven.sent.at(-1), "a");
  });

  it("R17 each call that waits hears by its own time", () => {
    const driven = busy();
    const [a] = driven.turn(1, "a");
    const [b] = driven.turn(30, "b");
    driven.endTurn(100.9);
    assert.deepEqual(driven.expired, []);
    driven.endTurn(101);
    assert.deepEqual(driven.expired, [a]);
    assert.equal(driven.wake, 130);
    driven.endTurn(130);
    assert.deepEqual(driven.expired, [a, b]);
    assert.equal(driven.wake, Infinity);
  });

  it("R17 in each lane, and the nearest one is looked at", () => {
    const driven = busy();
    const calls: Record<string, unknown> = {};
    ["a", "b", "c"].forEach((lane, i) => {
      calls[lane] = driven.turn(1 + 10 * i, lane, { lane })[0];
    });
    for (const time of [51, 61, 71, 100]) {
      assert.equal(driven.wake, time);
      driven.endTurn(time);
    }
    assert.deepEqual(lateOf(driven, calls), []);
    driven.endTurn(101);
    assert.deepEqual(lateOf(driven, calls), ["a"]);
    assert.equal(driven.wake, 111);
    driven.endTurn(500);
    assert.deepEqual(lateOf(driven, calls), ["a", "b", "c"]);
  });

  it("R17 in each priority", () => {
    const driven = busy();
    const [low] = driven.turn(1, "low", { priority: -1 });
    const [plain] = driven.turn(2, "plain");
    const [high] = driven.turn(3, "high", { priority: 5 });
    driven.endTurn(101);
    assert.deepEqual(driven.expired, [low]);
    driven.endTurn(102);
    assert.deepEqual(driven.expired, [low, plain]);
    driven.endTurn(103);
    assert.deepEqual(driven.expired, [low, plain, high]);
  });

  it("R17 plain calls, of which only a function is kept, hear too", () => {
    const driven = busy();
    const { queue } = driven.scheduler;
    queue.now = 1;
    queue.grant(2);
    for (const word of ["a", "b"]) {
      assert.ok(queue.hasRoom);
      queue.put(word).hold(() => {});
    }
    driven.look(1);
    driven.endTurn(101);
    assert.equal(driven.expired.length, 2);
    assert.equal(queue.waiting, 0);
  });

  it("R17 a call that came after the first one had left early has an alarm of its own", () => {
    const driven = busy();
    const [a] = driven.turn(1, "a");
    driven.scheduler.remove(a!, "aborted");
    const [b] = driven.turn(20, "b");
    for (let now = 20; driven.wake < Infinity; driven.endTurn(now)) {
      now = driven.wake;
      if (now < 120) assert.deepEqual(driven.expired, []);
      else assert.deepEqual([now, driven.expired], [120, []]);
    }
    assert.deepEqual(driven.expired, [b]);
  });

  it("R17 a batch in flight: each call hears on its time, its mates run on", () => {
    const driven = pressed();
    const [a] = driven.turn(0, "a");
    const [b] = driven.turn(30, "b");
    driven.endTurn(50);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.equal(driven.wake, 100);
    driven.endTurn(100);
    assert.deepEqual(driven.expired, [a]);
    assert.equal(driven.wake, 130);
    driven.endTurn(130);
    assert.deepEqual(driven.expired, [a, b]);
    assert.equal(driven.wake, Infinity);
    assert.equal(driven.scheduler.slots.running, 1);
  });

  it("R17 a batch in flight that has several priorities: the nearest first", () => {
    const driven = new Driven({ deadlineMs: 100 });
    driven.turn(0, "busy", { deadlineMs: Infinity });
    const [low] = driven.turn(1, "low");
    const [high] = driven.turn(9, "high", { priority: 3 });
    driven.endAndTurn(10);
    assert.deepEqual(driven.sent, ["busy", "high low"]);
    assert.equal(driven.wake, 101);
    driven.endTurn(101);
    assert.deepEqual(driven.expired, [low]);
    assert.equal(driven.wake, 109);
    driven.endTurn(109);
    assert.deepEqual(driven.expired, [low, high]);
  });

  it("R17 a batch in flight is looked at before a call that waits and has more time", () => {
    const driven = new Driven({ deadlineMs: 100 });
    driven.turn(0, "a");
    driven.turn(1, "b", { deadlineMs: 300 });
    assert.equal(driven.wake, 100);
    driven.endTurn(100);
    assert.equal(driven.expired.length, 1);
    assert.equal(driven.wake, 151);
  });

  it("R17 it stays so for those that are left, in whichever order they stand", () => {
    const driven = new Driven({ size: 3, deadlineMs: 100 });
    driven.turn(0, "busy");
    driven.place(1, "low");
    driven.place(3, "mid", { priority: 2 });
    driven.place(5, "high", { priority: 1 });
    driven.endAndTurn(6);
    assert.deepEqual(driven.sent, ["busy", "mid high low"]);
    for (const [index, time] of [101, 103, 105].entries()) {
      assert.equal(driven.wake, time);
      driven.endTurn(time);
      assert.equal(driven.expired.length, index + 1);
    }
  });

  it("R17 a batch that ends because of it is not listed among those that run", () => {
    const driven = new Driven({ deadlineMs: 100 });
    driven.turn(0, "a");
    driven.expire = (call) => {
      driven.scheduler.remove(call, "expired");
      driven.end(100);
    };
    driven.endTurn(100);
    assert.equal(driven.scheduler.slots.running, 0);
    assert.equal(driven.wake, Infinity);
  });

  it("R17 an answered batch rings no more", () => {
    const driven = pressed();
    driven.turn(0, "a b c d");
    driven.endAndTurn(10);
    assert.equal(driven.wake, Infinity);
    driven.endTurn(500);
    assert.deepEqual(driven.expired, []);
  });

  it("R17 a call with a shorter one of its own hears by that", () => {
    const driven = busy();
    const [a] = driven.turn(1, "a", { deadlineMs: 30 });
    const [b] = driven.turn(2, "b");
    driven.endTurn(31);
    assert.deepEqual(driven.expired, [a]);
    driven.endTurn(102);
    assert.deepEqual(driven.expired, [a, b]);
  });

  it("R17 a call with a longer one of its own is held as long as that allows", () => {
    const driven = pressed();
    driven.turn(0, "a", { deadlineMs: 400 });
    assert.equal(driven.wake, 200);
    driven.endTurn(199);
    assert.deepEqual(driven.sent, []);
    driven.endTurn(200);
    assert.deepEqual(driven.sent, ["a"]);
  });

  it("R17 a call that may wait for ever does, where the slot is busy", () => {
    const driven = busy();
    driven.turn(1, "a", { deadlineMs: Infinity });
    const [b] = driven.turn(2, "b");
    for (const time of [51, 52, 101, 102]) driven.endTurn(time);
    assert.deepEqual(driven.expired, [b]);
    assert.equal(driven.wake, Infinity);
    driven.endTurn(5000);
    driven.endAndTurn(5001);
    assert.deepEqual(driven.sent, ["w x y z", "a"]);
  });

  it("R17 the policy is told by when the oldest call must have been answered", () => {
    const seen: number[] = [];
    const driven = new Driven({
      deadlineMs: 100,
      policy: {
        forLane: () => ({
          decide: (lane) => void seen.push(lane.oldestDeadlineAt),
        }),
      },
    });
    const [a] = driven.turn(1, "a", { deadlineMs: 30 });
    assert.equal(seen.at(-1), 31);
    driven.scheduler.remove(a!, "aborted");
    driven.turn(2, "b");
    assert.equal(seen.at(-1), 102);
  });
});

describe("Deadlines", () => {
  it("R23 the oldest of those who have no deadline of their own is the first of them: no other is visited", () => {
    const port = { hasten() {}, expire() {} };
    const deadlines = new Deadlines(
      100,
      new Slots({ size: 8, concurrency: 1 }),
      port,
    );
    const batch = new Batch<string>({ key: undefined, nested: false });
    const own = new Call(() => {});
    batch.put("own", 0, 1);
    batch.hold(own);
    deadlines.set(own, 50, 0);
    for (const time of [1, 2, 3]) {
      batch.put("x", time, 1);
      batch.hold(() => {});
    }
    let visits = 0;
    const place = {
      forEach: (visit: Visit) =>
        batch.forEach((batch, index) => (visits++, visit(batch, index))),
    };
    assert.deepEqual([deadlines.expireIn(place, 9), visits], [101, 2]);
  });
});
