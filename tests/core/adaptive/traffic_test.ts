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

  it("The rate counts those of all turns since the last end", () => {
    const traffic = new Traffic();
    for (let now = 0; now < 5000; now += 10) {
      for (const age of [0, 3, 6]) traffic.arrived(2, 10, now + age);
      traffic.started(6, now + 6);
      traffic.ended(6, 6, now + 10);
    }
    close(traffic.rate, 0.6);
  });

  it("A clock that goes back tells nothing of the rate", () => {
    const traffic = new Traffic();
    const now = flow(traffic, 400, () => 2);
    const { rate } = traffic;
    traffic.started(1, now - 50);
    traffic.ended(1, 1, now - 50);
    assert.equal(traffic.rate, rate);
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
    assert.ok(traffic.sinceEnd.leastCalls(span, 1) > 0.5);
    assert.equal(traffic.sinceEnd.leastCalls(span - 2, 1), 0);
    assert.equal(traffic.sinceEnd.leastCalls(span + 1, 1), 0);
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

  it("The current rate is the recent one as well when calls have become rare", () => {
    const traffic = new Traffic();
    const now = flow(traffic, 400, () => 2);
    for (let call = 1; call <= 64; call++) {
      traffic.arrived(1, 10, now + 8 * call);
    }
    assert.equal(traffic.currentRate, 1 / traffic.gapMs);
    assert.ok(traffic.currentRate < 0.7 * traffic.rate);
  });

  it("Many calls of one turn say more of the gap than one", () => {
    const traffic = new Traffic();
    const now = flow(traffic, 400, () => 1);
    traffic.arrived(64, 10, now + 32);
    // Half of what is known now are calls that were half a ms apart.
    close(traffic.gapMs, 0.75);
  });

  it("All calls of a turn count, by the time since the last ones and since an answer", () => {
    const [one, five] = [1, 5].map((calls) => {
      const traffic = new Traffic();
      for (let now = 0; now < 1000; now += 10) {
        traffic.arrived(calls, 10, now);
        traffic.started(calls, now);
        traffic.ended(calls, calls, now + 8);
      }
      const { sinceCall, sinceEnd } = traffic;
      return [
        sinceCall.leastCalls(sinceCall.spanOf(10), 1),
        sinceEnd.leastCalls(sinceEnd.spanOf(2), 1),
      ];
    }) as [[number, number], [number, number]];
    assert.ok(one[0] > 0 && one[1] > 0);
    close(five[0], 5 * one[0]);
    close(five[1], 5 * one[1]);
  });

  it("The time after an answer passes whether calls come in it or not, to the next answer", () => {
    const traffic = new Traffic();
    traffic.ended(1, 1, 0);
    for (let now = 0; now < 500; now += 10) {
      if (now % 20 === 0) {
        traffic.arrived(1, 10, now + 2);
        traffic.started(1, now + 2);
      }
      traffic.ended(1, 1, now + 10);
    }
    const { sinceEnd } = traffic;
    const span = sinceEnd.spanOf(2);
    const ms = sinceEnd.endOf(span) - sinceEnd.endOf(span - 1);
    const sure = 1 - 2 / Math.sqrt(25);
    close(sinceEnd.leastCalls(span, 1), sure * 25 / (50 * ms));
  });

  it("Batches that end at one time tell no rate", () => {
    const traffic = new Traffic();
    for (let batch = 0; batch < 3; batch++) {
      traffic.arrived(1, 10, 7);
      traffic.started(1, 7);
      traffic.ended(1, 1, 7);
    }
    assert.equal(traffic.rate, 0);
  });

  it("Where batches take no time, bustle is that of one turn", () => {
    const traffic = new Traffic();
    traffic.arrived(5, 0, 1);
    traffic.arrived(2, 0, 2);
    close(traffic.bustle(10, 2), 0.2);
  });

  it("Whoever is refused may be a stranger", () => {
    const traffic = new Traffic();
    for (let now = 0; now < 200; now += 12) {
      traffic.arrived(8, 10, now);
      traffic.started(8, now);
      traffic.ended(8, 8, now + 10);
    }
    assert.equal(traffic.crowd.isClosed, true);
    for (let call = 0; call < 100; call++) traffic.missed(201);
    assert.equal(traffic.crowd.isClosed, false);
  });

  it("Calls that come in the turn of an answer are told as such", () => {
    const traffic = new Traffic();
    for (let now = 0; now < 200; now += 10) {
      traffic.ended(1, 1, now);
      traffic.arrived(1, 10, now);
      traffic.started(1, now);
    }
    assert.ok(traffic.sinceEnd.leastCalls(0, 1) > 0);
  });

  it("Early are those who come before the usual time, and only until then", () => {
    const traffic = new Traffic();
    for (let now = 0; now < 200; now += 10) {
      traffic.ended(2, 2, now);
      traffic.arrived(2, 10, now + 0.06);
      traffic.started(2, now + 1);
    }
    traffic.ended(2, 2, 200);
    assert.equal(traffic.earlyCalls(200), 0);
    traffic.arrived(2, 10, 200);
    close(traffic.earlyCalls(200), 2);
    assert.ok(traffic.earlyCalls(200.05) < 1.5);
    assert.equal(traffic.earlyCalls(201), 0);
    traffic.ended(2, 2, 210);
    assert.equal(traffic.earlyCalls(210), 0);
  });

  it("An answer soon after another one begins that time anew", () => {
    const traffic = new Traffic();
    for (let now = 0; now < 500; now += 20) {
      traffic.ended(1, 1, now);
      traffic.ended(1, 1, now + 1);
      traffic.arrived(1, 10, now + 3);
    }
    traffic.ended(1, 1, 500);
    const { sinceEnd } = traffic;
    const span = sinceEnd.spanOf(2);
    const ms = sinceEnd.endOf(span) - sinceEnd.endOf(span - 1);
    close(sinceEnd.leastCalls(span, 1), (1 - 2 / Math.sqrt(25)) / ms);
  });

  it("The rate forgets what is long ago", () => {
    const traffic = new Traffic();
    const now = flow(traffic, 400, () => 2);
    close(traffic.rate, 0.5);
    flow(traffic, 400, () => 1, now);
    close(traffic.rate, 1, 0.02);
  });
});
