import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { close, waitsFrom } from "./numbers.ts";

/** Calls come one by one, each so long after the last one, and each leaves at once and is answered at once. */
function flow(
  traffic: Traffic,
  calls: number,
  gapMs: () => number,
  from = 0,
): number {
  let now = from;
  for (let call = 0; call < calls; call++) {
    now += gapMs();
    traffic.arrived(1, 10, now);
    traffic.started(1, now);
    traffic.ended(1, 1, now);
  }
  return now;
}

describe("Traffic", () => {
  it("The rate is what comes in a ms on the whole", () => {
    const wait = waitsFrom(5);
    const traffic = new Traffic();
    flow(traffic, 5000, () => wait(0.25));
    close(traffic.rate, 4, 1);
    close(1 / traffic.gapMs, 4, 1.5);
  });

  it("Calls of one turn are as far apart as if they had come one by one", () => {
    const traffic = new Traffic();
    for (let now = 0; now < 1000; now += 10) traffic.arrived(5, 10, now);
    close(traffic.gapMs, 2);
  });

  it("The current rate is the recent one as soon as that differs clearly", () => {
    const traffic = new Traffic();
    const now = flow(traffic, 400, () => 2);
    assert.equal(traffic.currentRate, traffic.rate);
    for (let call = 1; call <= 64; call++) {
      traffic.arrived(1, 10, now + call / 2);
    }
    assert.equal(traffic.currentRate, 1 / traffic.gapMs);
    assert.ok(traffic.currentRate > 1.3 * traffic.rate);
  });

  it("Bustle is the rate of a short time, and passes", () => {
    const traffic = new Traffic();
    for (let now = 0; now <= 100; now += 0.1) traffic.arrived(1, 10, now);
    close(traffic.bustle(10, 100), 10, 0.2);
    close(traffic.bustle(10, 110), 10 / Math.E, 0.2);
    assert.ok(traffic.bustle(10, 200) < 0.01);
  });

  it("Calls after an answer are told by the time since then", () => {
    const traffic = new Traffic();
    for (let now = 0; now < 2000; now += 10) {
      traffic.arrived(1, 10, now);
      traffic.started(1, now);
      traffic.ended(1, 1, now + 8);
    }
    const span = traffic.sinceEnd.spanOf(2);
    assert.ok(traffic.sinceEnd.leastRate(span) > 0.5);
    assert.equal(traffic.sinceEnd.leastRate(span - 2), 0);
    assert.equal(traffic.sinceEnd.leastRate(span + 1), 0);
  });

  it("Of a gap in which calls were refused nothing is known", () => {
    const traffic = new Traffic();
    const now = flow(traffic, 100, () => 1);
    traffic.missed(now + 1);
    traffic.arrived(1, 10, 5000);
    close(traffic.gapMs, 1);
    // What is refused after those who came in the same turn leaves their gap whole.
    traffic.missed(5003);
    traffic.arrived(1, 10, 5003);
    assert.ok(traffic.gapMs > 1.02);
  });

  it("Nor when one more is refused after the call that ends the gap", () => {
    const traffic = new Traffic();
    const now = flow(traffic, 100, () => 1);
    traffic.missed(now + 1);
    traffic.missed(5000);
    traffic.arrived(1, 10, 5000);
    close(traffic.gapMs, 1);
  });

  it("What a call weighs is learned from batches", () => {
    const traffic = new Traffic();
    for (let batch = 0; batch < 500; batch++) {
      traffic.started(4, batch);
      traffic.ended(4, batch % 2 === 0 ? 40 : 80, batch);
    }
    close(traffic.weightOfOne, 15, 0.5);
  });
});
