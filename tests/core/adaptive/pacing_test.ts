import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { Pacing } from "../../../src/core/adaptive/pacing.ts";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { laneOf } from "./views.ts";

/** Batches take 12 ms, whatever is in them, in 4 slots; a call comes every half ms. */
function paced({ eachMs = 0 } = {}) {
  const cost = new CostModel();
  for (const weight of [1, 2, 3]) cost.learn(weight, 12 + eachMs * weight);
  const traffic = new Traffic();
  for (let now = 0; now <= 100; now += 0.5) traffic.arrived(1, 12, now);
  const limits = { size: 64, concurrency: 4 };
  return { pacing: new Pacing(limits, cost, traffic), traffic };
}

describe("Pacing", () => {
  it("While nothing runs, there is no distance to keep", () => {
    const { pacing, traffic } = paced();
    assert.equal(pacing.until(laneOf(1)), -Infinity);
    traffic.started(1, 100);
    traffic.ended(1, 1, 112);
    assert.equal(pacing.until(laneOf(1)), -Infinity);
  });

  it("Four slots start a quarter of a batch apart", () => {
    const { pacing, traffic } = paced();
    traffic.started(1, 100);
    assert.equal(pacing.until(laneOf(1)), 103);
  });

  it("Who has as many calls as come in that time need not wait", () => {
    const { pacing, traffic } = paced();
    traffic.started(1, 100);
    assert.equal(pacing.until(laneOf(5)), 103);
    assert.equal(pacing.until(laneOf(6)), -Infinity);
  });

  it("Where it is the items that cost, small batches are as good as large ones", () => {
    const { pacing, traffic } = paced({ eachMs: 10 });
    traffic.started(1, 100);
    assert.equal(pacing.until(laneOf(1)), -Infinity);
  });
});
