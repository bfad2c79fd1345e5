/**
 * More work than can be done: nothing may be lost on the way.
 *
 * @module
 */
import { accelerator, capacity, database, keras, perItem } from "../costs.ts";
import { type Goal, lowest } from "./goal.ts";
import { steady } from "./traffic.ts";
import { Trial } from "./trial.ts";

/** At the ends of the span a batch more or less must not matter. */
const BATCHES = 200;

/** How much of the back end is used when there is more work than it can do. */
export const saturation: Goal = {
  id: "G3",
  title: "throughput at 1.2x load, % of what the back end can do",
  limit: 99,
  isCeiling: false,
  cases: (effort) =>
    [keras, database, perItem, accelerator].flatMap((cost) =>
      (effort.isQuick ? [1] : [1, 4]).flatMap((slots) =>
        effort.seeds.map((seed) => {
          const items = Math.max(effort.items, BATCHES * slots * cost.size);
          const { scenario } = steady({
            ...{ cost, slots, load: 1.2, seed },
            effort: { ...effort, items },
          });
          const name = `${cost.name}, slots ${slots}, seed ${seed}`;
          const trial = new Trial(name, scenario);
          const most = 1000 * slots * capacity(cost);
          return {
            name,
            value: (entrant) => 100 * trial.of(entrant).throughput / most,
          };
        })
      )
    ),
  combine: lowest,
};
