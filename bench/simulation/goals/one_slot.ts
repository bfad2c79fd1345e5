/**
 * One slot, callers who know nothing of each other: nobody can beat the optimum.
 *
 * @module
 */
import { database, keras, perItem } from "../costs.ts";
import { optimum } from "../optimum.ts";
import type { Result } from "../measurement.ts";
import { simulate } from "../simulation.ts";
import { type Case, type Effort, type Goal, highest } from "./goal.ts";
import { steady } from "./traffic.ts";
import { once, perEffort, Trial } from "./trial.ts";

const LOADS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95];
const QUICK_LOADS = [0.001, 0.03, 0.4, 0.95];

/** How near the mean is to the optimum. */
export const latency: Goal = {
  id: "G1",
  title: "mean latency / optimum, one slot, worst of all loads and costs",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) => ratios(effort, ({ mean }) => mean),
  combine: highest,
};

/** How near the slowest hundredth is to that of the optimum. */
export const tail: Goal = {
  id: "G2",
  title: "p99 / p99 of the optimum, one slot",
  limit: 1.10,
  isCeiling: true,
  cases: (effort) => ratios(effort, ({ p99 }) => p99),
  combine: highest,
};

function ratios(effort: Effort, figure: (result: Result) => number): Case[] {
  return trials(effort).map(({ trial, best }) => ({
    name: trial.name,
    value: (entrant) => figure(trial.of(entrant)) / figure(best()),
  }));
}

const trials = perEffort((effort) =>
  [keras, database, perItem].flatMap((cost) =>
    (effort.isQuick ? QUICK_LOADS : LOADS).flatMap((load) =>
      effort.seeds.map((seed) => {
        const { rate, scenario } = steady({ cost, load, effort, seed });
        const name = `${cost.name}, load ${100 * load} %, seed ${seed}`;
        const best = once(() =>
          simulate(scenario, optimum({ cost, rate }).contender)
        );
        return { trial: new Trial(name, scenario), best };
      })
    )
  )
);
