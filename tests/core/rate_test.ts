import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Rate } from "../../src/core/rate.ts";
import { Random } from "./random.ts";

/** How many batches may start by then. */
function allowed(rate: Rate, now: number): number {
  rate.refill(now);
  return rate.left;
}

describe("Rate", () => {
  it("As many batches may start at once as are allowed in a span", () => {
    const rate = new Rate({ batches: 3, perMs: 100 });
    assert.equal(allowed(rate, 0), 3);
    rate.start(0);
    rate.start(1);
    assert.equal(allowed(rate, 1), 1);
    rate.start(2);
    assert.equal(allowed(rate, 2), 0);
  });

  it("Each start makes room when it is a whole span ago, not before", () => {
    const rate = new Rate({ batches: 2, perMs: 100 });
    rate.start(10);
    rate.start(30);
    assert.equal(rate.nextAt, 110);
    assert.equal(allowed(rate, 109.9), 0);
    assert.equal(allowed(rate, 110), 1);
    rate.start(110);
    assert.equal(rate.nextAt, 130);
    assert.equal(allowed(rate, 130), 1);
    assert.equal(allowed(rate, 1000), 2);
  });

  it("In any span there are at most so many starts, whenever they come", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed);
      const batches = 1 + random.below(5);
      const perMs = random.pick([1, 7.5, 100]);
      const rate = new Rate({ batches, perMs });
      const starts: number[] = [];
      let now = 0;
      while (starts.length < 200) {
        now += random.chance(0.5) ? 0 : random.below(40) / 10;
        const left = allowed(rate, now);
        const recent = starts.filter((start) => start + perMs > now);
        assert.equal(left, batches - recent.length, `seed ${seed}`);
        if (left === 0) now = random.chance(0.5) ? rate.nextAt : now + 0.1;
        else {
          rate.start(now);
          starts.push(now);
        }
      }
    }
  });

  it("To ask costs no more than what has left the span since it was last asked", () => {
    const batches = 10_000;
    const rate = new Rate({ batches, perMs: 1000 });
    for (let i = 0; i < batches; i++) rate.start(0);
    let reads = 0;
    const { nextAt } = Object.getOwnPropertyDescriptors(Rate.prototype);
    Object.defineProperty(rate, "nextAt", {
      get: () => (reads++, nextAt.get!.call(rate)),
    });
    for (let now = 1000; now < 2000; now++) allowed(rate, now);
    assert.ok(reads <= batches + 1000, `${reads} reads`);
  });
});
