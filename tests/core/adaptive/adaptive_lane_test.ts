import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  AdaptiveLane,
  type AdaptiveSettings,
} from "../../../src/core/adaptive/adaptive_lane.ts";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import type { Traffic } from "../../../src/core/adaptive/traffic.ts";
import type { LaneView, Limits, SlotsView } from "../../../src/core/policy.ts";
import { close } from "./numbers.ts";
import { batchOf, laneOf, slotsOf } from "./views.ts";

/** A lane that shows what it knows. */
class OpenLane extends AdaptiveLane {
  get known(): Traffic {
    return this.traffic;
  }

  get bestCalls(): number {
    return this.target.bestCalls;
  }

  /** What it says: until when it holds, or with how many calls it leaves and why. */
  says(lane: LaneView, slots: SlotsView, now: number): number | string {
    let said: number | string = "nothing";
    this.decide(lane, slots, now, {
      leave: (calls, reason) => said = `${calls} ${reason}`,
      holdUntil: (time) => said = time,
    });
    return said;
  }
}

/** Has seen so many batches, of 8 to 12 calls each, the last call at 1000. They take 12 ms, and what is in them. */
function taught({ batches = 8, eachMs = 0, ...options }: {
  batches?: number;
  eachMs?: number;
} & Partial<AdaptiveSettings & Limits> = {}): OpenLane {
  const { size = 64, concurrency = 1, ...settings } = options;
  const lane = new OpenLane({ size, concurrency, timerStepMs: 1 }, {
    maxWaitMs: 20,
    targetMs: Infinity,
    shed: false,
    costPerBatchMs: 0,
    ...settings,
  });
  for (let batch = 1; batch <= batches; batch++) {
    const count = [10, 8, 12][batch % 3]!;
    const now = 1000 - 40 * (batches - batch);
    const ms = 12 + eachMs * count;
    lane.arrived(count, now);
    lane.started(batchOf(count), now);
    lane.ended(batchOf(count), ms, false, now + ms);
  }
  return lane;
}

/** A price for which it would wait for ever. */
const DEAR = { costPerBatchMs: 1e9 };

describe("AdaptiveLane: how long it holds", () => {
  it("R4 for maxWaitMs from when a slot is free and a call waits", () => {
    const lane = taught(DEAR);
    const waits = laneOf(1, { oldestAt: 1020 });
    const slots = (freeSince: number) => ({ ...slotsOf(1), freeSince });
    assert.equal(lane.says(waits, slots(1012), 1020), 1040);
    assert.equal(lane.says(waits, slots(1050), 1050), 1070);
    assert.equal(lane.says(waits, slots(1050), 1070), "1 adaptive");
  });

  it("R4 not beyond what the oldest call may wait", () => {
    const aim = { ...DEAR, maxWaitMs: 1000, targetMs: 60 };
    const lane = taught(aim);
    const waits = laneOf(1, { oldestAt: 1020 });
    // The batch takes 12 ms, and a timer rings 1 ms late.
    close(lane.says(waits, slotsOf(1), 1020) as number, 1080 - 12 - 1, 1e-6);
    assert.equal(lane.says(waits, slotsOf(1), 1067.5), "1 adaptive");
  });

  it("R4 not when as many wait as are best", () => {
    const aim = { ...DEAR, maxWaitMs: 1000, targetMs: 40, eachMs: 0.5 };
    const lane = taught(aim);
    const { bestCalls } = lane;
    assert.ok(bestCalls > 5 && bestCalls < 64, `${bestCalls}`);
    const says = (calls: number) =>
      lane.says(laneOf(calls, { oldestAt: 1020 }), slotsOf(1), 1020);
    assert.equal(typeof says(bestCalls - 1), "number");
    assert.equal(says(bestCalls), `${bestCalls} adaptive`);
  });

  it("R4 as long as pacing says, where batches of other slots run", () => {
    const lane = taught({ concurrency: 4, maxWaitMs: 1000 });
    // 6 of them come in a quarter of a batch.
    lane.known.gapMs = 0.5;
    lane.started(batchOf(1), 1020);
    const says = lane.says(laneOf(1, { oldestAt: 1021 }), slotsOf(3), 1021);
    close(says as number, 1020 + 2 * 12 / 4, 1e-6);
  });

  it("R4 not to keep a distance until eight batches in a row took time, as far as the clock can tell, but for a price", () => {
    for (const options of [{ concurrency: 4 }, DEAR]) {
      const lane = taught({ ...options, maxWaitMs: 1000 });
      lane.known.gapMs = 0.5;
      lane.started(batchOf(1), 1020);
      const says = () =>
        lane.says(laneOf(1, { oldestAt: 1021 }), slotsOf(3), 1021);
      const end = (ms: number) => {
        lane.started(batchOf(10), 1021 - ms);
        lane.ended(batchOf(10), ms, false, 1021);
        lane.known.startedAt = 1020;
      };
      const isHeld = () => typeof says() === "number";
      assert.equal(isHeld(), true);
      end(0);
      assert.equal(isHeld(), options === DEAR);
      for (let batch = 0; batch < 7; batch++) end(12);
      assert.equal(isHeld(), options === DEAR);
      end(12);
      assert.equal(isHeld(), true);
    }
  });

  /** Calls have often come 0.3 ms after others, the last one of which waits since 1020. */
  function expectant() {
    const lane = taught();
    const { known } = lane;
    known.crowd.size = 100;
    known.calledAt = 1020;
    const span = known.sinceCall.spanOf(0.3);
    for (let turn = 0; turn < 64; turn++) {
      known.sinceCall.pass(0, known.sinceCall.endOf(span), 0.1);
      known.sinceCall.come(0.3, 1);
    }
    const waits = laneOf(1, { oldestAt: 1020 });
    const says = (now: number) => lane.says(waits, slotsOf(1), now);
    const until = says(1020) as number;
    assert.ok(until > 1020.1, `${until}`);
    return { lane, known, says, until };
  }

  it("R4 not for company where a batch took no time", () => {
    const { lane, says } = expectant();
    lane.started(batchOf(10), 1020);
    lane.ended(batchOf(10), 0, false, 1020);
    assert.equal(says(1020), "1 idle");
  });

  it("R4 not for company that may not come, once looks have come late", () => {
    const { lane, known, says, until } = expectant();
    known.calledAt = until + 100;
    assert.equal(says(until + 100), "1 adaptive");
    lane.started(batchOf(1), until + 100);
    close(known.lateness.ms, 99 / 4 * 63 / 64);
    known.calledAt = 2000;
    assert.equal(says(2000), "1 idle");
  });

  it("R4 as long as regular callers come back", () => {
    const lane = taught();
    const { known } = lane;
    const { crowd } = known;
    // All are there for so long that a hundred others should have come.
    crowd.arrived(crowd.size, 0, 1012);
    crowd.ended(0, 10, 1022);
    assert.equal(crowd.isClosed, true);
    crowd.absence = 0;
    const { returns } = crowd;
    const span = returns.spanOf(1);
    for (let turn = 0; turn < 64; turn++) {
      returns.pass(returns.endOf(span - 1), returns.endOf(span), 0.1);
      returns.come(1, 1);
    }
    known.endedAt = 1022;
    const says = lane.says(laneOf(4, { oldestAt: 1022 }), slotsOf(1), 1022);
    close(says as number, 1022 + returns.endOf(span), 1e-6);
  });
});

describe("AdaptiveLane: what it leaves with, and says of it", () => {
  // They have gathered while no slot was free.
  const gathered = laneOf(200, { oldestAt: 1015 });
  const slots = { ...slotsOf(1), freeSince: 1020 };

  it("R4 with all that wait, until eight batches have ended; then with a share", () => {
    const options = { concurrency: 4, size: 1000, eachMs: 0.7 };
    const lane = taught({ ...options, batches: 7 });
    assert.equal(lane.says(gathered, slots, 1020), "200 idle");
    // Three times 12 ms, by 0.7 are 51.4.
    assert.equal(taught(options).says(gathered, slots, 1020), "52 idle");
  });

  it("R4 what a batch will take by its weight", () => {
    const lane = taught({ eachMs: 0.5 });
    const ms = lane.started(batchOf(3, { weight: 40 }), 1020);
    close(ms!, 12 + 20, 1e-6);
  });

  it("It looks back on bustle for as long as a batch of one call takes, heavy as that is", () => {
    const lane = taught({ eachMs: 0.5 });
    const { known } = lane;
    known.weightOfOne = 50;
    lane.arrived(1, 10_000);
    lane.arrived(1, 10_037);
    // 12 ms, and 25 for what it weighs.
    close(known.bustle(1, 10_037), 1 + 1 / Math.E, 1e-6);
  });

  it("R4 where batches may be limited by what an item costs, it doubts that", () => {
    const [certain, doubtful] = [Infinity, 60].map((targetMs) => {
      const lane = taught({ batches: 0, targetMs });
      const model = new CostModel(targetMs < Infinity ? 1 : 0);
      for (
        const [count, ms] of [[10, 14], [8, 12], [12, 13], [9, 14]] as const
      ) {
        lane.started(batchOf(count), 0);
        lane.ended(batchOf(count), ms, false, 0);
        model.learn(count, ms);
      }
      const said = lane.started(batchOf(60), 0);
      assert.equal(said, model.msOf(60));
      return said!;
    });
    assert.ok(doubtful! < certain!);
  });
});
