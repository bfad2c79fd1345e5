/**
 * The best fixed rules: those that someone finds who tries all of them on the very
 * traffic that is to come.
 *
 * @module
 */
import type { Contender } from "./backend.ts";
import { plain } from "./plain.ts";
import { type Scenario, simulate } from "./simulation.ts";

/** Leaves as soon as so many wait. */
export function controlLimit(least: number): Contender {
  return plain(() => ({ waiting }) => waiting >= least ? waiting : -Infinity);
}

/** Leaves once the oldest has waited so long, or, `fromFree`, so long while a slot was free, or a batch is full. */
export function linger(ms: number, fromFree = false): Contender {
  return plain(({ size }) => ({ waiting, oldestAt, freeSince, now }) => {
    const due = Math.max(oldestAt, fromFree ? freeSince : 0) + ms;
    return waiting >= size || now >= due ? waiting : -due;
  });
}

/** The lowest mean latency that a fixed limit reaches, in ms. */
export function lowestMeanOfLimits(scenario: Scenario): number {
  const mean = (limit: number, scenario: Scenario) =>
    simulate(scenario, controlLimit(limit)).mean;
  const short = shortened(scenario);
  const best = bestWhole(scenario.cost.size, (limit) => -mean(limit, short));
  return mean(best, scenario);
}

/** The most answers per second that a fixed limit reaches, where so many call again and again. */
export function mostOfLimits(scenario: Scenario, users: number): number {
  const throughput = (limit: number, scenario: Scenario) =>
    simulate(scenario, controlLimit(limit)).throughput;
  const short = shortened(scenario);
  const most = Math.min(users, scenario.cost.size);
  const best = bestWhole(most, (limit) => throughput(limit, short));
  return throughput(best, scenario);
}

/** Enough to tell good from bad. */
function shortened(scenario: Scenario): Scenario {
  return { ...scenario, ms: 0.4 * scenario.ms };
}

/** How long one may linger, in ms. */
const LINGERS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10];

/** The lowest mean latency that lingering reaches, in ms. */
export function lowestMeanOfLingers(scenario: Scenario): number {
  const means = LINGERS.flatMap((ms) =>
    [false, true].map((fromFree) =>
      simulate(scenario, linger(ms, fromFree)).mean
    )
  );
  return Math.min(...means);
}

/** The whole number up to `most` with the highest score: tried ever closer around the best. */
export function bestWhole(
  most: number,
  score: (value: number) => number,
): number {
  const scores = new Map<number, number>();
  let best = 1;
  const compare = (value: number) => {
    const whole = Math.min(Math.max(Math.round(value), 1), most);
    if (!scores.has(whole)) scores.set(whole, score(whole));
    if (scores.get(whole)! > scores.get(best)!) best = whole;
  };
  compare(1);
  for (let value = 1.4; value < most * 1.4; value *= 1.4) compare(value);
  for (let step = best * 0.2; step >= 0.5; step /= 2) {
    const middle = best;
    compare(middle - step);
    compare(middle + step);
  }
  return best;
}
