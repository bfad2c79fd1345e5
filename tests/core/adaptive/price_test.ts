import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { Price } from "../../../src/core/adaptive/price.ts";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { close } from "./numbers.ts";
import { laneOf } from "./views.ts";

/** A call every `gapMs`, the last one at 1000, and batches that cost nothing but their price, and what is in them. */
function priced(
  priceMs: number,
  gapMs: number,
  { eachMs = 0, weightOfOne = 1 } = {},
): Price {
  const traffic = new Traffic();
  traffic.weightOfOne = weightOfOne;
  const cost = new CostModel(0, priceMs);
  cost.eachMs = eachMs;
  for (let call = 200; call >= 0; call--) {
    traffic.arrived(1, 10, 1000 - call * gapMs);
  }
  return new Price(cost, traffic);
}

/** How many calls it sends together when they keep coming. */
function lot(price: Price): number {
  let waiting = 1;
  while (price.until(laneOf(waiting)) > 1000) waiting++;
  return waiting;
}

describe("Price", () => {
  it("What costs nothing is not waited for", () => {
    assert.equal(priced(0, 1).until(laneOf(1)), -Infinity);
  });

  it("Lots are as large as is cheapest in the long run", () => {
    for (const [priceMs, gapMs] of [[1000, 13], [100, 1], [50, 40]] as const) {
      // A lot of n: its calls wait for the later ones, and share one price.
      const costOf = (n: number) => (n - 1) * gapMs / 2 + priceMs / n;
      let best = 1;
      for (let n = 1; n < 1000; n++) if (costOf(n) < costOf(best)) best = n;
      assert.equal(lot(priced(priceMs, gapMs)), best);
    }
  });

  it("When calls are rarer than a batch is dear, each leaves alone", () => {
    assert.equal(lot(priced(100, 101)), 1);
  });

  it("When nobody comes any more, the waiting ends", () => {
    // One call that waits for another one costs as much as the price after so long.
    close(priced(1000, 13).until(laneOf(1)), 2000, 1);
    // Three that wait cost as much sooner, but not sooner than silence can be told.
    close(priced(1000, 13).until(laneOf(3)), 1000 + 1000 / 6, 1);
    close(priced(1000, 13).until(laneOf(11)), 1000 + 8 * 13, 1e-6);
  });

  it("What a call adds to the batch is lost by all who wait, too", () => {
    assert.equal(lot(priced(1000, 13)), 12);
    assert.equal(lot(priced(1000, 13, { eachMs: 5 })), 9);
    assert.equal(lot(priced(1000, 13, { eachMs: 2.5, weightOfOne: 2 })), 9);
  });

  it("While it is not known how far calls are apart, none is waited for", () => {
    const traffic = new Traffic();
    traffic.arrived(1, 10, 1000);
    const price = new Price(new CostModel(0, 1000), traffic);
    assert.equal(price.until(laneOf(1)), -Infinity);
  });
});
