/**
 * Several slots: started one by one, or all at once?
 *
 * @module
 */
import { database, keras, perItem } from "../costs.ts";
import { bestWhole, controlLimit } from "../limits.ts";
import { simulate } from "../simulation.ts";
import { type Case, type Goal, highest, once, Trial } from "./goal.ts";
import { steady } from "./traffic.ts";

const LOADS = [0.05, 0.2, 0.5, 0.8];

export const pacing: Goal = {
  id: "G4",
  title: "mean latency / best fixed limit, 2, 4 and 12 slots",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) => {
    const cases: Case[] = [];
    const costs = effort.isQuick ? [keras] : [keras, database, perItem];
    for (const cost of costs) {
      for (const slots of [2, 4, 12]) {
        for (const load of effort.isQuick ? [0.05, 0.5] : LOADS) {
          for (const seed of effort.seeds) {
            const { scenario } = steady({ cost, load, slots, effort, seed });
            const trial = new Trial(scenario);
            const best = once(() =>
              -bestWhole(
                cost.size,
                (limit) => -simulate(scenario, controlLimit(limit)).mean,
              ).score
            );
            cases.push({
              name: `${cost.name}, ${slots} slots, load ${100 * load} %`,
              value: (entrant) => trial.of(entrant).mean / best(),
            });
          }
        }
      }
    }
    return cases;
  },
  combine: highest,
};
