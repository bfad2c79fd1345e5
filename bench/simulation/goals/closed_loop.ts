/**
 * Callers who call again when they have been answered: a pool of workers, a loop
 * of `Promise.all`, a load generator.
 *
 * @module
 */
import { keras } from "../costs.ts";
import { mostOfLimits } from "../limits.ts";
import { type Goal, lowest } from "./goal.ts";
import { crowd } from "./traffic.ts";
import { once, Trial } from "./trial.ts";

/** How many callers, and how long they think, in ms on average. */
const CROWDS = [
  [8, 0.1],
  [64, 0.1],
  [200, 0.1],
  [8, 1],
  [64, 1],
  [8, 5],
  [64, 5],
] as const;
const QUICK_CROWDS = [[8, 0.1], [64, 1]] as const;

/** How near the throughput is to that of the best fixed limit, with callers who return. */
export const returning: Goal = {
  id: "G5",
  title: "throughput / best fixed limit, callers who return",
  limit: 0.90,
  isCeiling: false,
  cases: (effort) =>
    (effort.isQuick ? QUICK_CROWDS : CROWDS).flatMap(([users, thinkMs]) =>
      effort.seeds.map((seed) => {
        const scenario = crowd({ users, thinkMs, cost: keras, effort, seed });
        const name = `${users} callers who think ${thinkMs} ms, seed ${seed}`;
        const trial = new Trial(name, scenario);
        const best = once(() => mostOfLimits(scenario, users));
        return {
          name,
          value: (entrant) => trial.of(entrant).throughput / best(),
        };
      })
    ),
  combine: lowest,
};
