import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SchedulerOptions } from "../../src/core/scheduler.ts";
import { Driven } from "./driven.ts";
import { Random } from "./random.ts";

/** Single calls, two starts in 100 ms, any number of batches at once. */
function limited(options: Partial<SchedulerOptions> = {}): Driven {
  const rateLimit = { batches: 2, perMs: 100 };
  const concurrency = Infinity;
  return new Driven({ size: 1, concurrency, rateLimit, ...options });
}

const startsOf = (driven: Driven) =>
  driven.batches.map(({ startedAt }) => startedAt);

/** Looks whenever it wants to. */
function run(driven: Driven, until: number): void {
  while (driven.wake <= until) driven.endTurn(driven.wake);
}

describe("Scheduler: rateLimit", () => {
  it("Lets so many batches start, and wakes by itself for the next ones", () => {
    const driven = limited();
    driven.turn(0, "a b c d e");
    assert.deepEqual(driven.sent, ["a", "b"]);
    assert.equal(driven.wake, 100);
    run(driven, 1000);
    assert.deepEqual(startsOf(driven), [0, 0, 100, 100, 200]);
    assert.equal(driven.wake, Infinity);
  });

  it("The span slides: in none of that length there are more starts", () => {
    const driven = limited();
    driven.turn(0, "a");
    driven.turn(60, "b c d");
    assert.deepEqual(driven.sent, ["a", "b"]);
    assert.equal(driven.wake, 100);
    run(driven, 1000);
    assert.deepEqual(startsOf(driven), [0, 60, 100, 160]);
  });

  it("R21 nobody wakes for it where nothing waits", () => {
    const driven = new Driven({ rateLimit: { batches: 1, perMs: 100 } });
    driven.turn(0, "a");
    assert.deepEqual(driven.sent, ["a"]);
    assert.equal(driven.wake, Infinity);
  });

  it("A timer that rings early looks again", () => {
    const driven = limited();
    driven.turn(0, "a b c");
    driven.endTurn(99.9);
    assert.deepEqual(driven.sent, ["a", "b"]);
    assert.equal(driven.wake, 100);
  });

  it("While it holds, a batch grows", () => {
    const driven = limited({ size: 10 });
    driven.turn(0, "a");
    driven.turn(1, "b");
    driven.turn(2, "c");
    driven.turn(50, "d e");
    run(driven, 1000);
    assert.deepEqual(driven.sent, ["a", "b", "c d e"]);
  });

  it("Both limits hold: no more than `concurrency` run", () => {
    const driven = limited({ concurrency: 1 });
    driven.turn(0, "a b c d");
    assert.deepEqual(driven.sent, ["a"]);
    driven.endAndTurn(10);
    assert.deepEqual(driven.sent, ["a", "b"]);
    driven.endAndTurn(20);
    assert.deepEqual(driven.sent, ["a", "b"]);
    assert.equal(driven.wake, 100);
    run(driven, 100);
    assert.deepEqual(driven.sent, ["a", "b", "c"]);
    run(driven, 1000);
    assert.deepEqual(driven.sent, ["a", "b", "c"]);
    driven.endAndTurn(1001);
    assert.deepEqual(driven.sent, ["a", "b", "c", "d"]);
  });

  it("All lanes together obey it", () => {
    const driven = limited();
    for (const lane of ["a", "b", "c"]) driven.place(0, lane, { lane });
    driven.look(0);
    driven.endTurn(0);
    assert.equal(driven.batches.length, 2);
    run(driven, 100);
    assert.deepEqual(driven.sent.toSorted(), ["a", "b", "c"]);
  });

  it("R26 calls from inside batches, which need no slot, obey it, too", () => {
    const driven = limited({ concurrency: 1 });
    driven.turn(0, "a");
    driven.turn(1, "b", { nested: true });
    driven.turn(2, "c d", { nested: true });
    assert.deepEqual(driven.sent, ["a", "b"]);
    assert.equal(driven.wake, 100);
    run(driven, 99.5);
    driven.turn(99.5, "e", { nested: true });
    run(driven, 1000);
    assert.deepEqual(driven.sent, ["a", "b", "c", "d", "e"]);
    assert.deepEqual(startsOf(driven), [0, 1, 100, 101, 200]);
  });

  it("R26 they go before others, even those that have waited longer", () => {
    const driven = limited();
    driven.turn(0, "a");
    driven.turn(50, "b");
    driven.turn(51, "old old", { lane: "other" });
    driven.turn(60, "inside", { nested: true });
    run(driven, 1000);
    assert.deepEqual(driven.sent, ["a", "b", "inside", "old", "old"]);
    assert.deepEqual(startsOf(driven), [0, 50, 100, 150, 200]);
  });

  it("R20 flush obeys it, with slots and without", () => {
    for (const unbound of [false, true]) {
      const driven = limited();
      driven.turn(0, "a b c d e");
      driven.scheduler.flush(unbound, () => {});
      driven.endTurn(5);
      assert.equal(driven.batches.length, 2);
      run(driven, 1000);
      assert.deepEqual(startsOf(driven), [0, 0, 100, 100, 200]);
    }
  });

  it("R20 closing obeys it", () => {
    const driven = limited();
    driven.turn(0, "a b c");
    driven.scheduler.close();
    driven.endTurn(5);
    assert.equal(driven.batches.length, 2);
    run(driven, 1000);
    assert.deepEqual(startsOf(driven), [0, 0, 100]);
  });

  it("R17 a call that waits for it hears by its deadline", () => {
    const driven = limited();
    driven.turn(0, "a b");
    const [c] = driven.turn(1, "c", { deadlineMs: 50 });
    run(driven, 1000);
    assert.deepEqual(driven.expired, [c]);
  });

  it("R18 the places of slots that it closes are not to be had", () => {
    const driven = limited({ size: 4, concurrency: 3, maxQueue: 1 });
    assert.equal(driven.scheduler.places, 1 + 2 * 4);
    driven.turn(0, "a b c d e f g h");
    assert.equal(driven.scheduler.places, 1);
  });

  it("Without end it is no limit", () => {
    const driven = limited({ rateLimit: { batches: Infinity, perMs: 100 } });
    driven.turn(0, "a b c d e");
    assert.equal(driven.batches.length, 5);
  });

  it("Under random loads no span has more starts, and nobody waits while it would let a batch go", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const rateLimit = { batches: 1 + random.below(4), perMs: 50 };
      const concurrency = random.pick([1, 2, Infinity]);
      const driven = new Driven({ size: 2, concurrency, rateLimit });
      for (let now = 0; now < 600; now += random.pick([1, 5, 20])) {
        run(driven, now);
        if (random.chance(0.6)) driven.turn(now, random.pick(["a", "a b c"]));
        if (random.chance(0.5) && driven.scheduler.slots.running > 0) {
          driven.endAndTurn(now);
        }
        const starts = startsOf(driven);
        const recent = starts.filter((at) => at + rateLimit.perMs > now);
        const { slots, queue } = driven.scheduler;
        assert.ok(recent.length <= rateLimit.batches, `seed ${seed}`);
        const mayStart = recent.length < rateLimit.batches &&
          slots.running < concurrency;
        assert.ok(!mayStart || queue.waiting === 0, `seed ${seed} at ${now}`);
      }
      const starts = startsOf(driven);
      starts.forEach((start, i) => {
        const first = starts[i - rateLimit.batches];
        if (first === undefined) return;
        assert.ok(start - first >= rateLimit.perMs, `seed ${seed}`);
      });
    }
  });
});
