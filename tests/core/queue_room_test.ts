import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Call, type LaneKey } from "../../src/core/call.ts";
import { natural, type Policy } from "../../src/core/policy.ts";
import { Queue } from "../../src/core/queue.ts";
import { oldestCallIn } from "../../src/core/victims.ts";
import { load } from "./filled_lane.ts";

const ignore = () => {};

function queueOf(size: number, policy: Policy = natural()): Queue<string> {
  return new Queue<string>({ size, concurrency: 1, policy });
}

function place(
  queue: Queue<string>,
  word: string,
  lane?: LaneKey,
  nested = false,
): Call {
  const call = new Call(ignore);
  queue.place(word, call, { lane, nested });
  return call;
}

/** A call for which there is room. */
function put(queue: Queue<string>, word: string): void {
  assert.ok(queue.hasRoom());
  queue.open.tickets[queue.put(word)] = ignore;
}

/** How many calls may be put, one after another. */
function roomOf(queue: Queue<string>): number {
  let room = 0;
  for (; queue.hasRoom(); room++) put(queue, "x");
  return room;
}

/** What waits, lane by lane. */
function wordsOf(queue: Queue<string>): string[][] {
  return [...queue.lanes].map((lane) => {
    const words: string[] = [];
    lane.forEach((batch, index) => void words.push(String(batch.items[index])));
    return words;
  });
}

describe("The room of a queue", () => {
  it("Without a grant there is none", () => {
    assert.equal(queueOf(8).hasRoom(), false);
  });

  it("Every call that is put counts at once", () => {
    const queue = queueOf(8);
    queue.grant(3);
    assert.deepEqual([queue.waiting, queue.placed], [0, 0]);
    put(queue, "a");
    put(queue, "b");
    assert.deepEqual([queue.waiting, queue.queued, queue.placed], [2, 2, 2]);
    queue.settle();
    assert.equal(queue.hasRoom(), false);
    assert.deepEqual([queue.waiting, queue.queued, queue.placed], [2, 2, 2]);
    assert.deepEqual(wordsOf(queue), [["a", "b"]]);
  });

  it("R18 there is as much as was granted last, whatever the size", () => {
    for (const size of [1, 2, 4, 100, Infinity]) {
      const queue = queueOf(size);
      queue.grant(6);
      put(queue, "a");
      queue.grant(5);
      assert.equal(roomOf(queue), 5, `size ${size}`);
      assert.deepEqual([queue.waiting, queue.placed], [6, 6]);
    }
  });

  it("A full batch is followed by an open one", () => {
    const queue = queueOf(2);
    queue.grant(Infinity);
    for (const word of ["a", "b", "c"]) put(queue, word);
    const lane = queue.laneOf(undefined, false);
    assert.equal(queue.waiting, 3);
    queue.settle();
    assert.deepEqual(queue.take(lane, load(2)).items, ["a", "b"]);
    assert.deepEqual(queue.take(lane, load(1)).items, ["c"]);
  });

  it("R23 it is what fits in the open batch, which leaves as it is", () => {
    const queue = queueOf(4);
    place(queue, "a");
    queue.grant(9);
    put(queue, "b");
    assert.equal(queue.room, 2);
    for (const word of ["c", "d", "e"]) put(queue, word);
    assert.equal(queue.room, 3);
    const lane = queue.laneOf(undefined, false);
    queue.settle();
    const { batch } = queue.default.oldestCall();
    assert.equal(queue.take(lane, load(4)), batch);
    assert.deepEqual(batch?.items, ["a", "b", "c", "d"]);
  });

  it("R6 room is for calls that are not too heavy for the open batch: others open the next", () => {
    const options = { size: 8, maxWeight: 10, concurrency: 1 };
    const queue = new Queue<string>({ ...options, policy: natural() });
    const lane = queue.default;
    queue.grant(9);
    const batches = [6, 4, 3, 8].map((weight) => {
      assert.ok(queue.hasRoom(lane, weight));
      const open = lane.put("x", weight);
      open.hold(ignore);
      return open;
    });
    const weights = [...new Set(batches)].map((batch) => batch.weights);
    assert.deepEqual(weights, [[6, 4], [3], [8]]);
    queue.settle();
    assert.deepEqual([queue.waiting, lane.weight], [4, 21]);
  });

  it("R7 a lane that has room is not forgotten till that has ended", () => {
    const queue = queueOf(4);
    queue.grant(9);
    const lane = queue.laneOf("tenant", false);
    assert.ok(queue.hasRoom(lane));
    queue.forgetIdle(lane);
    assert.equal(queue.laneOf("tenant", false), lane);
    queue.settle();
    assert.notEqual(queue.laneOf("tenant", false), lane);
  });

  it("R18 there is none where the queue is full, or over-full", () => {
    const queue = queueOf(4);
    for (const calls of [0, -3]) {
      queue.grant(calls);
      assert.equal(queue.hasRoom(), false);
      assert.deepEqual([queue.waiting, queue.placed], [0, 0]);
    }
  });

  it("With size Infinity the countdown is a number that counts down", () => {
    const queue = queueOf(Infinity);
    queue.grant(Infinity);
    put(queue, "a");
    const { room } = queue;
    put(queue, "b");
    assert.equal(queue.room, room - 1);
    assert.equal(queue.waiting, 2);
  });

  it("It ends with whatever else happens to the queue", () => {
    const enders: ((queue: Queue<string>, call: Call) => void)[] = [
      (queue) => place(queue, "z"),
      (queue) => place(queue, "z", "lane"),
      (queue, call) => queue.remove(call),
      (queue) => queue.lanes,
      (queue) => oldestCallIn(queue.lanes),
    ];
    for (const end of enders) {
      const queue = queueOf(8);
      const call = place(queue, "a");
      queue.grant(5);
      put(queue, "b");
      end(queue, call);
      assert.equal(queue.hasRoom(), false);
      assert.ok(wordsOf(queue)[0]!.includes("b"));
    }
  });

  it("Calls that were put and calls that were placed keep their order", () => {
    const queue = queueOf(3);
    queue.grant(1);
    put(queue, "a");
    place(queue, "b");
    queue.grant(9);
    put(queue, "c");
    place(queue, "d");
    assert.deepEqual(wordsOf(queue), [["a", "b", "c", "d"]]);
  });

  it("Calls that were put came when the turn began", () => {
    const queue = queueOf(8);
    queue.now = 7;
    queue.grant(2);
    put(queue, "a");
    put(queue, "b");
    queue.settle();
    const lane = queue.laneOf(undefined, false);
    assert.equal(lane.oldestAt, 7);
    assert.equal(lane.age(10), 6);
  });

  it("Lanes share what was granted: none gets all of it", () => {
    const queue = queueOf(Infinity);
    queue.grant(80);
    const [a, b] = [queue.laneOf("a", false), queue.laneOf("b", false)];
    for (const lane of [a, b, a]) {
      assert.ok(queue.hasRoom(lane));
      lane.put("x", 1).hold(ignore);
    }
    assert.ok(a.room > 0 && b.room > 0, "both have some left");
    assert.equal(queue.waiting, 3);
    queue.settle();
    assert.deepEqual([a.waiting, b.waiting, a.room, b.room], [2, 1, 0, 0]);
  });

  it("R18 all lanes together take no more than was granted", () => {
    for (const calls of [1, 5, 40]) {
      const queue = queueOf(4);
      queue.grant(calls);
      let taken = 0;
      for (let step = 0; step < 200; step++) {
        const lane = queue.laneOf(step % 7, false);
        if (!queue.hasRoom(lane)) continue;
        lane.put("x", 1).hold(ignore);
        taken++;
      }
      assert.ok(taken <= calls && taken > 0, `${taken} of ${calls}`);
      assert.equal(queue.waiting, taken);
    }
  });

  it("R6 a call that is too heavy for the open batch opens the next one, and the weight counts", () => {
    const queue = new Queue<string>({
      size: 8,
      concurrency: 1,
      policy: natural(),
      maxWeight: 10,
    });
    const lane = queue.default;
    queue.grant(8);
    for (const weight of [4, 6, 1, 9.5]) {
      assert.ok(queue.hasRoom(lane, weight));
      lane.put("x", weight).hold(ignore);
    }
    queue.settle();
    assert.equal(lane.weight, 20.5);
    const all = { ...load(8), maxWeight: 10 };
    const batches = [1, 2, 3].map(() => queue.take(lane, all).weight);
    assert.deepEqual(batches, [10, 1, 9.5]);
    assert.deepEqual([lane.weight, lane.waiting], [0, 0]);
  });

  it("R7 a lane that was given room and did not use it is forgotten", () => {
    const queue = queueOf(8);
    queue.grant(8);
    const lane = queue.laneOf("a", false);
    assert.ok(queue.hasRoom(lane));
    queue.settle();
    assert.notEqual(queue.laneOf("a", false), lane);
  });
});
