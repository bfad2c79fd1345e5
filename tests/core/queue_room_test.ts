import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Batch, Call } from "../../src/core/call.ts";
import { natural } from "../../src/core/policy.ts";
import { Queue } from "../../src/core/queue.ts";
import { load } from "./filled_lane.ts";
import { placeIn } from "./place_in.ts";

const ignore = () => {};

function queueOf(size: number, maxWeight = Infinity): Queue<string> {
  const options = { size, maxWeight, concurrency: 1, policy: natural() };
  return new Queue<string>(options, ignore);
}

/** How many calls may be put, one after another. */
function roomOf(queue: Queue<string>): number {
  let room = 0;
  for (; queue.hasRoom; room++) queue.put("x").hold(ignore);
  return room;
}

/** Puts one call and as many after it as may come to its batch without a word. */
function fill(queue: Queue<string>, item = "x"): Batch<string> {
  const batch = queue.put(item);
  batch.hold(ignore);
  while (batch.room > 0) queue.put(item).hold(ignore);
  return batch;
}

/** Puts calls, those that come at once without a word, until the open batch has so many. */
function fillTo(queue: Queue<string>, count: number): Batch<string> {
  const { open } = queue.default.plain;
  while (open.count < count) queue.put("x").hold(ignore);
  return open;
}

describe("The room of a queue", () => {
  it("Without a grant there is none", () => {
    assert.equal(queueOf(8).hasRoom, false);
  });

  it("R18 there is as much as was granted last, whatever the size", () => {
    for (const size of [1, 2, 4, 100, Infinity]) {
      const queue = queueOf(size);
      queue.grant(6);
      queue.put("a").hold(ignore);
      queue.grant(5);
      assert.equal(roomOf(queue), 5, `size ${size}`);
      assert.deepEqual([queue.waiting, queue.placed], [6, 6]);
    }
  });

  it("R18 there is none where the queue is full, or over-full, whoever leaves it", () => {
    for (const calls of [0, -3]) {
      const queue = queueOf(4);
      placeIn(queue, "a", ignore);
      queue.grant(calls);
      queue.take(queue.default, load(1));
      assert.equal(queue.hasRoom, false);
    }
  });

  it("R18 calls that ask take of it, too, and all lanes together", () => {
    const queue = queueOf(4);
    queue.grant(5);
    for (const lane of ["a", "b"]) placeIn(queue, "x", ignore, { lane });
    queue.put("x", 1, queue.laneOf("b", false)).hold(ignore);
    assert.equal(roomOf(queue), 2);
  });

  it("R18 what comes elsewhere takes of the room in the open batch, too", () => {
    for (const spot of [{ priority: 1 }, { lane: "a" }]) {
      const queue = queueOf(8);
      queue.grant(3);
      const batch = queue.put("x");
      batch.hold(ignore);
      placeIn(queue, "x", ignore, spot);
      assert.equal(batch.room, 0);
      assert.equal(roomOf(queue), 1);
    }
  });

  it("Without limits the countdown is a number that counts down", () => {
    const queue = queueOf(Infinity);
    queue.grant(Infinity);
    const batch = queue.put("a");
    batch.hold(ignore);
    assert.ok(queue.hasRoom);
    assert.ok(batch.room > 1e6);
    queue.put("b").hold(ignore);
    assert.deepEqual([batch.count, queue.placed], [2, 2]);
    queue.grant(0);
    assert.equal(queue.hasRoom, false);
  });

  it("R23 calls that ask and calls that need not stand in one batch, in their order, until it is full", () => {
    const queue = queueOf(4);
    placeIn(queue, "a", ignore);
    queue.grant(2);
    queue.put("b").hold(ignore);
    placeIn(queue, "c", ignore);
    const { open } = queue.default.plain;
    for (const word of ["d", "e"]) queue.put(word).hold(ignore);
    const batch = queue.take(queue.default, load(4));
    assert.equal(batch, open);
    assert.deepEqual(batch.items, ["a", "b", "c", "d"]);
    assert.deepEqual(queue.take(queue.default, load(1)).items, ["e"]);
  });

  it("They came when the turn began", () => {
    const queue = queueOf(8);
    queue.now = 7;
    queue.grant(2);
    assert.equal(roomOf(queue), 2);
    assert.equal(queue.default.oldestAt, 7);
    assert.equal(queue.default.age(10), 6);
  });

  it("R6 a call that is too heavy for the open batch opens the next one, and the weight counts", () => {
    const queue = queueOf(8, 10);
    const lane = queue.default;
    queue.grant(8);
    for (const weight of [4, 6, 1, 9.5]) queue.put("x", weight).hold(ignore);
    assert.equal(lane.weight, 20.5);
    const all = { ...load(8), maxWeight: 10 };
    const batches = [1, 2, 3].map(() => queue.take(lane, all).weight);
    assert.deepEqual(batches, [10, 1, 9.5]);
    assert.deepEqual([lane.weight, lane.waiting], [0, 0]);
  });

  it("R23 where all come at once a batch fills without a word, and the accounts are right", () => {
    const queue = queueOf(4);
    queue.now = 5;
    queue.grant(10);
    const batches = [1, 2, 3].map(() => fill(queue));
    assert.deepEqual(batches.map(({ count }) => count), [4, 4, 2]);
    assert.equal(queue.hasRoom, false);
    assert.deepEqual([queue.waiting, queue.queued, queue.placed], [10, 10, 10]);
    const lane = queue.default;
    assert.deepEqual([lane.waiting, lane.weight, lane.fresh], [10, 10, 10]);
    assert.deepEqual([lane.age(8), lane.oldestAt], [30, 5]);
    for (const batch of batches) {
      assert.equal(queue.take(lane, load(batch.count)), batch);
    }
    assert.deepEqual([queue.waiting, queue.placed, lane.weight], [0, 10, 0]);
  });

  it("R23 those who have left their batch leave their room to others", () => {
    const queue = queueOf(4);
    queue.grant(8);
    const batch = queue.put("a");
    batch.hold(ignore);
    queue.put("b").hold(ignore);
    queue.remove(batch.callAt(0));
    queue.grant(8);
    assert.equal(queue.put("c"), batch);
    batch.hold(ignore);
    assert.equal(batch.room, 2);
  });

  it("R6 no more calls come without a word than weigh as much as a batch may", () => {
    const queue = queueOf(8, 3.5);
    queue.grant(8);
    assert.equal(fill(queue).count, 3);
    assert.equal(queue.put("x").count, 1);
  });

  it("R2 the first call of another time is told, and those that come with it need not be", () => {
    const queue = queueOf(8);
    queue.grant(8);
    const { open } = queue.default.plain;
    assert.equal(fillTo(queue, 2), open);
    assert.equal(open.room, 6);
    queue.now = 1;
    assert.equal(open.room, 0);
    fillTo(queue, 4);
    assert.equal(open.room, 4);
    queue.now = 3;
    fillTo(queue, 5);
    const times = [0, 1, 2, 3, 4].map((index) => open.timeAt(index));
    assert.deepEqual(times, [0, 0, 1, 1, 3]);
    assert.deepEqual([open.arrivals, open.oldestAt, open.weight], [5, 0, 5]);
  });

  it("R6 one of another weight is told, and those that come with it need not be", () => {
    const queue = queueOf(8, 10);
    queue.grant(8);
    const { open } = queue.default.plain;
    queue.now = 2;
    fillTo(queue, 2);
    queue.put("x", 4.5).hold(ignore);
    assert.equal(open.room, 3);
    fillTo(queue, 5);
    assert.equal(open.room, 1);
    const weights = [0, 1, 2, 3, 4].map((index) => open.weightAt(index));
    assert.deepEqual(weights, [1, 1, 4.5, 1, 1]);
    assert.deepEqual([open.arrivals, open.oldestAt, open.weight], [10, 2, 8.5]);
  });

  it("R16 whoever leaves is not counted, whether it came before a call of another time or with it", () => {
    const queue = queueOf(8);
    queue.grant(8);
    const { open } = queue.default.plain;
    queue.now = 1;
    fillTo(queue, 2);
    queue.remove(open.callAt(0));
    queue.now = 4;
    fillTo(queue, 5);
    const accounts = () => [open.size, open.weight, open.arrivals];
    assert.deepEqual(accounts(), [4, 4, 13]);
    queue.remove(open.callAt(1));
    assert.deepEqual(accounts(), [3, 3, 12]);
    queue.remove(open.callAt(3));
    assert.deepEqual(accounts(), [2, 2, 8]);
    queue.now = 6;
    fillTo(queue, 6);
    assert.deepEqual(accounts(), [3, 3, 14]);
    assert.deepEqual([queue.default.oldestAt, queue.default.age(6)], [4, 4]);
  });

  it("R6 what a batch weighs that runs stays as it is when somebody leaves", () => {
    const queue = queueOf(8);
    queue.grant(8);
    queue.put("x", 2).hold(ignore);
    const { open } = queue.default.plain;
    fillTo(queue, 3);
    const batch = queue.take(queue.default, load(3));
    assert.equal(batch, open);
    batch.id = 1;
    batch.vacate(0);
    batch.vacate(2);
    assert.equal(batch.weight, 4);
  });

  it("R2 the first call after a look has begun is told", () => {
    const queue = queueOf(8);
    queue.grant(8);
    queue.put("x").hold(ignore);
    assert.deepEqual(queue.takeTouched(), [queue.default]);
    queue.put("x").hold(ignore);
    assert.deepEqual(queue.takeTouched(), [queue.default]);
  });

  it("R18 another word, or none, ends it", () => {
    for (const calls of [0, 3]) {
      const queue = queueOf(8);
      queue.grant(8);
      const batch = queue.put("x");
      batch.hold(ignore);
      queue.grant(calls);
      assert.equal(batch.room, 0);
      assert.equal(roomOf(queue), calls);
    }
  });

  it("R6 the accounts are right wherever calls leave: behind the open batch, from it, or all together", () => {
    const queue = queueOf(2, 100);
    const lane = queue.default;
    const calls = [5, 7, 11, 13, 17].map((weight) => {
      const call = new Call();
      placeIn(queue, "x", call, { weight });
      queue.now++;
      return call;
    });
    const accounts = () => [lane.waiting, lane.weight, lane.age(0)];
    assert.deepEqual(accounts(), [5, 53, -10]);
    queue.remove(calls[3]!);
    assert.deepEqual(accounts(), [4, 40, -7]);
    queue.take(lane, load(2));
    assert.deepEqual(accounts(), [2, 28, -6]);
    queue.remove(calls[4]!);
    assert.deepEqual(accounts(), [1, 11, -2]);
  });

  it("R16 those who leave in between are not counted, and the gaps close", () => {
    const queue = queueOf(200);
    queue.grant(300);
    const first = fill(queue);
    const lane = queue.default;
    for (let index = 0; index < 150; index++) {
      queue.remove(first.callAt(index % 2 === 0 ? index : 200 - index));
      assert.equal(lane.waiting, 199 - index);
      if (first.count < 200) break;
    }
    assert.equal(first.left, 0);
    const { waiting } = lane;
    assert.deepEqual([lane.weight, lane.age(1)], [waiting, waiting]);
    assert.deepEqual([queue.placed, lane.fresh], [200, 200]);
    fill(queue);
    assert.deepEqual([queue.placed, lane.fresh], [300, 300]);
  });
});
