/**
 * Scenarios that several goals have in common.
 *
 * @module
 */
import { type Arrivals, closedLoop, poisson } from "../arrivals.ts";
import { capacity, type Cost } from "../costs.ts";
import type { Scenario } from "../simulation.ts";
import type { Effort } from "./goal.ts";

/** Traffic runs for as long as so many small batches take one after another before it is measured, and twice as long after that. */
const LEAST_BATCHES = 100;

/** What varies in steady traffic. */
interface Steady {
  readonly cost: Cost;
  /** What share of what the slots can do. */
  readonly load: number;
  readonly slots?: number;
  readonly noise?: number;
  readonly hiccupMs?: number;
  readonly deadlineMs?: number;
  readonly timerStepMs?: number;
  readonly effort: Effort;
  readonly seed: number;
  /** Makes the arrivals of a rate, in calls per ms. @default poisson */
  readonly arrivals?: (rate: number) => Arrivals;
}

/** Traffic of the same rate all the time; the rate is in calls per ms. */
export function steady(
  { load, effort, arrivals = poisson, ...others }: Steady,
): { rate: number; scenario: Scenario } {
  const { cost, slots = 1 } = others;
  const rate = load * slots * capacity(cost);
  const leastMs = LEAST_BATCHES * cost.ms(1);
  const scenario = {
    timerStepMs: effort.timerStepMs,
    ...others,
    arrivals: arrivals(rate),
    warmUpMs: Math.max(0.1 * effort.items / rate, leastMs),
    ms: Math.max(effort.items / rate, 2 * leastMs),
  };
  return { rate, scenario };
}

/** What varies in a crowd that calls again and again. */
interface Crowd {
  readonly users: number;
  /** How long they think on average, in ms. */
  readonly thinkMs: number;
  readonly cost: Cost;
  readonly slots?: number;
  readonly noise?: number;
  readonly timerStepMs?: number;
  readonly effort: Effort;
  readonly seed: number;
}

/** Callers who call again some time after they have been answered. */
export function crowd(
  { users, thinkMs, effort, ...others }: Crowd,
): Scenario {
  const { cost } = others;
  const arrivals = closedLoop(
    users,
    (random) => random.wait(thinkMs),
    cost.ms(1),
  );
  const roundMs = cost.ms(Math.min(users, cost.size)) + thinkMs;
  return {
    timerStepMs: effort.timerStepMs,
    ...others,
    arrivals,
    warmUpMs: 100 * roundMs,
    ms: effort.items / users * roundMs,
  };
}
