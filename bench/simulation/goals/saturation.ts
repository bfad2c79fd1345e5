/**
 * More work than can be done: nothing may be lost on the way.
 *
 * @module
 */
import { accelerator, capacity, database, keras, perItem } from "../costs.ts";
import { type Case, type Goal, lowest, Trial } from "./goal.ts";
import { steady } from "./traffic.ts";

export const saturation: Goal = {
  id: "G3",
  title: "throughput at 1.2x load, % of what the back end can do",
  limit: 99,
  isCeiling: false,
  cases: (effort) => {
    const cases: Case[] = [];
    for (const cost of [keras, database, perItem, accelerator]) {
      for (const slots of effort.isQuick ? [1] : [1, 4]) {
        for (const seed of effort.seeds) {
          const trial = new Trial(
            steady({ cost, slots, load: 1.2, effort, seed }).scenario,
          );
          const most = 1000 * slots * capacity(cost);
          cases.push({
            name: `${cost.name}, slots: ${slots}`,
            value: (entrant) => 100 * trial.of(entrant).throughput / most,
          });
        }
      }
    }
    return cases;
  },
  combine: lowest,
};
