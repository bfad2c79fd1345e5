/**
 * Lanes that share the slots: models, tenants, tables.
 *
 * @module
 */
import { flood, ofKind, poisson, together, zipf } from "../arrivals.ts";
import { keras } from "../costs.ts";
import { oldestFirst, roundRobin } from "../lane_orders.ts";
import type { Result } from "../measurement.ts";
import { type Scenario, simulate } from "../simulation.ts";
import { type Case, type Effort, type Goal, highest } from "./goal.ts";
import { ofKinds, once, perEffort, Trial } from "./trial.ts";

/** What the order of lanes brings on the whole. */
export const manyLanes: Goal = {
  id: "L1",
  title: "mean latency / oldest call first, 64 lanes of unequal load",
  limit: 1,
  isCeiling: true,
  cases: (effort) => ratios(effort, ({ mean }) => mean),
  combine: highest,
};

/** What it costs those who wait longest. */
export const patientLanes: Goal = {
  id: "L2",
  title: "p99 / p99 of oldest call first, these lanes",
  limit: 1.25,
  isCeiling: true,
  cases: (effort) => ratios(effort, ({ p99 }) => p99),
  combine: highest,
};

/** What one lane can do to others. */
export const lightLanes: Goal = {
  id: "L3",
  title: "median of 4 light lanes beside one with 10,000 calls / round robin",
  limit: 3,
  isCeiling: true,
  cases: ({ seeds }) =>
    seeds.map((seed) => {
      const trial = new Trial(`seed ${seed}`, besideFlood(seed));
      const fair = once(() => simulate(trial.scenario, roundRobin).p50);
      return {
        name: trial.name,
        value: ofKinds((entrant) => trial.of(entrant).p50 / fair()),
      };
    }),
  combine: highest,
};

function ratios(effort: Effort, figure: (result: Result) => number): Case[] {
  return trials(effort).map(({ trial, plain }) => ({
    name: trial.name,
    value: ofKinds((entrant) => figure(trial.of(entrant)) / figure(plain())),
  }));
}

const trials = perEffort(({ isQuick, items, seeds }) =>
  (isQuick ? [5] : [1, 3, 5]).flatMap((rate) =>
    seeds.map((seed) => {
      const trial = new Trial(`${1000 * rate}/s on 4 slots, seed ${seed}`, {
        arrivals: ofKind(poisson(rate), zipf(64)),
        cost: keras,
        slots: 4,
        warmUpMs: 0.2 * items / rate,
        ms: items / rate,
        seed,
      });
      const plain = once(() => simulate(trial.scenario, oldestFirst));
      return { trial, plain };
    })
  )
);

/** Few calls in four lanes, and in a fifth so many at once that they keep the slot busy all the time. */
function besideFlood(seed: number): Scenario {
  const calls = 10_000;
  const cost = { ...keras, size: 20 };
  const lanes = Array.from({ length: 4 }, (_, lane) => ({ lane }));
  const heavy = { lane: 4, isMeasured: false };
  const light = ofKind(poisson(0.02), (random) => random.pick(lanes));
  return {
    arrivals: together(ofKind(flood(calls), () => heavy), light),
    cost,
    warmUpMs: 0,
    ms: calls / cost.size * cost.ms(cost.size),
    seed,
  };
}
