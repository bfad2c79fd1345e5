import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Batch } from "../../src/core/call.ts";
import { FilledLane, load } from "./filled_lane.ts";
import { Random } from "./random.ts";

/** Counts how often elements of the arrays of a batch are read or written. */
function counted(batch: Batch<string>): { touches: number } {
  const counter = { touches: 0 };
  for (const name of ["items", "tickets"] as const) {
    const value = new Proxy<unknown[]>(batch[name], {
      get: (array, key) => {
        counter.touches++;
        return Reflect.get(array, key);
      },
      set: (array, key, value) => {
        counter.touches++;
        return Reflect.set(array, key, value);
      },
    });
    Object.defineProperty(batch, name, { value });
  }
  return counter;
}

describe("The cost of a lane", () => {
  for (const order of ["first", "last", "random"] as const) {
    it(`R16 to leave is O(1), the ${order} of those who wait`, () => {
      const random = new Random(5);
      const filled = new FilledLane(Infinity);
      const calls = Array.from({ length: 5000 }, (_, i) => filled.put("x", i));
      const counter = counted(filled.lane.plain.open);
      while (calls.length > 0) {
        const index = order === "random" ? random.below(calls.length) : 0;
        const call = order === "last" ? calls.pop()! : calls[index]!;
        if (order !== "last") calls.splice(index, 1);
        filled.lane.remove(call!);
      }
      assert.ok(counter.touches < 5000 * 30, `${counter.touches} touches`);
    });
  }

  it("R27 to raise those who wait is O(1), until somebody asks who is first", () => {
    const random = new Random(8);
    const filled = new FilledLane(Infinity);
    const { lane } = filled;
    const calls = Array.from({ length: 5000 }, (_, i) => filled.put(`${i}`, i));
    lane.raise(calls.pop()!, 1);
    const raised = lane.lineOf(1, true);
    const { open } = raised;
    const counter = counted(open);
    while (calls.length > 0) {
      const [call] = calls.splice(random.below(calls.length), 1);
      lane.raise(call!, 1);
    }
    assert.equal(raised.open, open);
    assert.ok(counter.touches < 5000 * 10, `${counter.touches} touches`);
    assert.equal(raised.oldestAt, 0);
    assert.deepEqual(
      lane.take(load(5000)).items,
      Array.from(Array(5000).keys(), String),
    );
  });

  it("R18 to drop the oldest for each that comes is O(1) and leaves no trail", () => {
    const filled = new FilledLane(Infinity);
    for (let i = 0; i < 1000; i++) filled.put("x", i);
    const { lane } = filled;
    const counter = counted(lane.plain.open);
    for (let i = 0; i < 20_000; i++) {
      const front = lane.plain.front();
      lane.remove(front.callAt(front.first()));
      filled.put("x", i);
      assert.ok(lane.plain.open.tickets.length <= 2100);
    }
    assert.ok(counter.touches < 20_000 * 40, `${counter.touches} touches`);
  });

  it("take() over gaps touches each gap once", () => {
    const random = new Random(6);
    const filled = new FilledLane(Infinity);
    const calls = Array.from({ length: 5000 }, (_, i) => filled.put("x", i));
    const counter = counted(filled.lane.plain.open);
    for (const call of calls) {
      if (random.chance(0.4)) {
        filled.lane.remove(call!);
      }
    }
    while (filled.lane.waiting > 0) {
      filled.lane.take(load(Math.min(3, filled.lane.waiting)));
    }
    assert.ok(counter.touches < 5000 * 40, `${counter.touches} touches`);
  });

  it("A lane that never empties keeps no trail of those who have left", () => {
    // Three callers, a policy that sends pairs: one always waits.
    const filled = new FilledLane(64, "x");
    for (let i = 0; i < 5000; i++) {
      filled.put("x", i);
      filled.put("x", i);
      filled.lane.take(load(2));
    }
    const { length } = filled.lane.plain.open.tickets;
    assert.ok(length <= 1000, `1 call waits in an array of ${length}`);
  });
});
