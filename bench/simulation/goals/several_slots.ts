/**
 * Several slots: started one by one, or all at once?
 *
 * @module
 */
import { database, keras, perItem } from "../costs.ts";
import { lowestMeanOfLimits } from "../limits.ts";
import { type Goal, highest } from "./goal.ts";
import { steady } from "./traffic.ts";
import { once, Trial } from "./trial.ts";

const LOADS = [0.05, 0.2, 0.5, 0.8];

export const pacing: Goal = {
  id: "G4",
  title: "mean latency / best fixed limit, 2, 4 and 12 slots",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) =>
    (effort.isQuick ? [keras] : [keras, database, perItem]).flatMap((cost) =>
      [2, 4, 12].flatMap((slots) =>
        (effort.isQuick ? [0.05, 0.5] : LOADS).flatMap((load) =>
          effort.seeds.map((seed) => {
            const { scenario } = steady({ cost, load, slots, effort, seed });
            const name = `${cost.name}, slots ${slots}, load ${
              100 * load
            } %, seed ${seed}`;
            const trial = new Trial(name, scenario);
            const best = once(() => lowestMeanOfLimits(scenario));
            return {
              name,
              value: (entrant) => trial.of(entrant).mean / best(),
            };
          })
        )
      )
    ),
  combine: highest,
};
