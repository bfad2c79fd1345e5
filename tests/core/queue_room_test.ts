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
});
