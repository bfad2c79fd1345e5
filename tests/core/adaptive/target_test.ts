import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { marginOf } from "../../../src/core/adaptive/margin.ts";
import { Target } from "../../../src/core/adaptive/target.ts";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { close } from "./numbers.ts";
import { laneOf, slotsOf } from "./views.ts";

/** 2 ms for a batch and 0.5 for a call; a call every `gapMs`. */
function aiming({
  targetMs = 60,
  shed = true,
  gapMs = 0.4,
  size = 64,
  concurrency = 1,
  batches = 30,
  weightOfOne = 1,
} = {}) {
  const cost = new CostModel();
  for (let batch = 0; batch < batches; batch++) {
    const weight = 1 + batch % 40;
    cost.learn(weight, 2 + 0.5 / weightOfOne * weight);
  }
  // The first batches were surprises, but there is no noise.
  cost.spread = 0;
  const traffic = new Traffic();
  traffic.weightOfOne = weightOfOne;
  for (let call = 0; call < 1000; call++) {
    traffic.arrived(1, 10, call * gapMs);
  }
  const limits = { size, concurrency, timerStepMs: 1 };
  const aim = { targetMs, shed };
  return { target: new Target(aim, limits, cost, traffic), traffic, cost };
}

describe("Target: the best size", () => {
  it("Without a target batches may be as large as they can", () => {
    assert.equal(aiming({ targetMs: Infinity }).target.bestCalls, 64);
  });

  it("Batches take half the time, so that all can wait for the next one", () => {
    const { bestCalls } = aiming({ targetMs: 40, gapMs: 10 }).target;
    // 36 of them take 20 ms; two more make it a twentieth slower.
    assert.equal(bestCalls, 38);
  });

  it("With more slots, the next one is sooner free, and batches may take longer", () => {
    const options = { targetMs: 30, gapMs: 10, concurrency: 4 };
    const { bestCalls } = aiming(options).target;
    // 44 take 24 ms, and a slot is free every 6 ms.
    assert.equal(bestCalls, 46);
  });

  it("Where calls abound, batches are for those who come late enough", () => {
    const { bestCalls } = aiming({ targetMs: 20, gapMs: 0.2 }).target;
    // 25.7 come in 5.1 ms, and take 14.9.
    assert.equal(bestCalls, 27);
  });

  it("Where they are uneven, there is less time left for those who come late", () => {
    const { target, cost } = aiming({ targetMs: 20, gapMs: 0.2 });
    cost.spread = 0.1;
    const margin = marginOf(cost, 20, 1);
    assert.ok(margin > 1.1);
    // In `ms` five a ms come, and take `margin` times 2 ms and half a ms each: that is what is left.
    const ms = (20 - 2 * margin) / (1 + 5 * 0.5 * margin);
    const more = 0.05 * (2 + 0.5 * 5 * ms) / 0.5;
    assert.equal(target.bestCalls, Math.floor(5 * ms + more));
  });

  it("Nothing is said before two batches have ended", () => {
    assert.equal(aiming({ targetMs: 10, batches: 1 }).target.bestCalls, 64);
  });

  it("Where the items take no time it is as large as can be, even if no batch is in time", () => {
    const { target, cost } = aiming({ targetMs: 10, batches: 0 });
    for (const weight of [1, 20, 64]) cost.learn(weight, 11);
    assert.equal(cost.eachMs, 0);
    assert.equal(target.bestCalls, 64);
  });

  it("A batch has one call at least, even if that cannot be in time", () => {
    assert.equal(aiming({ targetMs: 1 }).target.bestCalls, 1);
  });
});

describe("Target: what fits", () => {
  const old = (waiting: number, ageMs: number) =>
    laneOf(waiting, { oldestAt: 1000 - ageMs });

  it("All that are in time leave", () => {
    const { target } = aiming();
    assert.equal(target.fits(30, old(30, 40), 1000), 30);
    assert.equal(target.fits(30, old(30, 43), 1000), 30);
  });

  it("The oldest is dropped when it would be late", () => {
    const { target } = aiming();
    assert.equal(target.fits(30, old(30, 43.1), 1000), 0);
  });

  it("R6 heavy calls take their time, light ones theirs, whatever others weigh", () => {
    const { target } = aiming();
    const fits = (ageMs: number, weight: number) =>
      target.fits(30, { ...old(30, ageMs), weightOf: () => weight }, 1000);
    assert.equal(fits(43.1, 29), 30);
    assert.equal(fits(43, 31), 0);
  });

  it("R8 where some are preferred, a batch leaves without others if that saves the oldest", () => {
    const { target } = aiming();
    const fits = (calls: number, ageMs: number) =>
      Math.floor(target.fits(calls, old(calls, ageMs), 1000, true));
    assert.equal(fits(30, 43.1), 29);
    // Of 64 that take 34 ms, 48 take 26, and that is hardly less in a ms.
    assert.equal(fits(64, 34), 48);
    assert.equal(fits(64, 36), 0);
  });

  it("Where it is not the items that take the time, fewer would not save it", () => {
    const { target, cost } = aiming({ batches: 0 });
    for (const weight of [1, 20, 64]) cost.learn(weight, 20 + 0.1 * weight);
    cost.spread = 0;
    assert.equal(target.fits(60, old(60, 34), 1000, true), 60);
    assert.equal(target.fits(60, old(60, 35), 1000, true), 0);
  });

  it("Without shed they leave, late as they are", () => {
    const { target } = aiming({ shed: false });
    assert.equal(target.fits(30, old(30, 50), 1000), 30);
    // All of them, for nobody is in time in a batch of the best size either.
    const few = aiming({ targetMs: 40, gapMs: 10, shed: false });
    assert.equal(few.target.fits(64, old(64, 50), 1000), 64);
  });

  it("Nobody is dropped before two batches have ended", () => {
    const { target } = aiming({ batches: 1 });
    assert.equal(target.fits(30, old(30, 100), 1000), 30);
  });

  it("More than the best size wait for the next batch", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10 });
    assert.equal(target.fits(64, old(64, 10), 1000), 38);
  });

  it("A call's own deadline counts as well", () => {
    const { target } = aiming({ targetMs: Infinity, shed: false });
    const lane = laneOf(30, { oldestAt: 990, oldestDeadlineAt: 1010 });
    assert.equal(target.fits(30, lane, 1000), 30);
    const strict = aiming();
    assert.equal(strict.target.fits(30, lane, 1000), 0);
  });

  it("A call that is alone is run in any case, or nothing would ever be learned", () => {
    const { target, traffic } = aiming({ targetMs: 2 });
    assert.equal(target.fits(1, old(1, 0), 1000), 1);
    traffic.started(1, 1000);
    assert.equal(target.fits(1, old(1, 0), 1000), 0);
  });

  it("Where batches are uneven, a call must have more time left", () => {
    const { target, cost } = aiming();
    cost.spread = 0.2;
    assert.equal(target.fits(30, old(30, 43), 1000), 0);
    assert.equal(target.fits(30, old(30, 31), 1000), 30);
  });
});

describe("Target: when to leave", () => {
  it("There is time for one call more and for a late timer", () => {
    const { target } = aiming();
    close(target.leaveBy(laneOf(9, { oldestAt: 100 })), 160 - 7 - 1);
  });

  it("Where looks come late, there is time for one that is twice as late as on average", () => {
    const { target, traffic } = aiming();
    const lane = laneOf(9, { oldestAt: 100 });
    traffic.lateness.ms = 5;
    close(target.leaveBy(lane), 160 - 7 - 1 - 10);
  });

  it("While calls are refused, there is time for a batch that takes far too long", () => {
    const { target, traffic, cost } = aiming();
    const lane = laneOf(9, { oldestAt: 100 });
    cost.spread = 0.2;
    assert.equal(target.scarceUntil(lane, 101), -Infinity);
    traffic.missed(101);
    close(target.scarceUntil(lane, 101), 160 - 2 * 7 - 1);
    close(target.scarceUntil(lane, 101 + cost.meanMs - 1), 160 - 2 * 7 - 1);
    assert.equal(target.scarceUntil(lane, 101 + cost.meanMs), -Infinity);
  });

  it("Without any deadline there is no hurry", () => {
    const { target } = aiming({ targetMs: Infinity });
    assert.equal(target.leaveBy(laneOf(9)), Infinity);
  });
});

describe("Target: what is taken", () => {
  it("Whoever comes is taken as long as nothing is known", () => {
    const { target } = aiming({ batches: 1 });
    assert.equal(target.admits(1e6, false, slotsOf(1), 1000), Infinity);
  });

  it("As many as can be answered in time by full batches", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10 });
    // Batches of 38 take 21 ms; behind one of them 17 ms are left, in which nobody is in time
    // for whom 20 wait before 2 more come.
    assert.equal(
      Math.floor(target.admits(0, false, slotsOf(1), 1000)),
      38 + 31,
    );
    assert.equal(Math.floor(target.admits(60, false, slotsOf(1), 1000)), 9);
    assert.ok(target.admits(69, false, slotsOf(1), 1000) < 1);
  });

  it("R8 for those who are preferred to others, whoever comes later is not reckoned with", () => {
    const { target } = aiming({ gapMs: 0.2 });
    // The batch that runs takes 34 ms more; 26 are left, in which 48 are in time, but 170 will have come.
    const slots = slotsOf(0, [1034]);
    assert.ok(target.admits(0, false, slots, 1000) < 1);
    close(target.admits(0, true, slots, 1000), 48, 1e-3);
    close(target.admits(40, true, slots, 1000), 8, 1e-3);
    // No batch as small as that is worth while.
    assert.ok(target.admits(0, true, slotsOf(0, [1050]), 1000) < 1);
  });

  it("None, where the running batch takes longer than anybody may wait", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10 });
    for (const endsAt of [1041, 1070, 1200]) {
      const slots = slotsOf(0, [endsAt]);
      assert.ok(target.admits(0, false, slots, 1000) < 1, `until ${endsAt}`);
    }
  });

  it("No fewer for a batch that runs, where another slot is free", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10 });
    const admitted = target.admits(0, false, slotsOf(1), 1000);
    assert.equal(target.admits(0, false, slotsOf(1, [1030]), 1000), admitted);
  });

  it("With more slots, those who come wait for a part of a batch only", () => {
    const options = { targetMs: 44, gapMs: 10, concurrency: 2 };
    const { target } = aiming(options);
    assert.equal(target.bestCalls, 57);
    // Behind a batch of 57, which takes 30.5 ms, a slot is free after 15.25.
    const last = (44 - 15.25 - 2) / 0.5 - 0.1 * 15.25;
    close(target.admits(0, false, slotsOf(1), 1000), 57 + last, 1e-3);
  });

  it("The less, the longer the running batch takes", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10 });
    const in20 = target.admits(0, false, slotsOf(0, [1020]), 1000);
    const in30 = target.admits(0, false, slotsOf(0, [1030]), 1000);
    close(in20, (20 - 2) / 0.5 - 2, 1e-3);
    close(in30, (10 - 2) / 0.5 - 3, 1e-3);
    assert.ok(target.admits(0, false, slotsOf(0, [1038]), 1000) < 1);
  });

  it("The next slot counts, not the last one", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10, concurrency: 3 });
    const slots = slotsOf(0, [1030, 1020, 1040]);
    const sooner = slotsOf(0, [1020, 1020, 1020]);
    assert.equal(
      target.admits(0, false, slots, 1000),
      target.admits(0, false, sooner, 1000),
    );
  });

  it("A batch that is overdue may end at any time", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10 });
    assert.equal(
      target.admits(0, false, slotsOf(0, [900]), 1000),
      target.admits(0, false, slotsOf(1), 1000),
    );
  });

  it("Batches of unknown length are taken to end now", () => {
    const { target } = aiming({ targetMs: 40, gapMs: 10 });
    assert.equal(
      target.admits(0, false, slotsOf(0, [NaN]), 1000),
      target.admits(0, false, slotsOf(1), 1000),
    );
  });

  it("Batches without limit are fine", () => {
    const options = { size: Infinity, targetMs: 40, gapMs: 10 };
    assert.equal(
      aiming(options).target.admits(0, false, slotsOf(1), 1000) > 30,
      true,
    );
    const flat = new CostModel();
    flat.learn(1, 10);
    flat.learn(2, 10);
    const traffic = new Traffic();
    traffic.arrived(1, 10, 0);
    traffic.arrived(1, 10, 5);
    const limits = { size: Infinity, concurrency: 1 };
    const aim = { targetMs: 40, shed: true };
    const target = new Target(aim, limits, flat, traffic);
    assert.equal(target.admits(0, false, slotsOf(1), 1000), Infinity);
    assert.ok(target.admits(0, false, slotsOf(0, [1035]), 1000) < 1);
  });
});

describe("Target: calls that weigh more, and take as long", () => {
  function answers(
    targetMs: number,
    gapMs: number,
    weightOfOne: number,
  ): Record<string, number> {
    const { target } = aiming({ targetMs, gapMs, weightOfOne });
    const old = laneOf(64, {
      oldestAt: 1000 - targetMs + 12,
      weightOf: (calls) => weightOfOne * calls,
    });
    const lane = laneOf(9, { weight: 9 * weightOfOne });
    return {
      best: target.bestCalls,
      leaveBy: target.leaveBy(lane),
      fits: target.fits(18, old, 1000),
      spared: target.fits(21, old, 1000, true),
      admits: target.admits(0, false, slotsOf(1), 1000),
      preferred: target.admits(0, true, slotsOf(0, [1005]), 1000),
    };
  }

  for (const [targetMs, gapMs] of [[44, 10], [20, 0.2]] as const) {
    const heavy = answers(targetMs, gapMs, 4);
    for (
      const [what, value] of Object.entries(answers(targetMs, gapMs, 1))
    ) {
      it(`Are treated alike: ${what}, within ${targetMs} ms`, () => {
        assert.ok(value > 0);
        close(heavy[what]!, value, 1e-6);
      });
    }
  }
});
