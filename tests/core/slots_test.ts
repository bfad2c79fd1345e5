import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batch } from "../../src/core/call.ts";
import { Slots } from "../../src/core/slots.ts";

function slotsOf(concurrency: number): Slots<string> {
  return new Slots<string>({ size: 8, concurrency });
}

function started(
  slots: Slots<string>,
  now: number,
  isUnbound = false,
): Batch<string> {
  const batch = new Batch<string>({ key: undefined, nested: false });
  slots.start(batch, isUnbound, now);
  return batch;
}

describe("Slots", () => {
  it("A batch that runs takes a slot until it ends", () => {
    const slots = slotsOf(2);
    const first = started(slots, 1);
    started(slots, 2);
    assert.deepEqual([slots.free, slots.running], [0, 2]);
    slots.end(first, 3, false);
    assert.deepEqual([slots.free, slots.running], [1, 1]);
  });

  it("R26 an unbound batch runs without a slot and frees none", () => {
    const slots = slotsOf(1);
    started(slots, 1);
    const unbound = started(slots, 2, true);
    assert.deepEqual([slots.free, slots.running], [0, 2]);
    slots.end(unbound, 3, false);
    assert.deepEqual([slots.free, slots.running], [0, 1]);
  });

  it("Batches are numbered from 1 as they start and listed while they run", () => {
    const slots = slotsOf(Infinity);
    const [first, second, third] = [1, 2, 3].map((now) => started(slots, now));
    assert.deepEqual([first!.id, second!.id, third!.id], [1, 2, 3]);
    assert.equal(second!.startedAt, 2);
    slots.end(second!, 9, false);
    assert.deepEqual(new Set(slots.batches), new Set([first, third]));
    assert.equal(started(slots, 9).id, 4);
  });

  it("Each batch knows how many ran when it left, with or without a slot", () => {
    const slots = slotsOf(2);
    const [first, second] = [started(slots, 1), started(slots, 2, true)];
    const third = started(slots, 3);
    slots.end(first, 4, false);
    const fourth = started(slots, 5);
    const batches = [first, second, third, fourth];
    assert.deepEqual(
      batches.map(({ runningAtStart }) => runningAtStart),
      [0, 1, 2, 2],
    );
  });

  it("The oldest of the running batches is known, whichever ends first", () => {
    const slots = slotsOf(Infinity);
    assert.equal(slots.oldestAt, Infinity);
    const [first, second, third] = [5, 6, 7].map((now) => started(slots, now));
    slots.end(second!, 9, false);
    assert.equal(slots.oldestAt, 5);
    slots.end(first!, 9, false);
    assert.equal(slots.oldestAt, 7);
    slots.end(third!, 9, false);
    assert.equal(slots.oldestAt, Infinity);
    const [fourth] = [8, 9, 10].map((now) => started(slots, now));
    slots.end(fourth!, 11, false);
    assert.equal(slots.oldestAt, 9);
  });

  it("The rate limit says when more may run, where nothing else is in the way", () => {
    const rateLimit = { batches: 2, perMs: 10 };
    const slots = new Slots<string>({ size: 8, concurrency: 2, rateLimit });
    const first = started(slots, 1);
    assert.deepEqual([slots.roomierAt, slots.allowedAt], [Infinity, Infinity]);
    slots.end(first, 2, false);
    assert.deepEqual([slots.roomierAt, slots.allowedAt], [11, Infinity]);
    started(slots, 3);
    assert.deepEqual([slots.roomierAt, slots.allowedAt], [11, 11]);
  });

  it("All that have ended are counted, those that failed among them", () => {
    const slots = slotsOf(2);
    slots.end(started(slots, 1), 2, false);
    slots.end(started(slots, 2), 3, true);
    assert.equal(slots.ended, 2);
  });

  it("What ran a batch is let go of when it has ended", () => {
    const slots = slotsOf(1);
    const batch = started(slots, 1);
    batch.run = { results: 0, failures: 0, left() {}, cancel() {} };
    slots.end(batch, 2, false);
    assert.equal(batch.run, undefined);
  });

  it("freeSince is when the rate limit lets the next batch start, where that is later", () => {
    const rateLimit = { batches: 1, perMs: 10 };
    const slots = new Slots<string>({ size: 8, concurrency: 1, rateLimit });
    slots.end(started(slots, 2), 5, false);
    slots.refill(11);
    assert.equal(slots.free, 0);
    slots.refill(13);
    assert.deepEqual([slots.free, slots.freeSince], [1, 13]);
    slots.refill(20);
    assert.equal(slots.freeSince, 13);
  });

  it("freeSince is when the last of the busy slots became the first free one", () => {
    const slots = slotsOf(2);
    const [first, second] = [started(slots, 1), started(slots, 2)];
    slots.end(first, 5, false);
    slots.end(second, 8, false);
    assert.equal(slots.freeSince, 5);
  });

  it("With concurrency Infinity a slot is always free", () => {
    const slots = slotsOf(Infinity);
    for (let now = 0; now < 10; now++) started(slots, now);
    assert.equal(slots.free, Infinity);
  });

  it("The mean batch time is NaN until a batch has ended well", () => {
    const slots = slotsOf(1);
    slots.end(started(slots, 0), 50, true);
    assert.ok(Number.isNaN(slots.meanRunMs));
    assert.equal(slots.end(started(slots, 60), 70, false), 10);
    assert.equal(slots.meanRunMs, 10);
  });

  it("The mean batch time follows the batches that end well, not too fast", () => {
    const slots = slotsOf(1);
    slots.end(started(slots, 0), 10, false);
    slots.end(started(slots, 0), 90, false);
    assert.ok(slots.meanRunMs > 10 && slots.meanRunMs < 50);
    slots.end(started(slots, 0), 1e6, true);
    assert.ok(slots.meanRunMs < 50);
    for (let i = 0; i < 60; i++) slots.end(started(slots, 0), 90, false);
    assert.ok(Math.abs(slots.meanRunMs - 90) < 1);
  });

  it("A batch may take no time at all", () => {
    const slots = slotsOf(1);
    slots.end(started(slots, 7), 7, false);
    assert.equal(slots.meanRunMs, 0);
    slots.end(started(slots, 7), 15, false);
    assert.ok(slots.meanRunMs > 0 && slots.meanRunMs < 8);
  });
});
