/**
 * A server of predictions under a load test: up to 3000 users who look at what they
 * got for 2 to 10 s, one worker, a client that gives up after a second.
 *
 * @module
 */
import { closedLoop } from "../arrivals.ts";
import { keras } from "../costs.ts";
import { type Goal, highest } from "./goal.ts";
import { Trial } from "./trial.ts";

const USERS = 3000;
const RAMP_MS = 600_000;
const GIVES_UP_MS = 1000;

/** How the server of predictions fares. */
export const predictionServer: Goal = {
  id: "G15",
  title: "mean latency, ms, 3000 users, one worker, none may fail",
  limit: 17.5,
  isCeiling: true,
  cases: (effort) =>
    effort.seeds.map((seed) => {
      const name = `${USERS} users, seed ${seed}`;
      const trial = new Trial(name, {
        arrivals: closedLoop(
          USERS,
          (random) => random.between(2000, 10_000),
          RAMP_MS,
        ),
        cost: keras,
        deadlineMs: GIVES_UP_MS,
        warmUpMs: RAMP_MS,
        ms: effort.items / 0.5,
        seed,
      });
      return {
        name,
        value: (entrant) => {
          const { late, mean } = trial.of(entrant);
          return late > 0 ? Infinity : mean;
        },
      };
    }),
  combine: highest,
};
