/**
 * A back end that works in steps: one item more may cost as much as sixteen.
 *
 * @module
 */
import { accelerator } from "../costs.ts";
import { optimum } from "../optimum.ts";
import { simulate } from "../simulation.ts";
import { type Goal, highest } from "./goal.ts";
import { steady } from "./traffic.ts";
import { once, Trial } from "./trial.ts";

const LOADS = [0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** How near the mean is to the optimum where costs come in steps. */
export const steps: Goal = {
  id: "G13",
  title: "mean latency / optimum, costs in steps, preferred sizes given",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) =>
    (effort.isQuick ? [0.1, 0.6, 0.9] : LOADS).flatMap((load) =>
      effort.seeds.map((seed) => {
        const cost = accelerator;
        const { rate, scenario } = steady({ cost, load, effort, seed });
        const name = `${cost.name}, load ${100 * load} %, seed ${seed}`;
        const trial = new Trial(name, scenario);
        const best = once(() =>
          simulate(scenario, optimum({ cost, rate }).contender).mean
        );
        return { name, value: (entrant) => trial.of(entrant).mean / best() };
      })
    ),
  combine: highest,
};
