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

  /** Three callers, who have always been answered before they called again. */
  function pricedForThree(): { price: Price; now: number } {
    const traffic = new Traffic();
    let now = 0;
    for (let batch = 0; batch < 20; batch++) {
      traffic.arrived(3, 10, now += 1);
      traffic.started(3, now);
      traffic.ended(3, 3, now += 10);
    }
    assert.equal(traffic.crowd.isClosed, true);
    return { price: new Price(new CostModel(0, 1000), traffic), now };
  }

  it("Callers who are always the same wait in vain but now and then when all of them are there", () => {
    const { price, now } = pricedForThree();
    let vain = 0;
    for (let batch = 0; batch < 1000; batch++) {
      if (price.until(laneOf(3)) > now) vain++;
      else assert.equal(price.until(laneOf(3)), -Infinity);
      price.started(3);
    }
    assert.ok(vain > 1000 / 64 && vain < 1000 / 40, `${vain} of 1000`);
  });

  it("They do wait for those who are absent", () => {
    const { price, now } = pricedForThree();
    assert.ok(price.until(laneOf(3)) > now);
    price.started(3);
    assert.equal(price.until(laneOf(3)), -Infinity);
    assert.ok(price.until(laneOf(2)) > now);
  });

  it("They wait again once others have come after all", () => {
    const { price, now } = pricedForThree();
    for (const calls of [3, 3, 4]) {
      price.until(laneOf(3));
      price.started(calls);
    }
    for (let batch = 0; batch < 3; batch++) {
      assert.ok(price.until(laneOf(3)) > now);
      price.started(4);
    }
  });

  it("Where strangers call, more may come than have ever been there", () => {
    const price = priced(1e6, 13);
    for (let lot = 0; lot < 3; lot++) {
      assert.ok(price.until(laneOf(201)) > 1000);
      price.started(201);
    }
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
