/**
 * A back end that works in steps: one item more may cost as much as sixteen.
 *
 * @module
 */
import { accelerator } from "../costs.ts";
import { optimum } from "../optimum.ts";
import { simulate } from "../simulation.ts";
import { type Case, type Goal, highest, once, Trial } from "./goal.ts";
import { steady } from "./traffic.ts";

const LOADS = [0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

export const steps: Goal = {
  id: "G13",
  title: "mean latency / optimum, costs in steps, preferred sizes given",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) => {
    const cases: Case[] = [];
    for (const load of effort.isQuick ? [0.1, 0.6, 0.9] : LOADS) {
      for (const seed of effort.seeds) {
        const cost = accelerator;
        const { rate, scenario } = steady({ cost, load, effort, seed });
        const trial = new Trial(scenario);
        const best = once(() =>
          simulate(scenario, optimum({ cost, rate }).contender).mean
        );
        cases.push({
          name: `${cost.name}, load ${100 * load} %`,
          value: (entrant) => trial.of(entrant).mean / best(),
        });
      }
    }
    return cases;
  },
  combine: highest,
};
