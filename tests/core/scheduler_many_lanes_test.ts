import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LanePolicy, Policy } from "../../src/core/policy.ts";
import { natural, window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";
import { Random } from "./random.ts";

/** A policy whose lanes count how often they are asked. */
function asking(policy: Policy): { policy: Policy; asked: number } {
  const counter = {
    asked: 0,
    policy: {
      forLane(limits): LanePolicy {
        const lane = policy.forLane(limits);
        return {
          decide(...view) {
            counter.asked++;
            lane.decide(...view);
          },
        };
      },
    } satisfies Policy,
  };
  return counter;
}

/** One call in each of so many lanes, all at the same time. */
function fill(driven: Driven, lanes: number, now: number): void {
  for (let lane = 0; lane < lanes; lane++) driven.place(now, "x", { lane });
}

describe("R7 many lanes in which calls wait", () => {
  it("A look asks those of 100,000 in which something has happened, and no other", () => {
    const counter = asking(window(1000));
    const driven = new Driven({ concurrency: 2, policy: counter.policy });
    fill(driven, 100_000, 0);
    driven.look(0);
    driven.endTurn(0);
    counter.asked = 0;
    driven.turn(5, "y", { lane: 7 });
    driven.turn(6, "y", { lane: "new" });
    driven.turn(7, "y");
    assert.ok(counter.asked <= 6, `${counter.asked} questions`);
    assert.equal(driven.batches.length, 0);
    assert.equal(driven.wake, 1000);
  });

  it("A slot that is free already and takes one more batch asks no other", () => {
    const counter = asking(window(1000));
    const driven = new Driven({ concurrency: 8, policy: counter.policy });
    fill(driven, 5000, 0);
    driven.look(0);
    driven.endTurn(0);
    counter.asked = 0;
    driven.turn(1, "a b c d", { lane: "full" });
    driven.endAndTurn(2);
    assert.deepEqual(driven.sent, ["a b c d"]);
    assert.ok(counter.asked <= 2, `${counter.asked} questions`);
  });

  it("A slot that becomes free asks the lane that goes, and none of those that would", () => {
    const counter = asking(natural());
    const driven = new Driven({ size: 2, policy: counter.policy });
    fill(driven, 2000, 0);
    driven.endTurn(0);
    counter.asked = 0;
    for (let now = 1; now <= 50; now++) driven.endAndTurn(now);
    assert.equal(driven.batches.length, 51);
    assert.ok(counter.asked <= 2 * 50, `${counter.asked} questions`);
  });

  it("Nor does it see to any of them that came while none was free, once it has asked them", () => {
    const counter = asking(natural());
    const driven = new Driven({ size: 2, policy: counter.policy });
    driven.turn(0, "busy");
    fill(driven, 2000, 0);
    driven.look(0);
    driven.endAndTurn(0);
    counter.asked = 0;
    for (let now = 1; now <= 50; now++) driven.endAndTurn(now);
    assert.equal(driven.batches.length, 52);
    assert.ok(counter.asked <= 2 * 50, `${counter.asked} questions`);
  });

  it("Nor to lanes that were held and whose callers have left", () => {
    const driven = new Driven({ policy: window(1000) });
    const gone = Array.from(
      Array(500).keys(),
      (lane) => driven.place(0, "x", { lane })[0]!,
    );
    driven.endTurn(0);
    for (const call of gone) driven.scheduler.remove(call, "aborted");
    driven.endTurn(0);
    driven.turn(1, "a b c d");
    const { queue } = driven.scheduler;
    const { touch } = queue;
    let touched = 0;
    queue.touch = (lane) => (touched++, touch.call(queue, lane));
    driven.endAndTurn(2);
    assert.ok(touched <= 2, `${touched} lanes`);
  });

  it("Lanes for which no slot is left are not seen to again before one is free", () => {
    const driven = new Driven();
    fill(driven, 5, 0);
    driven.endTurn(0);
    assert.equal(driven.batches.length, 1);
    assert.equal(driven.scheduler.queue.touched, 0);
  });

  it("While no slot is free a look remembers nothing and asks nobody", () => {
    const counter = asking(window(1000));
    const driven = new Driven({ policy: counter.policy });
    driven.turn(0, "a b c d");
    fill(driven, 5000, 0);
    driven.look(0);
    for (let now = 1; now < 50; now++) driven.turn(now, "y", { lane: now });
    assert.equal(counter.asked, 0);
    assert.deepEqual(driven.scheduler.queue.takeTouched(), []);
  });

  it("A deadline that all have costs a look no more", () => {
    let looks = 0;
    const driven = new Driven({ policy: window(1000), deadlineMs: 400 });
    driven.turn(0, "a b c d");
    fill(driven, 2000, 0);
    driven.look(0);
    for (const lane of driven.scheduler.queue.lanes) {
      const { forEach } = lane;
      lane.forEach = (visit) => {
        looks++;
        forEach.call(lane, visit);
      };
    }
    for (let now = 1; now < 50; now++) driven.turn(now, "y", { lane: 7 });
    assert.ok(looks <= 50 * 3, `${looks} lanes were looked through`);
  });
});

describe("R7 lanes that come and go", () => {
  /** Everything that the scheduler could remember of a lane. */
  const remembered = (driven: Driven) => {
    const { queue } = driven.scheduler;
    return [
      [...queue.lanes].length,
      queue.takeTouched().length,
    ];
  };

  it("Lanes whose calls are answered are forgotten", () => {
    let made = 0;
    const driven = new Driven({
      policy: { forLane: (limits) => (made++, window(5).forLane(limits)) },
    });
    for (let i = 0; i < 1000; i++) {
      driven.turn(i, "a b c d", { lane: i });
      driven.endAndTurn(i);
    }
    assert.equal(driven.batches.length, 1000);
    const before = made;
    for (let i = 0; i < 1000; i++) driven.scheduler.queue.laneOf(i, false);
    assert.equal(made - before, 1000);
    assert.deepEqual(remembered(driven), [0, 0]);
    assert.equal(driven.wake, Infinity);
  });

  it("Lanes whose calls leave early are forgotten, though no slot is free", () => {
    const driven = new Driven({ deadlineMs: 100 });
    driven.turn(0, "busy");
    for (let i = 0; i < 1000; i++) {
      const [call] = driven.turn(1, "x", { lane: i % 2 ? i : "same" });
      driven.scheduler.remove(call!, "aborted");
    }
    driven.look(1);
    assert.deepEqual(remembered(driven), [0, 0]);
  });

  it("Lanes whose calls expire are forgotten", () => {
    const driven = new Driven({ deadlineMs: 100 });
    const calls = driven.turn(0, "busy");
    driven.scheduler.remove(calls[0]!, "aborted");
    fill(driven, 1000, 1);
    driven.look(1);
    driven.endTurn(101);
    assert.equal(driven.expired.length, 1000);
    assert.equal(driven.wake, Infinity);
    driven.look(102);
    assert.deepEqual(remembered(driven), [0, 0]);
  });
});

describe("R7 64 lanes by Zipf, one slot", () => {
  /** How often lane 0, 1, … calls: as 1, 1/2, 1/3, … */
  const shares = Array.from({ length: 64 }, (_, i) => 1 / (i + 1));
  const total = shares.reduce((sum, share) => sum + share, 0);

  function laneBy(random: Random): number {
    let at = random.below(1e6) / 1e6 * total;
    return Math.max(0, shares.findIndex((share) => (at -= share) < 0));
  }

  /** Some calls come with each batch that ends; how often each lane is passed over in a row, at most. */
  function passes(callsPerBatch: number): number[] {
    const random = new Random(callsPerBatch);
    const driven = new Driven({ size: 8 });
    driven.turn(0, "busy", { lane: "other" });
    const { queue } = driven.scheduler;
    const [since, most] = [shares.map(() => 0), shares.map(() => 0)];
    driven.handler = ({ lane, id }) => {
      const key = Number(lane);
      most[key] = Math.max(most[key]!, id - 1 - since[key]!);
      since[key] = id;
    };
    for (let now = 1; now <= 1500; now++) {
      for (let i = 0; i < callsPerBatch; i++) {
        const lane = laneBy(random);
        const isNew = queue.laneOf(lane, false).waiting === 0;
        if (isNew) since[lane] = driven.batches.length;
        driven.place(now, "x", { lane });
      }
      driven.endAndTurn(now);
    }
    return most;
  }

  it("However heavy the load, a lane is passed over at most twice as often as there are lanes", () => {
    for (const callsPerBatch of [3, 6, 9, 20]) {
      const most = passes(callsPerBatch);
      most.forEach((batches, lane) => {
        assert.ok(batches <= 2 * 64, `lane ${lane}: ${batches} batches`);
      });
      assert.ok(Math.max(...most) >= 32, "no lane was passed over");
    }
  });

  it("All lanes are served, in the order of their load", () => {
    const random = new Random(3);
    const driven = new Driven({ size: 8 });
    driven.turn(0, "busy", { lane: "other" });
    for (let now = 1; now <= 3000; now++) {
      for (let i = 0; i < 9; i++) {
        driven.place(now, "x", { lane: laneBy(random) });
      }
      driven.endAndTurn(now);
    }
    const served = shares.map((_, lane) =>
      driven.batches.filter((batch) => batch.lane === lane)
        .reduce((sum, { count }) => sum + count, 0)
    );
    assert.ok(served.every((calls) => calls > 0), `${served}`);
    const [heavy, middle, light] = [[0, 4], [20, 30], [54, 64]].map(
      ([from, to]) =>
        served.slice(from, to).reduce((a, b) => a + b) / (to! - from!),
    );
    assert.ok(heavy! > middle! && middle! > light!, `${served}`);
  });
});
