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

/** How near the mean is to that of the best fixed limit, with several slots. */
export const pacing: Goal = {
  id: "G4",
  title: "mean latency / best fixed limit, 2, 4 and 12 slots, noise 0 and 20 %",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) =>
    (effort.isQuick ? QUICK : ALL).flatMap((backend) =>
      effort.seeds.map((seed) => {
        const { cost, slots, load, noise } = backend;
        const { scenario } = steady({ ...backend, effort, seed });
        const name = `${cost.name}, slots ${slots}, load ${
          100 * load
        } %, noise ${noise}, seed ${seed}`;
        const trial = new Trial(name, scenario);
        const best = once(() => lowestMeanOfLimits(scenario));
        return { name, value: (entrant) => trial.of(entrant).mean / best() };
      })
    ),
  combine: highest,
};

const ALL = [keras, database, perItem].flatMap((cost) =>
  [2, 4, 12].flatMap((slots) =>
    [0.05, 0.2, 0.5, 0.8].flatMap((load) =>
      [0, 0.2].map((noise) => ({ cost, slots, load, noise }))
    )
  )
);

const QUICK = [
  { cost: keras, slots: 2, load: 0.2, noise: 0 },
  { cost: keras, slots: 12, load: 0.05, noise: 0.2 },
  { cost: keras, slots: 12, load: 0.5, noise: 0 },
  { cost: database, slots: 4, load: 0.2, noise: 0.2 },
  { cost: database, slots: 12, load: 0.5, noise: 0 },
  { cost: database, slots: 12, load: 0.8, noise: 0.2 },
  { cost: perItem, slots: 12, load: 0.5, noise: 0.2 },
];
