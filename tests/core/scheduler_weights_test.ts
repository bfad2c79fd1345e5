import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Call } from "../../src/core/call.ts";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";
import { Random } from "./random.ts";

/** A long window and batches of up to this weight. */
function weighing(maxWeight: number): Driven {
  return new Driven({ size: 100, maxWeight, policy: window(1000) });
}

/** A call for each of the weights, which is its word as well. */
function placeAll(driven: Driven, now: number, weights: number[]): void {
  for (const weight of weights) driven.place(now, `${weight}`, { weight });
}

describe("Scheduler: weights", () => {
  it("R6 the limit is inclusive: a batch may weigh as much as it says", () => {
    const driven = weighing(10);
    placeAll(driven, 0, [4, 6]);
    driven.look(0);
    assert.deepEqual(driven.sent, ["4 6"]);
    assert.deepEqual(driven.reasons, ["weight"]);
  });

  it("R6 below it a batch waits for its time", () => {
    const driven = weighing(10);
    placeAll(driven, 0, [4, 5]);
    driven.look(0);
    driven.endTurn(0);
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.wake, 1000);
    driven.endTurn(1000);
    assert.deepEqual(driven.sent, ["4 5"]);
    assert.deepEqual(driven.reasons, ["window"]);
  });

  it("R6 it is tested before adding: what does not fit is first in the next batch", () => {
    const driven = weighing(10);
    placeAll(driven, 0, [4, 5, 2]);
    driven.look(0);
    assert.deepEqual(driven.sent, ["4 5"]);
    assert.deepEqual(driven.reasons, ["weight"]);
    placeAll(driven, 1, [8]);
    driven.endAndTurn(1);
    assert.deepEqual(driven.sent, ["4 5", "2 8"]);
  });

  it("R6 a light one behind it does not overtake, though it would fit", () => {
    const driven = weighing(10);
    placeAll(driven, 0, [9, 5, 1, 4]);
    driven.look(0);
    driven.endAndTurn(1);
    assert.deepEqual(driven.sent, ["9", "5 1 4"]);
  });

  it("R6 one that is too heavy for any batch, if somebody puts it in, leaves alone", () => {
    const driven = weighing(10);
    placeAll(driven, 0, [11, 1]);
    driven.look(0);
    assert.deepEqual(driven.sent, ["11"]);
  });

  it("R6 both limits hold: whichever is reached first", () => {
    const driven = new Driven({ size: 3, maxWeight: 10, policy: window(1000) });
    placeAll(driven, 0, [1, 1, 1, 9, 1, 1]);
    driven.look(0);
    driven.endAndTurn(1);
    driven.endAndTurn(2);
    assert.deepEqual(driven.sent, ["1 1 1", "9 1"]);
    assert.deepEqual(driven.reasons, ["full", "weight"]);
    driven.endTurn(1000);
    assert.deepEqual(driven.sent.at(-1), "1");
  });

  it("R6, R25, R27 calls that were put back or moved up leave in batches that are not too heavy", () => {
    const driven = new Driven({ size: 9, maxWeight: 10 });
    const { queue } = driven.scheduler;
    driven.turn(0, "busy");
    const calls = driven.place(1, "a b c", { weight: 6, priority: -1 });
    for (const call of calls) queue.raise(call, 1);
    const entries = ["x", "y"].map((item, rank) => {
      const ticket = Object.assign(new Call(), { rank });
      return { item, ticket, time: 0, weight: 6 };
    });
    const line = queue.default.lineOf(0, true);
    for (const entry of entries) queue.restore(line, entry);
    for (let now = 2; driven.scheduler.slots.running > 0; now++) {
      driven.endAndTurn(now);
    }
    assert.deepEqual(driven.sent, ["busy", "a", "b", "c", "x", "y"]);
  });

  it("R6 an item may weigh nothing, and any number of those fit", () => {
    const driven = weighing(1);
    placeAll(driven, 0, [0, 1, 0, 0]);
    driven.look(0);
    assert.deepEqual(driven.sent, ["0 1 0 0"]);
  });

  it("R6 who leaves takes its weight along: the rest waits on, and others fit", () => {
    const driven = weighing(10);
    const [heavy] = driven.place(0, "heavy", { weight: 8 });
    driven.place(0, "light", { weight: 2 });
    driven.scheduler.remove(heavy!, "aborted");
    assert.equal(driven.look(0), false);
    assert.deepEqual(driven.sent, []);
    driven.place(1, "other", { weight: 8 });
    driven.look(1);
    assert.deepEqual(driven.sent, ["light other"]);
    assert.deepEqual(driven.reasons, ["weight"]);
  });

  it("R6 fractions that come and go leave no weight behind in an empty lane", () => {
    const driven = weighing(0.4);
    for (let i = 0; i < 1000; i++) {
      const calls = [0.1, 0.2 + i / 1e4].flatMap((weight) =>
        driven.place(0, "x", { weight })
      );
      for (const call of calls) driven.scheduler.remove(call, "aborted");
    }
    placeAll(driven, 0, [0.2, 0.2]);
    driven.look(0);
    assert.deepEqual(driven.sent, ["0.2 0.2"]);
  });

  it("R6 the policy and the batch know what it weighs", () => {
    const seen: number[] = [];
    const driven = new Driven({
      size: 8,
      maxWeight: 100,
      policy: {
        forLane: () => ({
          decide: (lane, _slots, _now, verdict) => {
            seen.push(lane.weight);
            verdict.leave(lane.waiting, "idle");
          },
        }),
      },
    });
    placeAll(driven, 0, [30, 12.5]);
    driven.look(0);
    driven.endTurn(0);
    assert.equal(seen.at(-1), 42.5);
    assert.equal(driven.batches[0]!.weight, 42.5);
  });

  it("R6, R5 under random loads: batches are as large as the limits let them be, in order", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = new Random(seed);
      const size = random.pick([2, 3, 7, 100]);
      const maxWeight = 10;
      const driven = new Driven({ size, maxWeight });
      const calls: { word: string; weight: number }[] = [];
      driven.turn(0, "busy");
      for (let i = 0; i < 40; i++) {
        const weight = random.pick([0, 1, 2.5, 4, 9.5, 10]);
        const [call] = driven.place(i, `${i}`, { weight });
        if (random.chance(0.3)) driven.scheduler.remove(call!, "aborted");
        else calls.push({ word: `${i}`, weight });
      }
      for (let i = 0; i < 60; i++) {
        if (driven.scheduler.slots.running > 0) driven.endAndTurn(50 + i);
      }
      const expected: string[] = [];
      while (calls.length > 0) {
        let weight = 0;
        const batch: string[] = [];
        while (
          calls[0] && batch.length < size &&
          weight + calls[0].weight <= maxWeight
        ) {
          weight += calls[0].weight;
          batch.push(calls.shift()!.word);
        }
        expected.push(batch.join(" "));
      }
      assert.deepEqual(driven.sent.slice(1), expected, `seed ${seed}`);
    }
  });
});
