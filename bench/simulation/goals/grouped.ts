/**
 * Callers who come in groups: one page that asks for many things.
 *
 * @module
 */
import { groups } from "../arrivals.ts";
import { keras } from "../costs.ts";
import { linger } from "../limits.ts";
import { simulate } from "../simulation.ts";
import { type Case, type Goal, highest, once, Trial } from "./goal.ts";

/** How many in a group, and how far apart, in ms on average. */
const GROUPS = [[3, 0.3], [8, 0.3], [30, 0.1]] as const;
const LINGERS = [0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10];

export const grouped: Goal = {
  id: "G6",
  title: "mean latency / best hand-tuned linger, callers in groups",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) => {
    const cases: Case[] = [];
    for (const [size, gapMs] of effort.isQuick ? GROUPS.slice(1, 2) : GROUPS) {
      for (const seed of effort.seeds) {
        const rate = 0.03;
        const scenario = {
          arrivals: groups(rate, size, gapMs),
          cost: keras,
          warmUpMs: 20_000,
          ms: effort.items / rate,
          seed,
        };
        const trial = new Trial(scenario);
        const best = once(() =>
          Math.min(
            ...LINGERS.flatMap((ms) => [linger(ms), linger(ms, true)])
              .map((contender) => simulate(scenario, contender).mean),
          )
        );
        cases.push({
          name: `groups of ${size}, ${gapMs} ms apart`,
          value: (entrant) => trial.of(entrant).mean / best(),
        });
      }
    }
    return cases;
  },
  combine: highest,
};
