/**
 * Callers who call again when they have been answered: a pool of workers, a loop
 * of `Promise.all`, a load generator.
 *
 * @module
 */
import { keras } from "../costs.ts";
import { bestWhole, controlLimit } from "../limits.ts";
import { simulate } from "../simulation.ts";
import { type Case, type Goal, lowest, once, Trial } from "./goal.ts";
import { crowd } from "./traffic.ts";

/** How many callers, and how long they think, in ms on average. */
const CROWDS = [[8, 0.1], [64, 0.1], [200, 0.1], [8, 1], [64, 1], [8, 5], [
  64,
  5,
]] as const;
const QUICK_CROWDS = [[8, 0.1], [64, 1]] as const;

export const returning: Goal = {
  id: "G5",
  title: "throughput / best fixed limit, callers who return",
  limit: 0.90,
  isCeiling: false,
  cases: (effort) => {
    const cases: Case[] = [];
    for (const [users, thinkMs] of effort.isQuick ? QUICK_CROWDS : CROWDS) {
      for (const seed of effort.seeds) {
        const scenario = crowd({ users, thinkMs, cost: keras, effort, seed });
        const trial = new Trial(scenario);
        const best = once(() =>
          bestWhole(
            Math.min(users, keras.size),
            (limit) => simulate(scenario, controlLimit(limit)).throughput,
          ).score
        );
        cases.push({
          name: `${users} callers who think ${thinkMs} ms`,
          value: (entrant) => trial.of(entrant).throughput / best(),
        });
      }
    }
    return cases;
  },
  combine: lowest,
};
