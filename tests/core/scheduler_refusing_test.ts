import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LanePolicy, Policy } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

/** A policy that answers these. */
function policyOf(lane: LanePolicy): Policy {
  return { forLane: () => lane };
}

const leaves: LanePolicy["decide"] = ({ waiting }, _slots, _now, verdict) =>
  verdict.leave(waiting, "idle");

describe("Scheduler: a policy that gives calls up", () => {
  /** Lets no batch be of more than two calls. */
  const pairs: LanePolicy = {
    decide: leaves,
    fits: (calls) => Math.min(calls, 2),
  };

  it("Of several priorities the oldest call is dropped, wherever it stands", () => {
    const policy = policyOf({
      decide: leaves,
      fits: (calls, lane) => lane.waiting > 2 ? 0 : calls,
    });
    const driven = new Driven({ size: 8, policy });
    driven.place(1, "high", { priority: 1 });
    const [low] = driven.place(0, "low", { priority: -1 });
    driven.place(2, "plain");
    driven.look(2);
    driven.endTurn(2);
    assert.deepEqual(driven.dropped, [low]);
    assert.deepEqual(driven.sent, ["high plain"]);
  });

  it("What it lets leave is taken by priority, and weighs no more than may be", () => {
    const policy = policyOf(pairs);
    const driven = new Driven({ size: 8, maxWeight: 5, policy });
    driven.place(0, "low", { priority: -1, weight: 1 });
    driven.place(0, "heavy", { weight: 3 });
    driven.place(0, "high", { priority: 1, weight: 3 });
    driven.look(0);
    driven.endAndTurn(1);
    assert.deepEqual(driven.sent, ["high", "heavy low"]);
    assert.deepEqual(driven.reasons, ["weight", "idle"]);
  });

  it("May drop everything: nothing leaves, nobody wakes", () => {
    const policy = policyOf({ decide: leaves, fits: () => 0 });
    const driven = new Driven({ policy });
    const calls = driven.turn(0, "a b c", { lane: "tenant" });
    assert.deepEqual(driven.dropped, calls);
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.wake, Infinity);
    assert.equal(driven.scheduler.queue.waiting, 0);
  });

  it("Whoever hears that a call is dropped may take another one out, even of another lane", () => {
    const driven = new Driven({
      concurrency: 2,
      policy: policyOf({
        decide: leaves,
        fits: (calls, lane) => lane.oldestAt === 1 ? 0 : calls,
      }),
    });
    const [first] = driven.place(0, "first", { lane: "first" });
    driven.place(1, "second", { lane: "second" });
    driven.drop = (call) => {
      driven.scheduler.remove(call, "dropped");
      driven.scheduler.remove(first!, "aborted");
    };
    driven.look(1);
    driven.endTurn(1);
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.scheduler.queue.waiting, 0);
  });

  it("Whoever is asked what fits may take that out as well: nothing leaves, and nothing is dropped", () => {
    for (const fit of [0, 1]) {
      const driven: Driven = new Driven({
        concurrency: 2,
        policy: policyOf({
          decide: leaves,
          fits: (calls, lane) => {
            if (lane.oldestAt === 0 || driven.sent.length === 0) return calls;
            driven.scheduler.remove(second!, "aborted");
            return fit;
          },
        }),
      });
      driven.place(0, "first", { lane: "first" });
      const [second] = driven.place(1, "second", { lane: "second" });
      driven.endTurn(1);
      assert.deepEqual([driven.sent, driven.dropped], [["first"], []]);
      assert.equal(driven.scheduler.queue.waiting, 0);
    }
  });

  it("Whoever does so as lanes leave takes nobody along who is still there", () => {
    const driven = new Driven({
      concurrency: 3,
      policy: policyOf({
        decide: leaves,
        fits: (calls, lane) => lane.oldestAt === 1 ? 0 : calls,
      }),
    });
    const [first] = driven.place(0, "first", { lane: "first" });
    driven.place(0, "second", { lane: "second" });
    driven.place(1, "third", { lane: "third" });
    driven.drop = (call) => {
      driven.scheduler.remove(call, "dropped");
      driven.scheduler.remove(first!, "aborted");
    };
    driven.endTurn(1);
    assert.deepEqual(driven.sent, ["second"]);
    assert.equal(driven.scheduler.queue.waiting, 0);
  });
});

describe("Scheduler: a policy that admits calls", () => {
  it("Is asked with the calls that would leave before, the lane, the slots and the time", () => {
    const seen: unknown[] = [];
    const policy = policyOf({
      admits: (ahead, lane, slots, now) => {
        seen.push([ahead, lane.waiting, slots.free, now]);
        return 7;
      },
      decide: leaves,
    });
    const driven = new Driven({ policy });
    driven.turn(0, "busy");
    driven.place(1, "low low", { priority: -1 });
    driven.place(1, "plain");
    driven.place(1, "high high high", { priority: 2 });
    const { scheduler } = driven;
    const lane = scheduler.queue.default;
    assert.equal(scheduler.admits(lane, -1, 4), 7);
    assert.equal(scheduler.admits(lane, 0, 5), 7);
    assert.equal(scheduler.admits(lane, 10, 6), 7);
    assert.deepEqual(seen, [[6, 6, 0, 4], [4, 6, 0, 5], [0, 6, 0, 6]]);
  });

  it("Has heard of those that came before when it is asked for one that comes later", () => {
    const heard: string[] = [];
    const policy = policyOf({
      arrived: (calls, now) => void heard.push(`${calls} at ${now}`),
      admits: (_ahead, _lane, _slots, now) => {
        heard.push(`asked at ${now}`);
        return 1;
      },
      decide: leaves,
    });
    const driven = new Driven({ policy });
    const { scheduler } = driven;
    driven.place(1, "a b");
    scheduler.admits(scheduler.queue.default, 0, 1);
    scheduler.admits(scheduler.queue.default, 0, 2);
    driven.place(2, "c");
    driven.look(2);
    driven.endTurn(2);
    const expected = ["asked at 1", "2 at 1", "asked at 2", "1 at 2"];
    assert.deepEqual(heard, expected);
  });

  it("A policy that has no opinion admits all", () => {
    const { scheduler } = new Driven({ policy: policyOf({ decide: leaves }) });
    assert.equal(scheduler.admits(scheduler.queue.default, 0, 0), Infinity);
  });

  it("R9 what it answers is a number of calls, whatever it says", () => {
    const answers: [unknown, number][] = [
      [NaN, 0],
      [undefined, 0],
      [-3, 0],
      [0.5, 0],
      [2.9, 2],
      [Infinity, Infinity],
    ];
    for (const [answer, expected] of answers) {
      const policy = policyOf({
        admits: () => answer as number,
        decide: leaves,
      });
      const { scheduler } = new Driven({ policy });
      const { queue } = scheduler;
      assert.equal(scheduler.admits(queue.default, 0, 0), expected);
    }
  });

  it("R9 one that throws admits all, and what it threw is reported", () => {
    const policy = policyOf({
      admits: () => {
        throw new Error("admits");
      },
      decide: leaves,
    });
    const driven = new Driven({ policy });
    const { scheduler } = driven;
    assert.equal(scheduler.admits(scheduler.queue.default, 0, 0), Infinity);
    assert.equal((driven.errors[0] as Error).message, "admits");
  });

  it("It may look at all of a lane in which nobody waits", () => {
    const seen: unknown[] = [];
    const policy = policyOf({
      admits: (ahead, lane) => {
        const { waiting, weight, oldestAt, oldestDeadlineAt } = lane;
        seen.push(ahead, waiting, weight, oldestAt, oldestDeadlineAt);
        return 1;
      },
      decide: leaves,
    });
    const { scheduler } = new Driven({ policy, deadlineMs: 100 });
    scheduler.admits(scheduler.queue.laneOf("new", false), 0, 0);
    assert.deepEqual(seen, [0, 0, 0, NaN, Infinity]);
  });
});
