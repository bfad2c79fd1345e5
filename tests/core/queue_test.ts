import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Call, type LaneKey } from "../../src/core/call.ts";
import { natural, type Policy } from "../../src/core/policy.ts";
import { Queue } from "../../src/core/queue.ts";
import { lowestCallIn, oldestCallIn } from "../../src/victims.ts";
import { load } from "./filled_lane.ts";
import { placeIn } from "./place_in.ts";

const ignore = () => {};

function queueOf(size: number, policy: Policy = natural()): Queue<string> {
  return new Queue<string>({ size, concurrency: 1, policy }, ignore);
}

function place(
  queue: Queue<string>,
  word: string,
  lane?: LaneKey,
  nested = false,
): Call {
  const call = new Call(ignore);
  placeIn(queue, word, call, { lane, nested });
  return call;
}

/** What waits, lane by lane. */
function wordsOf(queue: Queue<string>): string[][] {
  return [...queue.lanes].map((lane) => {
    const words: string[] = [];
    lane.forEach((batch, index) => void words.push(String(batch.items[index])));
    return words;
  });
}

describe("Queue", () => {
  it("R7 calls of one key wait together, in the order in which they came", () => {
    const queue = queueOf(8);
    place(queue, "a1", "a");
    place(queue, "b1", "b");
    place(queue, "a2", "a");
    assert.deepEqual(wordsOf(queue), [["a1", "a2"], ["b1"]]);
  });

  it("R25 those who are away are counted, by their lanes", () => {
    const queue = queueOf(8);
    place(queue, "a", "a");
    const [lane] = queue.lanes;
    for (const calls of [1, 2, -1]) queue.miss(lane!, calls);
    assert.deepEqual([lane!.away, queue.away], [2, 2]);
  });

  it("R7 every primitive is a lane of its own", () => {
    const queue = queueOf(8);
    const keys = [undefined, null, 0, "0", false, "", 1n, 1, NaN, Symbol()];
    for (const key of keys) place(queue, "x", key);
    assert.equal([...queue.lanes].length, keys.length);
    for (const key of keys) place(queue, "y", key);
    assert.equal([...queue.lanes].length, keys.length);
    assert.deepEqual([...queue.lanes].map((lane) => lane.key), keys);
  });

  it("R8 a call that is a plain function keeps the priority of its place", () => {
    const queue = queueOf(8);
    placeIn(queue, "low", ignore, { priority: -1 });
    queue.now = 1;
    placeIn(queue, "high", ignore, { priority: 5 });
    const call = oldestCallIn(queue.lanes)!;
    assert.equal(call.priority, -1);
    queue.remove(call);
    assert.deepEqual(wordsOf(queue), [["high"]]);
  });

  it("R26 nested calls wait apart from others of their key, and hold no place", () => {
    const queue = queueOf(8);
    place(queue, "outer", "a");
    place(queue, "inner", "a", true);
    assert.deepEqual(wordsOf(queue), [["outer"], ["inner"]]);
    assert.deepEqual([queue.waiting, queue.queued], [2, 1]);
  });

  it("What comes is counted until it leaves, whichever way", () => {
    const queue = queueOf(2);
    const calls = ["a", "b", "c"].map((word) => place(queue, word));
    const inner = place(queue, "d", undefined, true);
    queue.remove(calls[1]!);
    assert.deepEqual([queue.waiting, queue.queued, queue.placed], [3, 2, 4]);
    queue.take(queue.default, load(2));
    queue.remove(inner);
    assert.deepEqual([queue.waiting, queue.queued, queue.placed], [0, 0, 4]);
    assert.equal([...queue.lanes].length, 0);
  });

  it("R23 batches that fill up while they wait leave as they are, nothing is copied", () => {
    const queue = queueOf(2);
    const calls = ["a", "b", "c", "d", "e"].map((word) => place(queue, word));
    const filled = calls.map((call) => call.batch);
    const lane = queue.laneOf(undefined, false);
    assert.equal(queue.take(lane, load(2)), filled[0]);
    assert.equal(queue.take(lane, load(2)), filled[2]);
    assert.equal(queue.take(lane, load(1)), filled[4]);
  });

  it("R6 R23 so do those that the next call was too heavy for", () => {
    const options = {
      size: 8,
      maxWeight: 10,
      concurrency: 1,
      policy: natural(),
    };
    const queue = new Queue<string>(options, ignore);
    const first = queue.put("a", 6);
    first.hold(ignore);
    queue.put("b", 6).hold(ignore);
    const all = { ...load(8), maxWeight: 10 };
    assert.equal(queue.take(queue.default, all), first);
  });

  it("R23 a batch that has left keeps none alive that stood behind it", () => {
    const queue = queueOf(1);
    for (const word of ["a", "b"]) place(queue, word);
    assert.equal(queue.take(queue.default, load(1)).next, undefined);
  });

  it("The oldest call is that of all lanes, whichever was first", () => {
    const queue = queueOf(8);
    assert.equal(queue.oldestAt, Infinity);
    for (const [time, lane] of [[3, "c"], [1, "a"], [2, "b"]] as const) {
      queue.now = time;
      place(queue, "x", lane);
    }
    assert.equal(queue.oldestAt, 1);
  });

  it("Who leaves is no longer counted in what a lane has waited, though all came at once", () => {
    const queue = queueOf(8);
    queue.now = 5;
    const [call] = ["a", "b", "c"].map((word) => place(queue, word));
    queue.remove(call!);
    assert.equal(queue.default.age(8), 6);
    queue.now = 6;
    placeIn(queue, "heavy", ignore, { weight: 3 });
    assert.deepEqual([queue.default.age(8), queue.default.weight], [8, 5]);
  });

  it("R8 the time counts for each call of a priority, whatever was granted to others", () => {
    const queue = queueOf(8);
    queue.grant(8);
    placeIn(queue, "a", new Call(ignore, 1), { priority: 1 });
    queue.now = 5;
    placeIn(queue, "b", new Call(ignore, 1), { priority: 1 });
    assert.equal(queue.default.age(7), 9);
  });

  it("R6 R23 what fits goes into the open batch, and no more: limits are tested before adding, and inclusive", () => {
    const weights = [4, 6, 1, 9, 10, 7, 2, 1.5];
    const queue = new Queue<string>({
      size: 3,
      maxWeight: 10,
      concurrency: 1,
      policy: natural(),
    }, ignore);
    const calls = weights.map((weight) => {
      const call = new Call(ignore);
      placeIn(queue, "x", call, { weight });
      return call;
    });
    const filled = new Set(calls.map((call) => call.batch!));
    assert.deepEqual(
      [...filled].map((batch) => batch.entries().map(({ weight }) => weight)),
      [[4, 6], [1, 9], [10], [7, 2], [1.5]],
    );
    for (const batch of filled) {
      const limits = { ...load(batch.count), maxWeight: 10 };
      assert.equal(queue.take(queue.default, limits), batch);
    }
  });

  it("R7 a lane that is empty and idle is forgotten with its policy's state", () => {
    let made = 0;
    const queue = queueOf(8, {
      forLane: (limits) => (made++, natural().forLane(limits)),
    });
    const before = made;
    for (const word of ["a", "b"]) {
      queue.remove(place(queue, word, "tenant"));
      queue.takeTouched();
      queue.forgetIdle(queue.laneOf("tenant", false));
    }
    assert.equal(made - before, 2);
  });

  it("R7 R26 so is one of nested calls", () => {
    const queue = queueOf(8);
    const lane = queue.laneOf("a", true);
    assert.equal(queue.laneOf("a", true), lane);
    queue.forgetIdle(lane);
    assert.notEqual(queue.laneOf("a", true), lane);
  });

  it("R26 nested calls hold no places, which takes no visit to their lanes", () => {
    const queue = queueOf(9);
    place(queue, "outer");
    let visits = 0;
    for (let key = 0; key < 1000; key++) {
      place(queue, "a", key, true);
      const lane = queue.laneOf(key, true);
      const waiting = () => (visits++, 1);
      Object.defineProperty(lane, "waiting", { get: waiting });
    }
    assert.equal(queue.waiting, 1001);
    assert.equal(queue.queued, 1);
    assert.equal(visits, 0);
  });

  it("R26 and take none along when they leave or return", () => {
    const queue = queueOf(9);
    place(queue, "outer");
    const calls = ["a", "b", "c"].map((word) => place(queue, word, 7, true));
    const lane = queue.laneOf(7, true);
    queue.remove(calls[0]!);
    assert.deepEqual([queue.waiting, queue.queued], [3, 1]);
    const batch = queue.take(lane, load(9));
    assert.deepEqual([queue.waiting, queue.queued], [1, 1]);
    queue.miss(lane, 2);
    assert.deepEqual([queue.waiting, queue.queued], [3, 1]);
    const line = lane.lineOf(0, true);
    for (const entry of batch.entries()) queue.restore(line, entry);
    assert.deepEqual([queue.waiting, queue.queued], [3, 1]);
  });

  it("R7 a lane that was forgotten takes no other of its key along", () => {
    const queue = queueOf(8);
    const gone = queue.laneOf("a", false);
    queue.forgetIdle(gone);
    place(queue, "x", "a");
    queue.forgetIdle(gone);
    assert.deepEqual(wordsOf(queue), [["x"]]);
  });

  it("R7 a lane of which a batch runs is not forgotten", () => {
    const queue = queueOf(8);
    place(queue, "a", "tenant");
    const lane = queue.laneOf("tenant", false);
    queue.take(lane, load(1));
    lane.running++;
    queue.remove(place(queue, "b", "tenant"));
    queue.takeTouched();
    queue.forgetIdle(lane);
    assert.equal(queue.laneOf("tenant", false), lane);
    lane.running--;
    queue.forgetIdle(lane);
    assert.notEqual(queue.laneOf("tenant", false), lane);
  });

  it("R7 a lane of which a call is away is not forgotten", () => {
    const queue = queueOf(8);
    const lane = queue.laneOf("tenant", false);
    queue.miss(lane, 1);
    queue.forgetIdle(lane);
    assert.equal(queue.laneOf("tenant", false), lane);
    queue.miss(lane, -1);
    queue.forgetIdle(lane);
    assert.notEqual(queue.laneOf("tenant", false), lane);
  });

  it("R7 a lane that the next look sees to is not forgotten before that", () => {
    const queue = queueOf(8);
    const lane = queue.laneOf("tenant", false);
    queue.expect(lane);
    queue.forgetIdle(lane);
    assert.equal(queue.laneOf("tenant", false), lane);
  });

  it("R7 the default lane is not forgotten", () => {
    const queue = queueOf(8);
    const lane = queue.laneOf(undefined, false);
    queue.remove(place(queue, "a"));
    queue.takeTouched();
    queue.forgetIdle(lane);
    assert.equal(queue.laneOf(undefined, false), lane);
  });

  it("R18 oldestCallIn() is the one that holds a place for longest", () => {
    const queue = queueOf(2);
    queue.now = 1;
    const inner = place(queue, "inner", "a", true);
    queue.now = 2;
    const first = place(queue, "b1", "b");
    queue.now = 3;
    place(queue, "a1", "a");
    assert.equal(oldestCallIn(queue.lanes), first);
    queue.remove(first);
    assert.equal(oldestCallIn(queue.lanes)!.batch!.lane, "a");
    queue.remove(oldestCallIn(queue.lanes)!);
    assert.equal(oldestCallIn(queue.lanes), undefined);
    assert.equal(queue.oldestAt, 1);
    queue.remove(inner);
    assert.equal(queue.oldestAt, Infinity);
  });

  it("R18 R26 lowestCallIn() holds a place: nested calls hold none", () => {
    const queue = queueOf(8);
    const inner = new Call(ignore, -5);
    placeIn(queue, "inner", inner, { nested: true, priority: -5 });
    assert.equal(lowestCallIn(queue.lanes), undefined);
    const outer = place(queue, "outer", "a");
    place(queue, "later", "b");
    assert.equal(lowestCallIn(queue.lanes), outer);
  });

  it("R18 to drop the oldest again and again drops in the order of arrival", () => {
    const queue = queueOf(2);
    "a b c d e".split(" ").forEach((word, time) => {
      queue.now = time;
      place(queue, word, time % 2);
    });
    const dropped: string[] = [];
    for (;;) {
      const call = oldestCallIn(queue.lanes);
      if (call === undefined) break;
      dropped.push(call.batch!.items[call.index] as string);
      queue.remove(call);
    }
    assert.equal(dropped.join(" "), "a b c d e");
  });
});
