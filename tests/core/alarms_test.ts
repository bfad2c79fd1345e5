import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Alarms } from "../../src/core/alarms.ts";
import { Call } from "../../src/core/call.ts";
import { Random } from "./random.ts";

/** Counts how often the alarms of its calls are read. */
class Counter {
  reads = 0;

  deadline(): Call {
    let alarmAt = Infinity;
    return Object.defineProperty(deadline(), "alarmAt", {
      get: () => (this.reads++, alarmAt),
      set: (time: number) => alarmAt = time,
    });
  }
}

function deadline(): Call {
  return new Call();
}

/** Takes out all that rings, in the order in which it rings. */
function drain(alarms: Alarms<Call>): number[] {
  const times: number[] = [];
  for (;;) {
    const due = alarms.due(Infinity);
    if (due === undefined) return times;
    times.push(due.alarmAt);
    alarms.remove(due);
  }
}

describe("Alarms", () => {
  it("Without an alarm nothing rings", () => {
    const alarms = new Alarms<Call>();
    assert.equal(alarms.next, Infinity);
    assert.equal(alarms.due(Number.MAX_VALUE), undefined);
  });

  it("R17 the nearest alarm rings first, at its time and not before", () => {
    const alarms = new Alarms<Call>();
    const [late, near] = [deadline(), deadline()];
    alarms.set(late, 20);
    alarms.set(near, 10);
    assert.equal(alarms.next, 10);
    assert.equal(alarms.due(9.99), undefined);
    assert.equal(alarms.due(10), near);
    assert.equal(alarms.due(30), near);
  });

  it("A call that rings stays until it is moved or taken out", () => {
    const alarms = new Alarms<Call>();
    const [a, b] = [deadline(), deadline()];
    alarms.set(a, 1);
    alarms.set(b, 2);
    assert.equal(alarms.due(5), a);
    alarms.set(a, 3);
    assert.equal(alarms.due(5), b);
    alarms.remove(b);
    assert.equal(alarms.due(5), a);
    alarms.remove(a);
    assert.equal(alarms.due(5), undefined);
    assert.equal(alarms.next, Infinity);
  });

  it("To take out a call that has no alarm touches no other", () => {
    const alarms = new Alarms<Call>();
    const [a, gone, never] = [deadline(), deadline(), deadline()];
    alarms.set(gone, 1);
    alarms.set(a, 2);
    alarms.remove(gone);
    alarms.remove(gone);
    alarms.remove(never);
    assert.deepEqual(drain(alarms), [2]);
  });

  it("R23 alarms of one time stand in the order in which they were set, and stay there", () => {
    const alarms = new Alarms<Call>();
    const calls = [1, 2, 3, 4].map(() => deadline());
    for (const call of calls) alarms.set(call, 5);
    assert.deepEqual(alarms.members, calls);
    alarms.set(calls[0]!, 5);
    assert.deepEqual(alarms.members, calls);
  });

  it("A call that was taken out can be given a new alarm", () => {
    const alarms = new Alarms<Call>();
    const a = deadline();
    alarms.set(a, 1);
    alarms.remove(a);
    alarms.set(a, 7);
    assert.equal(alarms.next, 7);
    assert.deepEqual(drain(alarms), [7]);
  });

  it("It agrees with a sorted array under random scripts", () => {
    const random = new Random(2);
    for (let round = 0; round < 40; round++) {
      const alarms = new Alarms<Call>();
      const model: Call[] = [];
      for (let step = 0; step < 250; step++) {
        const kind = random.pick(["add", "add", "move", "remove"]);
        if (kind === "add" || model.length === 0) {
          const added = deadline();
          alarms.set(added, random.below(50));
          model.push(added);
        } else if (kind === "move") {
          alarms.set(random.pick(model), random.below(50));
        } else {
          const [removed] = model.splice(random.below(model.length), 1);
          alarms.remove(removed!);
        }
        const times = model.map(({ alarmAt }) => alarmAt);
        assert.equal(alarms.next, Math.min(...times));
      }
      const sorted = model.map(({ alarmAt }) => alarmAt).sort((a, b) => a - b);
      assert.deepEqual(drain(alarms), sorted);
    }
  });

  it("R17 calls that share one span cost the same, however many wait", () => {
    const alarms = new Alarms<Call>();
    const counter = new Counter();
    for (let time = 0; time < 10_000; time++) {
      alarms.set(counter.deadline(), time + 100);
    }
    assert.ok(counter.reads <= 10_000 * 4, `${counter.reads} reads`);
  });

  it("R17 a call with a deadline of its own costs O(log n), in and out", () => {
    const random = new Random(3);
    const alarms = new Alarms<Call>();
    const counter = new Counter();
    const calls = Array.from({ length: 4096 }, () => counter.deadline());
    // The worst order for those who come in: each is nearer than all before.
    calls.forEach((call, i) => alarms.set(call, calls.length - i));
    const inside = counter.reads / calls.length;
    assert.ok(inside <= 3 * 12, `${inside} reads to put one in`);
    counter.reads = 0;
    const left = [...calls];
    while (left.length > 0) {
      const at = random.below(left.length);
      alarms.remove(left[at]!);
      left[at] = left.at(-1)!;
      left.pop();
    }
    const outside = counter.reads / calls.length;
    assert.ok(outside <= 5 * 12, `${outside} reads to take one out`);
  });
});
