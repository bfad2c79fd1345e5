import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { Pacing } from "../../../src/core/adaptive/pacing.ts";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { close } from "./numbers.ts";
import { laneOf } from "./views.ts";

/** Batches take 12 ms, whatever is in them, in 4 slots; a call comes every half ms. */
function paced({ eachMs = 0, concurrency = 4 } = {}) {
  const cost = new CostModel();
  for (const weight of [1, 2, 3]) cost.learn(weight, 12 + eachMs * weight);
  const traffic = new Traffic();
  for (let now = 0; now <= 100; now += 0.5) traffic.arrived(1, 12, now);
  const limits = { size: 64, concurrency };
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

  it("Four slots start a quarter of a batch apart, with the calls that come in that time", () => {
    const { pacing, traffic } = paced();
    traffic.started(1, 100);
    // 3 ms, in which 6 come; a tenth more is 7.
    assert.ok(pacing.until(laneOf(6)) > 103);
    assert.equal(pacing.until(laneOf(7)), -Infinity);
  });

  it("When calls fail to come, it waits for twice the distance", () => {
    const { pacing, traffic } = paced();
    traffic.started(1, 100);
    close(pacing.until(laneOf(1)), 106);
  });

  it("What the items take themselves makes batches larger", () => {
    const { pacing, traffic } = paced({ eachMs: 0.5 });
    traffic.started(1, 100);
    // Two items a ms keep one slot of four busy: 4 ms, in which 8 come.
    assert.ok(pacing.until(laneOf(8)) > 104);
    assert.equal(pacing.until(laneOf(9)), -Infinity);
  });

  it("Where hardly more than one slot is left, it need not be kept free", () => {
    const { pacing, traffic } = paced({ eachMs: 1.3 });
    traffic.started(1, 100);
    assert.equal(pacing.until(laneOf(1)), -Infinity);
  });

  it("One slot alone has nothing to keep in step with", () => {
    const { pacing, traffic } = paced({ concurrency: 1 });
    traffic.started(1, 100);
    assert.equal(pacing.until(laneOf(1)), -Infinity);
  });
});
