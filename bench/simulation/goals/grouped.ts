/**
 * Callers who come in groups: one page that asks for many things.
 *
 * @module
 */
import { groups } from "../arrivals.ts";
import { keras } from "../costs.ts";
import { lowestMeanOfLingers } from "../limits.ts";
import { type Goal, highest } from "./goal.ts";
import { steady } from "./traffic.ts";
import { once, Trial } from "./trial.ts";

/** How many in a group, and how far apart, in ms on average. */
const GROUPS = [[3, 0.3], [8, 0.3], [30, 0.1]] as const;
/** 30 calls per s. */
const LOAD = 0.00195;

/** How near the mean is to that of the best linger, with callers in groups. */
export const grouped: Goal = {
  id: "G6",
  title: "mean latency / best hand-tuned linger, callers in groups",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) =>
    (effort.isQuick ? GROUPS.slice(1, 2) : GROUPS).flatMap(([size, gapMs]) =>
      effort.seeds.map((seed) => {
        const arrivals = (rate: number) => groups(rate, size, gapMs);
        const { scenario } = steady(
          { cost: keras, load: LOAD, arrivals, effort, seed },
        );
        const name = `groups of ${size}, ${gapMs} ms apart, seed ${seed}`;
        const trial = new Trial(name, scenario);
        const best = once(() => lowestMeanOfLingers(scenario));
        return { name, value: (entrant) => trial.of(entrant).mean / best() };
      })
    ),
  combine: highest,
};
