import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { Pacing } from "../../../src/core/adaptive/pacing.ts";
import { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { close } from "./numbers.ts";
import type { RateLimit } from "../../../src/core/rate.ts";
import { laneOf, slotsOf } from "./views.ts";

/** Batches take 12 ms and what is in them, in 4 slots; a call comes every half ms, or several in a turn. */
function paced(
  { eachMs = 0, concurrency = 4, calls = 1, everyMs = 0.5, ...others }: {
    eachMs?: number;
    concurrency?: number;
    calls?: number;
    everyMs?: number;
    rateLimit?: RateLimit;
  } = {},
  priceMs = 0,
) {
  const cost = new CostModel(0, priceMs);
  for (const weight of [1, 2, 3]) cost.learn(weight, 12 + eachMs * weight);
  const traffic = new Traffic();
  const limits = { size: 64, concurrency, ...others };
  const pacing = new Pacing(limits, cost, traffic);
  for (let left = 200; left >= 0; left--) {
    traffic.arrived(calls, 12, 100 - left * everyMs);
    pacing.arrived(calls);
  }
  return { pacing, traffic, cost };
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
    // 3 ms, in which 6 come; a little more is 7.
    assert.ok(pacing.until(laneOf(6)) > 103);
    assert.equal(pacing.until(laneOf(7)), -Infinity);
  });

  it("It waits for no more calls than there are callers who can come, where they are always the same", () => {
    const { cost } = paced();
    const traffic = new Traffic();
    const pacing = new Pacing({ size: 64, concurrency: 4 }, cost, traffic);
    let now = 0;
    for (; now < 1200; now += 12) {
      traffic.arrived(8, 12, now);
      traffic.started(8, now);
      traffic.ended(8, 8, now + 12);
    }
    assert.equal(traffic.crowd.isClosed, true);
    traffic.started(6, now);
    // Two are to gather: one waits, six are in the batch that runs, and one is absent.
    assert.ok(pacing.until(laneOf(1)) > now);
    traffic.started(1, now);
    assert.equal(pacing.until(laneOf(1)), -Infinity);
  });

  it("Where items leave hardly any slots over, a lane gathers what comes in a batch of none, if slots are scarce", () => {
    // They keep 3.6 of 4 busy. In 12 ms 24 come, a slot and a half takes 16 of them.
    const { pacing, traffic } = paced({ eachMs: 1.8 });
    traffic.rate = 2;
    assert.equal(pacing.until(laneOf(15), 107), -Infinity);
    traffic.started(1, 100);
    assert.equal(pacing.until(laneOf(15), 107), 107);
    assert.equal(pacing.until(laneOf(16), 107), -Infinity);
    assert.equal(pacing.until(laneOf(15)), -Infinity);
  });

  it("But not where batches have as many on average, by what they weigh", () => {
    const { pacing, traffic, cost } = paced({ eachMs: 1.8 });
    traffic.rate = 2;
    traffic.started(1, 100);
    for (let batch = 0; batch < 40; batch++) cost.learn(24, 12 + 1.8 * 24);
    assert.equal(pacing.until(laneOf(1), 107), -Infinity);
    traffic.weightOfOne = 2;
    assert.equal(pacing.until(laneOf(1), 107), 107);
  });

  it("Where strangers call, more may come than have ever been there at once", () => {
    const { pacing, traffic } = paced();
    traffic.started(1, 100);
    traffic.crowd.size = 1;
    assert.ok(pacing.until(laneOf(3)) > 103);
  });

  it("The more calls come, the less chance has to say in their number", () => {
    const { pacing, traffic } = paced({ calls: 50 });
    traffic.started(1, 100);
    // 3 ms, in which 300 come.
    assert.ok(pacing.until(laneOf(308)) > 103);
    assert.equal(pacing.until(laneOf(309)), -Infinity);
  });

  it("Nobody is held where those who come together are a share", () => {
    const { pacing, traffic } = paced({ calls: 6, everyMs: 3 });
    traffic.started(1, 100);
    for (const calls of [1, 6]) {
      assert.equal(pacing.until(laneOf(calls)), -Infinity);
    }
  });

  it("Those who come together wait for others where two turns are a share", () => {
    const { pacing, traffic } = paced({ calls: 3, everyMs: 1.5 });
    traffic.started(1, 100);
    assert.ok(pacing.until(laneOf(6)) > 103);
    assert.equal(pacing.until(laneOf(7)), -Infinity);
  });

  it("Calls that come while no slot is free need not have come together", () => {
    const { pacing, traffic } = paced();
    for (let slot = 0; slot < 4; slot++) traffic.started(1, 100);
    for (let turn = 0; turn < 100; turn++) pacing.arrived(7);
    assert.ok(pacing.until(laneOf(6)) > 103);
    traffic.ended(1, 1, 112);
    for (let turn = 0; turn < 100; turn++) pacing.arrived(7);
    assert.equal(pacing.until(laneOf(6)), -Infinity);
  });

  it("One turn with many calls does not make them come together", () => {
    const { pacing, traffic } = paced();
    traffic.started(1, 100);
    pacing.arrived(64);
    assert.ok(pacing.until(laneOf(6)) > 103);
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

  it("Heavy calls take more of the slots", () => {
    const { pacing, traffic } = paced({ eachMs: 0.25 });
    traffic.weightOfOne = 2;
    traffic.started(1, 100);
    assert.ok(pacing.until(laneOf(8)) > 104);
    assert.equal(pacing.until(laneOf(9)), -Infinity);
  });

  it("The less is left of the slots, the more is left to chance", () => {
    const { pacing, traffic } = paced({ eachMs: 0.02, calls: 50 });
    traffic.started(1, 100);
    // 6 ms, in which 600 come; half of the slots are left, and a part of 1 / sqrt(1200 / 2) is chance.
    assert.ok(pacing.until(laneOf(623)) > 106);
    assert.equal(pacing.until(laneOf(625)), -Infinity);
  });

  it("The distance counts from the last batch that has left", () => {
    const { pacing, traffic } = paced();
    traffic.started(1, 100);
    traffic.started(1, 102);
    close(pacing.until(laneOf(1)), 108);
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

describe("What has gathered while no slot was free", () => {
  const gathered = laneOf(100, { oldestAt: 90 });
  const slots = { ...slotsOf(1), freeSince: 100 };

  it("Leaves in batches that are large enough", () => {
    // Three times 12 ms, by half a ms.
    assert.equal(paced({ eachMs: 0.5 }).pacing.callsOf(gathered, slots), 72);
    // 36 ms by 0.7 are 51.4.
    assert.equal(paced({ eachMs: 0.7 }).pacing.callsOf(gathered, slots), 52);
  });

  it("Leaves as a whole where another batch costs more than it saves", () => {
    const callsOf = (priceMs: number, weightOfOne = 1) => {
      const { pacing, traffic } = paced({ eachMs: 0.5 / weightOfOne }, priceMs);
      traffic.weightOfOne = weightOfOne;
      return pacing.callsOf(gathered, slots);
    };
    // 72 calls need not wait for the other 28, of half a ms each.
    for (const weight of [1, 2]) {
      assert.equal(callsOf(72 * 28 / 2 - 1, weight), 72);
      assert.equal(callsOf(72 * 28 / 2 + 1, weight), 100);
    }
  });

  it("Leaves in batches of fewer calls where these are heavy", () => {
    const { pacing, traffic } = paced({ eachMs: 0.25 });
    traffic.weightOfOne = 2;
    assert.equal(pacing.callsOf(gathered, slots), 72);
  });

  it("Leaves call by call where a batch costs nothing on top of its items", () => {
    const { pacing, cost } = paced({ eachMs: 0.5 });
    cost.fixedMs = 0;
    assert.equal(pacing.callsOf(gathered, slots), 1);
  });

  it("Leaves in shares where these must be larger", () => {
    // Items keep 3.6 slots of 4 busy: batches start 30 ms apart, in which 60 come.
    assert.equal(paced({ eachMs: 1.8 }).pacing.callsOf(gathered, slots), 69);
  });

  it("Leaves in such batches, too, when slots have become unlimited since", () => {
    const options = { eachMs: 0.5, concurrency: Infinity };
    assert.equal(paced(options).pacing.callsOf(gathered, slots), 72);
  });

  it("Leaves as a whole where it is less than that", () => {
    const { pacing } = paced({ eachMs: 0.5 });
    assert.equal(pacing.callsOf({ ...gathered, waiting: 72 }, slots), 72);
    assert.equal(pacing.callsOf({ ...gathered, waiting: 7 }, slots), 7);
  });

  for (
    const [why, options] of [
      ["items take no time", { eachMs: 0 }],
      ["items take all that the slots can do", { eachMs: 2 }],
      ["there is one slot", { eachMs: 0.1, concurrency: 1 }],
      ["few batches may start", {
        eachMs: 0.5,
        rateLimit: { batches: 1, perMs: 1 },
      }],
    ] as const
  ) {
    it(`Leaves as a whole where ${why}`, () => {
      assert.equal(paced(options).pacing.callsOf(gathered, slots), 100);
    });
  }

  it("Leaves as a whole beside other lanes, which have their own shares", () => {
    const { pacing } = paced({ eachMs: 0.5 });
    const shared = { ...slots, running: 1 };
    assert.equal(pacing.callsOf(gathered, shared), 100);
  });

  it("R1 parts no calls of one turn", () => {
    const { pacing } = paced({ eachMs: 0.5 });
    const grouped = { ...gathered, together: (calls: number) => calls + 5 };
    assert.equal(pacing.callsOf(grouped, slots), 77);
  });

  it("Leaves with a number of calls where these seem to come without a gap, and take no time", () => {
    for (const concurrency of [4, Infinity]) {
      const { pacing, traffic } = paced({ eachMs: 0, concurrency });
      traffic.gapMs = 0;
      traffic.rate = 2;
      assert.equal(pacing.callsOf(gathered, slots), 100);
      assert.equal(pacing.until(laneOf(1)), -Infinity);
      traffic.started(1, 100);
      const until = concurrency === 4 ? 106 : -Infinity;
      assert.equal(pacing.until(laneOf(1)), until);
    }
  });

  it("Is not what came while a slot was free: calls of one turn leave together", () => {
    const { pacing } = paced({ eachMs: 0.5 });
    const fresh = laneOf(100, { oldestAt: 100 });
    assert.equal(pacing.callsOf(fresh, slots), 100);
  });
});
