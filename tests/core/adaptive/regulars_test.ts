import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { Regulars } from "../../../src/core/adaptive/regulars.ts";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { close, uniformFrom } from "./numbers.ts";
import { laneOf, slotsOf } from "./views.ts";

/**
 * Eight callers in two groups: while one is served, in 10 ms, the other one waits. Those who are answered
 * come back within `thinkMs`.
 */
function crowded({ thinkMs = 2, eachMs = 0, size = 64, concurrency = 1 } = {}) {
  const cost = new CostModel();
  for (const weight of [3, 4, 5]) cost.learn(weight, 10 + eachMs * weight);
  const traffic = new Traffic();
  const uniform = uniformFrom(6);
  traffic.arrived(4, 10, 0);
  traffic.started(4, 0);
  let now = 10;
  for (let round = 0; round < 100; round++, now += 10) {
    const times = [1, 2, 3, 4].map(() => uniform() * thinkMs);
    // The other four wait; the first time they come, too.
    if (round === 0) traffic.arrived(4, 10, 5);
    traffic.ended(4, 4, now);
    traffic.started(4, now);
    for (const time of times.sort((a, b) => a - b)) {
      traffic.arrived(1, 10, now + time);
    }
  }
  traffic.ended(4, 4, now);
  const limits = { size, concurrency };
  return { regulars: new Regulars(limits, cost, traffic), traffic, now };
}

describe("Regulars", () => {
  it("Those who have just been answered are waited for as long as they come fast", () => {
    const { regulars, traffic, now } = crowded();
    assert.equal(traffic.crowd.isClosed, true);
    const until = regulars.until(laneOf(4), slotsOf(1), now, Infinity);
    assert.ok(until > now + 1 && until < now + 3, `${until - now}`);
  });

  it("When all are there, nobody is waited for", () => {
    const { regulars, traffic, now } = crowded();
    traffic.arrived(4, 10, now + 1);
    const until = regulars.until(laneOf(8), slotsOf(1), now + 1, Infinity);
    assert.equal(until, -Infinity);
  });

  it("When more are there than usually are by now, the rest are not waited for", () => {
    const { regulars, traffic, now } = crowded();
    const until = (waiting: number) =>
      regulars.until(laneOf(waiting), slotsOf(1), now, Infinity);
    traffic.arrived(1, 10, now);
    assert.ok(until(5) > now);
    traffic.arrived(2, 10, now);
    assert.equal(until(7), -Infinity);
  });

  it("Where looks come late, nobody is waited for who may not come at all, but those of whom some will", () => {
    const { regulars, traffic, now } = crowded();
    traffic.lateness.ms = 1000;
    const until = (waiting: number, time: number) =>
      regulars.until(laneOf(waiting), slotsOf(1), time, Infinity);
    assert.ok(until(4, now) > now);
    traffic.arrived(3, 10, now + 1.5);
    assert.equal(until(7, now + 1.5), -Infinity);
    traffic.lateness.ms = 0;
    assert.ok(until(7, now + 1.5) > now + 1.5);
  });

  it("When it has become late, whoever still thinks is not waited for", () => {
    const { regulars, traffic, now } = crowded();
    traffic.arrived(3, 10, now + 1);
    const until = regulars.until(laneOf(7), slotsOf(1), now + 9, Infinity);
    assert.equal(until, -Infinity);
  });

  it("Those who take longer to think than a batch takes are not waited for", () => {
    const { regulars, now } = crowded({ thinkMs: 100 });
    assert.equal(
      regulars.until(laneOf(4), slotsOf(1), now, Infinity),
      -Infinity,
    );
  });

  it("Where strangers come, nobody is taken for a regular", () => {
    const { regulars, traffic, now } = crowded();
    traffic.arrived(20, 10, now);
    const until = regulars.until(laneOf(4), slotsOf(1), now, Infinity);
    assert.equal(until, -Infinity);
  });

  it("A full batch waits for nobody", () => {
    const { regulars, now } = crowded({ size: 4 });
    assert.equal(
      regulars.until(laneOf(4), slotsOf(1), now, Infinity),
      -Infinity,
    );
  });

  it("Those who come can take another free slot", () => {
    const { regulars, now } = crowded({ concurrency: 2 });
    assert.equal(
      regulars.until(laneOf(4), slotsOf(2), now, Infinity),
      -Infinity,
    );
  });

  it("The end of the waiting does not move as it goes on", () => {
    const { regulars, now } = crowded();
    const first = regulars.until(laneOf(4), slotsOf(1), now, Infinity);
    close(regulars.until(laneOf(4), slotsOf(1), now + 0.3, Infinity), first);
  });
});

describe("Regulars: what a caller is worth", () => {
  /**
   * Eight callers have been answered just now. Of those who are absent 53 % come back within 1.31 ms, all of them
   * later than after 0.82.
   */
  function answered(
    { rate = 1, concurrency = 1, eachMs = 0, waiting = 4 } = {},
  ) {
    const cost = new CostModel();
    cost.fixedMs = 10;
    cost.eachMs = eachMs;
    const traffic = new Traffic();
    const { crowd } = traffic;
    crowd.arrived(8, 0, 0);
    crowd.started(8);
    crowd.ended(8, 1, 10);
    assert.equal(crowd.isClosed, true);
    const { returns } = crowd;
    const span = returns.spanOf(1);
    for (let turn = 0; turn < 64; turn++) {
      returns.pass(returns.endOf(span - 1), returns.endOf(span), 0.1);
      returns.come(1, 1);
    }
    traffic.endedAt = 10;
    traffic.rate = rate;
    const limits = { size: 64, concurrency };
    const regulars = new Regulars(limits, cost, traffic);
    // Four wait, 2.11 of the others will come, and whoever waits for them loses `rate / concurrency` calls a ms.
    const wait = (latest = Infinity) =>
      regulars.until(laneOf(waiting), slotsOf(1), 10, latest) - 10;
    return { wait, traffic };
  }
  const end = 0.125 * 1.6 ** 5;

  it("They are waited for where fewer calls are served meanwhile than come", () => {
    close(answered({ rate: 1.5 }).wait(), end);
    // From now on, not from when the first one may come: 1.31 ms by 2 are 2.62.
    assert.equal(answered({ rate: 2 }).wait(), -Infinity);
  });

  it("Who comes only when the lane has to leave at the latest is not waited for", () => {
    const { wait } = answered({ rate: 0.5 });
    assert.equal(wait(10.8), -Infinity);
    close(wait(11.2), 1.2);
    close(wait(12), end);
  });

  it("Other slots serve calls as well: a slot that waits loses its own only", () => {
    // One waits, 0.53 of the other one comes, and 1.31 ms are a third of a call a ms.
    const one = { concurrency: 4, waiting: 1 };
    close(answered({ rate: 1.5, ...one }).wait(), end);
    assert.equal(answered({ rate: 1.75, ...one }).wait(), -Infinity);
  });

  it("A batch waits for no more than its share of them, or other slots would be idle", () => {
    const two = { rate: 0.5, concurrency: 2 };
    close(answered({ ...two, waiting: 3 }).wait(), end);
    assert.equal(answered({ ...two, waiting: 4 }).wait(), -Infinity);
  });

  it("Those who are absent for most of their time are not worth the wait", () => {
    const { wait, traffic } = answered({ rate: 0.75 });
    traffic.crowd.absence = 0.5;
    close(wait(), end);
    traffic.crowd.absence = 0.6;
    assert.equal(wait(), -Infinity);
  });

  it("Nor those who make the batch slower by as much as others take", () => {
    close(answered({ rate: 0.75, eachMs: 0.7 }).wait(), end);
    assert.equal(answered({ rate: 0.75, eachMs: 0.8 }).wait(), -Infinity);
    const { wait, traffic } = answered({ rate: 0.75, eachMs: 0.4 });
    close(wait(), end);
    traffic.weightOfOne = 2;
    assert.equal(wait(), -Infinity);
  });
});
