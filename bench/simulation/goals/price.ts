/**
 * Batches that cost money: is it worth waiting for company?
 *
 * @module
 */
import { database, keras } from "../costs.ts";
import { optimum } from "../optimum.ts";
import { type Result, simulate } from "../simulation.ts";
import { type Case, type Goal, highest, once, Trial } from "./goal.ts";
import { steady } from "./traffic.ts";

export const priced: Goal = {
  id: "G12",
  title: "latency and price per item / optimum",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) => {
    const cases: Case[] = [];
    const prices = effort.isQuick ? [1000] : [100, 1000, 10_000];
    for (const cost of [keras, database]) {
      for (const price of prices) {
        for (
          const load of effort.isQuick ? [0.005] : [0.001, 0.005, 0.05, 0.3]
        ) {
          for (const seed of effort.seeds) {
            const { rate, scenario } = steady({ cost, load, effort, seed });
            const trial = new Trial(scenario, { price });
            const paid = ({ mean, batch }: Result) => mean + price / batch;
            const best = once(() =>
              paid(
                simulate(scenario, optimum({ cost, rate, price }).contender),
              )
            );
            cases.push({
              name: `${cost.name}, ${price} ms a batch, load ${100 * load} %`,
              value: (entrant) => paid(trial.of(entrant)) / best(),
            });
          }
        }
      }
    }
    return cases;
  },
  combine: highest,
};
