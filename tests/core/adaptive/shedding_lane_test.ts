import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SheddingLane } from "../../../src/core/adaptive/shedding_lane.ts";
import type { Traffic } from "../../../src/core/adaptive/traffic.ts";
import { batchOf, laneOf, slotsOf } from "./views.ts";

/** A lane that shows what it knows of traffic. */
class OpenLane extends SheddingLane {
  get known(): Traffic {
    return this.traffic;
  }
}

/** Batches take 2 ms and half a ms for each call; all are to be answered within 60 ms. */
function shedding(targetMs = 60, concurrency = 1): OpenLane {
  const limits = { size: 64, concurrency };
  const aim = { targetMs, shed: true, maxWaitMs: 20, costPerBatchMs: 0 };
  const lane = new OpenLane(limits, aim);
  let now = 0;
  for (const count of [20, 16, 24, 18, 22, 30, 40, 48, 56, 64]) {
    const ms = 2 + 0.5 * count;
    lane.arrived(count, now);
    lane.started(batchOf(count), now);
    lane.ended(batchOf(count), ms, false, now + ms);
    now += 100;
  }
  return lane;
}

const NOW = 2000;
/** A batch runs that leaves time for nobody. */
const BUSY = slotsOf(0, [NOW + 100]);

describe("SheddingLane: who is taken", () => {
  it("R18 those who can be answered in time", () => {
    const lane = shedding();
    assert.ok(lane.admits(0, laneOf(0), slotsOf(1), NOW, 0) > 60);
    assert.equal(lane.known.crowd.size, 64);
  });

  it("R18 nobody who would be late, be it that others wait or that a batch runs", () => {
    const late = shedding(1);
    assert.equal(late.admits(1, laneOf(1), slotsOf(1), NOW, 0), 0);
    assert.equal(late.admits(0, laneOf(0), BUSY, NOW, 0), 0);
    assert.equal(shedding().admits(0, laneOf(0), BUSY, NOW, 0), 0);
  });

  it("But one in any case where nobody is there, or nothing would ever be learned", () => {
    assert.equal(shedding(1).admits(0, laneOf(0), slotsOf(1), NOW, 0), 1);
  });

  it("R18 nobody where there is room for a part of a call", () => {
    const lane = shedding();
    const free = slotsOf(1);
    const calls = lane.admits(0, laneOf(5), free, NOW, 0);
    assert.equal(lane.admits(calls - 0.5, laneOf(5), free, NOW, 0), 0);
    assert.equal(lane.admits(calls - 1.5, laneOf(5), free, NOW, 0), 1.5);
  });

  it("Of a gap in which calls were refused nothing is known", () => {
    const lane = shedding();
    lane.arrived(1, NOW);
    const { gapMs } = lane.known;
    assert.equal(lane.admits(0, laneOf(0), BUSY, NOW + 1, 0), 0);
    lane.arrived(1, NOW + 5000);
    assert.equal(lane.known.gapMs, gapMs);
  });
});

describe("SheddingLane: who leaves", () => {
  // 64 calls take 34 ms, of which 26 are left: that is enough for 48, but for a margin.
  const old = laneOf(64, { oldestAt: NOW - 34 });
  const fits = (lane: OpenLane) =>
    Math.round(lane.fits(64, old, slotsOf(1), NOW));
  const come = (lane: OpenLane, ...priorities: number[]) => {
    for (const priority of priorities) {
      lane.admits(0, laneOf(0), slotsOf(1), NOW, priority);
    }
  };

  it("The oldest is given up where all are equal", () => {
    for (const priority of [0, 3, -2]) {
      const lane = shedding();
      come(lane, priority, priority);
      assert.equal(fits(lane), 0);
    }
  });

  it("R8 others stay behind where some are preferred", () => {
    for (const priorities of [[0, 1], [1, 0, 1], [-5, -3]]) {
      const lane = shedding();
      come(lane, ...priorities);
      assert.equal(fits(lane), 45);
    }
  });

  it("R8 as long as the lane lives, whoever comes then", () => {
    const lane = shedding();
    come(lane, 0, 1, 0, 0, 0);
    assert.equal(fits(lane), 45);
  });

  it("R8 and not because others have a lower priority than those before", () => {
    const lane = shedding();
    come(lane, 2, 1, 0);
    assert.equal(fits(lane), 0);
  });
});

describe("SheddingLane: when it leaves", () => {
  it("With too few calls later, while others are refused for want of slots", () => {
    const lane = shedding(60, 2);
    lane.known.rate = 40;
    lane.known.gapMs = 1 / 40;
    lane.started(batchOf(9), NOW);
    const waiting = laneOf(20, { oldestAt: NOW });
    const heldUntil = () => {
      let until = NOW;
      lane.decide(waiting, slotsOf(1, [NOW + 6]), NOW, {
        leave() {},
        holdUntil: (time) => until = time,
      });
      return until;
    };
    assert.equal(heldUntil(), NOW);
    lane.known.missed(NOW);
    assert.ok(heldUntil() > NOW + 10);
  });
});
