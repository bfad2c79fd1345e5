import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batch, Call, type Ticket } from "../../src/core/call.ts";
import { Random } from "./random.ts";
import { timesOf } from "./times.ts";

const ignore = () => {};

function add(
  batch: Batch<string>,
  item: string,
  ticket: Ticket,
  time: number,
  weight = 1,
): void {
  batch.put(item, time, weight);
  batch.hold(ticket);
}

/** A batch with a call for each of the words, which came at 0, 1, 2 … */
function filled(words: string): [Batch<string>, Call[]] {
  const batch = new Batch<string>({ key: undefined, nested: false });
  const calls = words.split(" ").map((word, time) => {
    const call = new Call(ignore);
    add(batch, word, call, time);
    return call;
  });
  return [batch, calls];
}

describe("Call", () => {
  it("end() tells all who asked, in the order in which they asked, once", () => {
    const told: string[] = [];
    const call = new Call(ignore);
    call.whenEnded({ end: () => void told.push("first") });
    call.whenEnded({ end: () => void told.push("second") });
    assert.deepEqual(told, []);
    call.end();
    call.end();
    assert.deepEqual(told, ["first", "second"]);
  });
});

describe("Batch", () => {
  it("A call that is added knows its batch and its place", () => {
    const [batch, calls] = filled("a b c");
    assert.deepEqual(calls.map((call) => call.index), [0, 1, 2]);
    assert.ok(calls.every((call) => call.batch === batch));
    assert.deepEqual(batch.tickets, calls);
    assert.deepEqual(timesOf(batch), [0, 1, 2]);
  });

  it("The size counts the callers that are still there", () => {
    const [batch] = filled("a b c");
    assert.equal(batch.size, 3);
    batch.vacate(1);
    assert.equal(batch.size, 2);
  });

  it("R6 its weight is that of those who wait in it, and of all that it left with", () => {
    for (const weights of [[1, 1, 1], [2, 1, 4]]) {
      const batch = new Batch<string>({ key: undefined, nested: false });
      for (const weight of weights) add(batch, "x", ignore, 0, weight);
      batch.vacate(1);
      const waiting = weights[0]! + weights[2]!;
      assert.equal(batch.weight, waiting);
      batch.compact();
      batch.id = 1;
      batch.vacate(0);
      assert.equal(batch.weight, waiting);
    }
  });

  it("callAt() gives a plain ticket demands of its own and keeps what it resolves", () => {
    const resolve = (): void => {};
    const batch = new Batch<string>({ key: "lane", nested: false });
    add(batch, "a", ignore, 0);
    add(batch, "b", resolve, 0);
    const call = batch.callAt(1);
    assert.equal(call.resolve, resolve);
    assert.equal(call.batch, batch);
    assert.equal(call.index, 1);
    assert.equal(batch.tickets[1], call);
  });

  it("callAt() answers the same call every time", () => {
    const [batch, [a]] = filled("a");
    assert.equal(batch.callAt(0), a);
    assert.equal(batch.callAt(0), a);
  });

  it("R16 a caller that leaves moves nobody else", () => {
    const [batch, [a, , c]] = filled("a b c");
    batch.vacate(1);
    assert.deepEqual([a!.index, c!.index], [0, 2]);
    assert.deepEqual(batch.tickets, [a, undefined, c]);
  });

  it("first() finds the first caller that is still there", () => {
    const [batch] = filled("a b c d");
    assert.equal(batch.first(), 0);
    batch.vacate(1);
    assert.equal(batch.first(), 0);
    batch.vacate(0);
    assert.equal(batch.first(), 2);
    batch.vacate(2);
    assert.equal(batch.first(), 3);
  });

  it("compact() keeps item, time and place of every caller together, whoever has left", () => {
    const random = new Random(1);
    for (let round = 0; round < 200; round++) {
      const words = Array.from({ length: 1 + random.below(40) }, (_, i) => i);
      const [batch, calls] = filled(words.join(" "));
      const stay = calls.filter(() => random.chance(0.5));
      for (const call of calls) {
        if (!stay.includes(call)) batch.vacate(call.index);
      }
      const kept = stay.map((call) => call.index);
      if (kept.length > 0) batch.first();
      batch.compact();
      assert.deepEqual(batch.tickets, stay);
      assert.deepEqual(batch.items, kept.map(String));
      assert.deepEqual(timesOf(batch), kept);
      assert.deepEqual(stay.map((call) => call.index), [...stay.keys()]);
      assert.equal(batch.size, stay.length);
      if (kept.length > 0) assert.equal(batch.first(), 0);
    }
  });

  it("compact() leaves plain tickets with their items", () => {
    const batch = new Batch<string>({ key: undefined, nested: false });
    const last = (): void => {};
    add(batch, "a", ignore, 1);
    add(batch, "b", last, 2);
    batch.vacate(0);
    batch.compact();
    assert.deepEqual(batch.items, ["b"]);
    assert.deepEqual(batch.tickets, [last]);
    add(batch, "c", ignore, 3);
    assert.equal(batch.callAt(1).index, 1);
    assert.equal(batch.size, 2);
  });
});
