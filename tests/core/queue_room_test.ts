import assert from "node:assert/strict";
import { describe, it } from "node:test";
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

  it("Without limits the countdown is a number that counts down", () => {
    const queue = queueOf(Infinity);
    queue.grant(Infinity);
    queue.put("a").hold(ignore);
    assert.ok(queue.hasRoom);
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
});
