import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { marginOf } from "../../../src/core/adaptive/margin.ts";
import { close } from "./numbers.ts";

/** Batches of 10 calls, so uneven. */
function costOf(fixedMs: number, eachMs: number, spread: number): CostModel {
  const cost = new CostModel();
  // None of them so unlike the one before that it would pass for an accident.
  for (const weight of [10, 8, 12]) {
    cost.learn(weight, fixedMs + eachMs * weight);
  }
  cost.spread = spread;
  return cost;
}

describe("marginOf", () => {
  it("Where batches always take the same, there is none", () => {
    // Neither where all time, or all that is left for waiting, is taken by just one batch.
    for (const targetMs of [10, 15, 20, Infinity]) {
      assert.equal(marginOf(costOf(10, 0, 0), targetMs, 1), 1);
    }
  });

  it("With time to spare hardly any batch may exceed it", () => {
    const margin = marginOf(costOf(10, 0, 0.2), 1000, 100);
    close(margin, 1 + 3.2 * 0.2);
  });

  it("Where it would cost answers it is smaller with few slots, since calls of every age share a batch", () => {
    const cost = costOf(0.1, 1, 0.2);
    assert.ok(marginOf(cost, 12, 1) < marginOf(cost, 12, 2) - 0.05);
  });

  it("The more uneven batches are, the larger it is, as long as there is time", () => {
    const margins = [0.05, 0.1, 0.2, 0.4].map((spread) =>
      marginOf(costOf(10, 0, spread), 1000, 1)
    );
    assert.deepEqual(margins, margins.toSorted((a, b) => a - b));
  });

  it("Where time is short it leaves most of it for waiting", () => {
    for (const spread of [0.2, 0.5, 1, 2]) {
      for (const targetMs of [12, 15, 20, 30]) {
        const ms = 10 * marginOf(costOf(10, 0, spread), targetMs, 1);
        const left = targetMs - ms;
        assert.ok(
          left > 0.5 * (targetMs - 10),
          `${targetMs}, ${spread}: ${left}`,
        );
      }
    }
  });

  it("Where it is the items that take the time, smaller batches make room for a larger one", () => {
    const [flat, steep] = [costOf(10, 0, 0.3), costOf(1, 0.9, 0.3)];
    assert.ok(marginOf(steep, 20, 1) > marginOf(flat, 20, 1) + 0.2);
  });

  it("Nothing is lost by it where a call could not be in time anyway", () => {
    assert.equal(marginOf(costOf(10, 0, 0.3), 5, 1), 1);
  });

  it("It is what is free, or else what is useful", () => {
    // 14 ms of waiting leave 16 for a batch of 10, three spreads more; with two slots 7 leave 15.
    close(marginOf(costOf(10, 0, 0.2), 30, 1), 1 + 0.2 * 3, 1e-6);
    close(marginOf(costOf(10, 0, 0.2), 22, 2), 1 + 0.2 * 2.5, 1e-6);
    // Nothing is free: there is room for five spreads, and for six hundred.
    const five = Math.log(1 + 5) - 1;
    close(marginOf(costOf(10, 0, 0.2), 20, 1), 1 + 0.2 * five, 1e-6);
    const most = 3.2 / Math.sqrt(1 + 1 / 0.8);
    close(marginOf(costOf(0.1, 1, 0.2), 12, 1), 1 + 0.2 * most, 1e-6);
  });
});
