/**
 * A safety cap that nobody has to tune, with the timers of a real event loop.
 *
 * @module
 */
import { groups } from "../arrivals.ts";
import { keras } from "../costs.ts";
import type { Scenario } from "../simulation.ts";
import { type Effort, type Goal, highest } from "./goal.ts";
import { crowd, steady } from "./traffic.ts";
import { Trial } from "./trial.ts";

const CAPS = [5, 10, 20, 50, 100, 1000];

/** How little depends on the one knob. */
export const insensitive: Goal = {
  id: "G14",
  title: "change of the mean, %, over maxWaitMs 5 to 1000, timers of 1 ms",
  limit: 10,
  isCeiling: true,
  cases: (effort) =>
    effort.seeds.flatMap((seed) =>
      scenarios(effort, seed).map(([traffic, scenario]) => {
        const name = `${traffic}, seed ${seed}`;
        const trials = CAPS.map((maxWaitMs) =>
          new Trial(name, scenario, { maxWaitMs })
        );
        return {
          name,
          value: (entrant) => {
            const means = trials.map((trial) => trial.of(entrant).mean);
            return 100 * (Math.max(...means) / Math.min(...means) - 1);
          },
        };
      })
    ),
  combine: highest,
};

function scenarios(effort: Effort, seed: number): [string, Scenario][] {
  const common = { cost: keras, timerStepMs: 1, effort, seed };
  const arrivals = (rate: number) => groups(rate, 8, 0.3);
  return [
    ["64 callers, 1 ms", crowd({ ...common, users: 64, thinkMs: 1 })],
    ["8 callers, 5 ms", crowd({ ...common, users: 8, thinkMs: 5 })],
    ["4 slots", steady({ ...common, slots: 4, load: 0.05 }).scenario],
    ["one slot", steady({ ...common, load: 0.03 }).scenario],
    ["groups of 8", steady({ ...common, load: 0.002, arrivals }).scenario],
  ];
}
