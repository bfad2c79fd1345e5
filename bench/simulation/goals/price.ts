/**
 * Batches that cost money: is it worth waiting for company?
 *
 * @module
 */
import { database, keras } from "../costs.ts";
import { optimum } from "../optimum.ts";
import type { Result } from "../measurement.ts";
import { simulate } from "../simulation.ts";
import { type Goal, highest } from "./goal.ts";
import { steady } from "./traffic.ts";
import { once, Trial } from "./trial.ts";

const PRICES = [100, 1000, 10_000];
const LOADS = [0.001, 0.005, 0.05, 0.3];

/** How near latency and price together are to the optimum. */
export const priced: Goal = {
  id: "G12",
  title: "latency and price per item / optimum",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) =>
    [keras, database].flatMap((cost) =>
      (effort.isQuick ? [1000] : PRICES).flatMap((price) =>
        (effort.isQuick ? [0.005] : LOADS).flatMap((load) =>
          effort.seeds.map((seed) => {
            const { rate, scenario } = steady({ cost, load, effort, seed });
            const name = `${cost.name}, ${price} ms a batch, load ${
              100 * load
            } %, seed ${seed}`;
            const trial = new Trial(name, scenario, { price });
            const paid = ({ mean, batch }: Result) => mean + price / batch;
            const best = once(() => {
              const { contender } = optimum({ cost, rate, price });
              return paid(simulate(scenario, contender));
            });
            return {
              name,
              value: (entrant) => paid(trial.of(entrant)) / best(),
            };
          })
        )
      )
    ),
  combine: highest,
};
