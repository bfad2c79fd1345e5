import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Call } from "../../src/core/call.ts";
import { Deadlines } from "../../src/core/deadlines.ts";
import { Random } from "./random.ts";

/** Counts how often the alarms of its calls are read. */
class Counter {
  reads = 0;

  call(): Call {
    let alarmAt = Infinity;
    return Object.defineProperty(new Call(() => {}), "alarmAt", {
      get: () => (this.reads++, alarmAt),
      set: (time: number) => alarmAt = time,
    });
  }
}

function call(): Call {
  return new Call(() => {});
}

/** Takes out all that rings, in the order in which it rings. */
function drain(deadlines: Deadlines): number[] {
  const times: number[] = [];
  for (;;) {
    const due = deadlines.due(Infinity);
    if (due === undefined) return times;
    times.push(due.alarmAt);
    deadlines.remove(due);
  }
}

describe("Deadlines", () => {
  it("Without an alarm nothing rings", () => {
    const deadlines = new Deadlines();
    assert.equal(deadlines.next, Infinity);
    assert.equal(deadlines.due(Number.MAX_VALUE), undefined);
  });

  it("R17 the nearest alarm rings first, at its time and not before", () => {
    const deadlines = new Deadlines();
    const [late, near] = [call(), call()];
    deadlines.set(late, 20);
    deadlines.set(near, 10);
    assert.equal(deadlines.next, 10);
    assert.equal(deadlines.due(9.99), undefined);
    assert.equal(deadlines.due(10), near);
    assert.equal(deadlines.due(30), near);
  });

  it("A call that rings stays until it is moved or taken out", () => {
    const deadlines = new Deadlines();
    const [a, b] = [call(), call()];
    deadlines.set(a, 1);
    deadlines.set(b, 2);
    assert.equal(deadlines.due(5), a);
    deadlines.set(a, 3);
    assert.equal(deadlines.due(5), b);
    deadlines.remove(b);
    assert.equal(deadlines.due(5), a);
    deadlines.remove(a);
    assert.equal(deadlines.due(5), undefined);
    assert.equal(deadlines.next, Infinity);
  });

  it("To take out a call that has no alarm touches no other", () => {
    const deadlines = new Deadlines();
    const [a, gone, never] = [call(), call(), call()];
    deadlines.set(gone, 1);
    deadlines.set(a, 2);
    deadlines.remove(gone);
    deadlines.remove(gone);
    deadlines.remove(never);
    assert.deepEqual(drain(deadlines), [2]);
  });

  it("A call that was taken out can be given a new alarm", () => {
    const deadlines = new Deadlines();
    const a = call();
    deadlines.set(a, 1);
    deadlines.remove(a);
    deadlines.set(a, 7);
    assert.equal(deadlines.next, 7);
    assert.deepEqual(drain(deadlines), [7]);
  });

  it("It agrees with a sorted array under random scripts", () => {
    const random = new Random(2);
    for (let round = 0; round < 40; round++) {
      const deadlines = new Deadlines();
      const model: Call[] = [];
      for (let step = 0; step < 250; step++) {
        const kind = random.pick(["add", "add", "move", "remove"]);
        if (kind === "add" || model.length === 0) {
          const added = call();
          deadlines.set(added, random.below(50));
          model.push(added);
        } else if (kind === "move") {
          deadlines.set(random.pick(model), random.below(50));
        } else {
          const [removed] = model.splice(random.below(model.length), 1);
          deadlines.remove(removed!);
        }
        const times = model.map((call) => call.alarmAt);
        assert.equal(deadlines.next, Math.min(...times));
      }
      const sorted = model.map((call) => call.alarmAt).sort((a, b) => a - b);
      assert.deepEqual(drain(deadlines), sorted);
    }
  });

  it("R17 calls that share one span cost the same, however many wait", () => {
    const deadlines = new Deadlines();
    const counter = new Counter();
    for (let time = 0; time < 10_000; time++) {
      deadlines.set(counter.call(), time + 100);
    }
    assert.ok(counter.reads <= 10_000 * 4, `${counter.reads} reads`);
  });

  it("R17 a call with a deadline of its own costs O(log n), in and out", () => {
    const random = new Random(3);
    const deadlines = new Deadlines();
    const counter = new Counter();
    const calls = Array.from({ length: 4096 }, () => counter.call());
    // The worst order for those who come in: each is nearer than all before.
    calls.forEach((call, i) => deadlines.set(call, calls.length - i));
    const inside = counter.reads / calls.length;
    assert.ok(inside <= 3 * 12, `${inside} reads to put one in`);
    counter.reads = 0;
    const left = [...calls];
    while (left.length > 0) {
      const at = random.below(left.length);
      deadlines.remove(left[at]!);
      left[at] = left.at(-1)!;
      left.pop();
    }
    const outside = counter.reads / calls.length;
    assert.ok(outside <= 5 * 12, `${outside} reads to take one out`);
  });
});
