import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Company } from "../../../src/core/adaptive/company.ts";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { close } from "./numbers.ts";
import { laneOf, slotsOf } from "./views.ts";

/** Something to look ahead with: batches cost 10 ms, and a little for each item. */
function outlook({ eachMs = 0.01, size = 64 } = {}) {
  const cost = new CostModel();
  for (const weight of [1, 2, 3]) cost.learn(weight, 10 + eachMs * weight);
  const traffic = new Traffic();
  const company = new Company({ size, concurrency: 1 }, cost, traffic);
  return { company, traffic };
}

/** So many callers, who come back 1 ms after each batch, one after the other in a tenth of a ms. */
function callersReturn(traffic: Traffic, callers: number): number {
  let now = 0;
  for (let round = 0; round < 50; round++) {
    if (round > 0) traffic.ended(callers, callers, now);
    for (let caller = 0; caller < callers; caller++) {
      traffic.arrived(1, 10, now + 1 + 0.1 * caller / callers);
    }
    traffic.started(callers, now + 1.2);
    now += 12;
  }
  traffic.ended(callers, callers, now);
  return now;
}

describe("Company", () => {
  it("Who knows nothing waits for nobody", () => {
    const { company, traffic } = outlook();
    assert.equal(company.until(laneOf(1), slotsOf(1), 0), 0);
    traffic.arrived(1, 10, 0);
    assert.equal(company.until(laneOf(1), slotsOf(1), 0), 0);
  });

  it("When callers come back 1 ms after their answers, it waits for them that long", () => {
    const { company, traffic } = outlook();
    const now = callersReturn(traffic, 10);
    const until = company.until(laneOf(3), slotsOf(1), now);
    assert.ok(until >= now + 1.1, `${until - now}`);
    assert.ok(until < now + 2, `${until - now}`);
  });

  it("When all callers are there, it waits no longer", () => {
    const { company, traffic } = outlook();
    const now = callersReturn(traffic, 10);
    traffic.arrived(9, 10, now + 1.01);
    const slots = slotsOf(1);
    assert.ok(company.until(laneOf(9), slots, now + 1.01) > now + 1.01);
    traffic.arrived(1, 10, now + 1.02);
    assert.equal(company.until(laneOf(10), slots, now + 1.02), now + 1.02);
  });

  it("When callers come back at once, it does not wait for more of them", () => {
    const { company, traffic } = outlook();
    for (let now = 0; now <= 500; now += 12) {
      traffic.ended(3, 3, now);
      traffic.arrived(3, 10, now);
      traffic.started(3, now);
    }
    traffic.crowd.size = 10;
    traffic.ended(3, 3, 512);
    assert.ok(company.until(laneOf(1), slotsOf(1), 512) > 512);
    traffic.arrived(3, 10, 512);
    assert.equal(company.until(laneOf(4), slotsOf(1), 512), 512);
  });

  it("A full batch needs no company", () => {
    const { company, traffic } = outlook({ size: 5 });
    const now = callersReturn(traffic, 10);
    assert.equal(company.until(laneOf(5), slotsOf(1), now), now);
  });

  it("Many who wait do not wait for few who come", () => {
    const { company, traffic } = outlook({ size: 1000 });
    const now = callersReturn(traffic, 10);
    traffic.crowd.size = 1000;
    assert.ok(company.until(laneOf(20), slotsOf(1), now) > now);
    assert.equal(company.until(laneOf(500), slotsOf(1), now), now);
  });

  it("Where it is the items that cost, a larger batch saves nothing", () => {
    const { company, traffic } = outlook({ eachMs: 3 });
    const now = callersReturn(traffic, 10);
    assert.equal(company.until(laneOf(5), slotsOf(1), now), now);
  });

  it("While another slot is free, those who come need not wait either", () => {
    const { company, traffic } = outlook();
    const now = callersReturn(traffic, 10);
    assert.equal(company.until(laneOf(3), slotsOf(2), now), now);
  });

  it("When a running batch is about to end, those who come can take its slot", () => {
    const { company, traffic } = outlook();
    const now = callersReturn(traffic, 10);
    const soon = slotsOf(1, [now + 1]);
    assert.equal(company.until(laneOf(3), soon, now), now);
    const late = slotsOf(1, [now + 9]);
    assert.ok(company.until(laneOf(3), late, now) > now);
  });

  it("Those who come as often at any time are no reason to wait", () => {
    const { company, traffic } = outlook();
    const now = callersReturn(traffic, 10);
    traffic.rate = 1000;
    assert.equal(company.until(laneOf(3), slotsOf(1), now), now);
  });

  it("Nor are those who have come as fast just now", () => {
    const { company, traffic } = outlook({ size: 1000 });
    const now = callersReturn(traffic, 10);
    traffic.arrived(500, 10, now);
    traffic.crowd.size = 1000;
    assert.ok(traffic.rate < 1);
    assert.equal(company.until(laneOf(3), slotsOf(1), now), now);
  });
});

describe("Company: what is gained", () => {
  /**
   * Batches take 2 ms. 64 times `calls` have come at this age, once that had been watched for so many ms; one may
   * count on three of four times as many.
   */
  function expecting(
    after: "sinceCall" | "sinceEnd",
    { calls = 1, age = 1, ms = 0, rate = 0, lateMs = 0, priceMs, ...limits }: {
      calls?: number;
      age?: number;
      ms?: number;
      rate?: number;
      lateMs?: number;
      priceMs?: number;
      timerStepMs?: number;
    },
  ) {
    const cost = new CostModel(0, priceMs);
    cost.fixedMs = 2;
    const traffic = new Traffic();
    traffic.rate = rate;
    traffic.crowd.size = 100;
    traffic.lateness.ms = lateMs;
    traffic[after === "sinceCall" ? "calledAt" : "endedAt"] = 1000;
    const profile = traffic[after];
    const span = profile.spanOf(age);
    const from = profile.endOf(span - 1) || 0;
    const to = ms ? from + ms : profile.endOf(span);
    for (let turn = 0; turn < 64; turn++) {
      profile.pass(from, to, 0.1);
      profile.come(age, calls);
    }
    const company = new Company(
      { size: 64, concurrency: 1, ...limits },
      cost,
      traffic,
    );
    return (waiting: number, free = 1, mostMs = Infinity) =>
      company.until(laneOf(waiting), slotsOf(free), 1000, 1000 + mostMs) - 1000;
  }
  const end = 0.125 * 1.6 ** 5;

  for (const after of ["sinceCall", "sinceEnd"] as const) {
    it(`Newcomers save what is left of a batch's time, those who wait lose theirs: ${after}`, () => {
      // 0.75 call saves 0.69 ms, and one loses 1.31.
      assert.equal(expecting(after, {})(1), 0);
      // 2.25 calls save 0.69 ms each.
      close(expecting(after, { calls: 3 })(1), end);
      assert.equal(expecting(after, { calls: 3 })(2), 0);
    });

    it(`Where looks come late, that costs as much as a timer's step: ${after}`, () => {
      const soon = { age: 0.3, timerStepMs: 2 };
      close(expecting(after, { ...soon, lateMs: 1.6 })(1), 0.32);
      assert.equal(expecting(after, { ...soon, lateMs: 3.7 })(1), 0);
    });

    it(`When nobody comes, only the timer ends the wait: ${after}`, () => {
      // 0.75 call saves 1.68 ms. Half as often nobody comes, which costs 1.68 ms more, or 3.68.
      const soon = { age: 0.3, timerStepMs: 2 };
      close(expecting(after, soon)(1), 0.32);
      assert.equal(expecting(after, { ...soon, timerStepMs: 4 })(1), 0);
    });
  }

  it("Nobody is waited for who comes too late to share the batch", () => {
    const wait = expecting("sinceEnd", { calls: 3 });
    close(wait(1, 1, 1.4), end);
    assert.equal(wait(1, 1, 1.3), 0);
  });

  it("Where a batch has a price, those are waited for who would find another slot", () => {
    // 0.75 call and one that waits lose 1.31 ms each, 53 % of a price is saved.
    const wait = (priceMs: number) => expecting("sinceCall", { priceMs })(1, 2);
    assert.equal(wait(0), 0);
    assert.equal(wait(4), 0);
    close(wait(5), end);
  });

  it("No price is saved where others come meanwhile, who have a batch anyway", () => {
    // 0.62 call saves 0.69 ms, one loses 1.31, and 46 % of a price is saved, if nobody else comes in 2 ms.
    const wait = (priceMs: number) =>
      expecting("sinceCall", { priceMs, rate: 0.1 })(1);
    assert.equal(wait(2.1), 0);
    close(wait(2.5), end);
  });

  it("Soon after a call come those of one turn, from which on the time is counted anew", () => {
    // Within 0.001 ms they come for sure, 750 times in a ms, but not as many.
    const sure = { calls: 3, ms: 0.001 };
    close(expecting("sinceCall", sure)(1), end);
    assert.equal(expecting("sinceCall", sure)(2), 0);
    close(expecting("sinceEnd", sure)(20), end);
  });

  it("Those who come at once after a call come at once after the next one, too", () => {
    close(expecting("sinceCall", { age: 0, ms: 0.001 })(20), 0.125);
  });
});
