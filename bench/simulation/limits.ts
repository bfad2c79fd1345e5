/**
 * The best fixed rules: those that someone finds who tries all of them on the very
 * traffic that is to come.
 *
 * @module
 */
import type { Contender } from "./backend.ts";
import { plain } from "./plain.ts";
import type { Result } from "./simulation.ts";

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

/** Tries whole numbers up to `most`, ever closer around the best; `score` is to be high. */
export function bestWhole(
  most: number,
  score: (value: number) => number,
): { value: number; score: number } {
  const scores = new Map<number, number>();
  let best = 1;
  const tried = (value: number) => {
    const whole = Math.min(Math.max(Math.round(value), 1), most);
    if (!scores.has(whole)) scores.set(whole, score(whole));
    if (scores.get(whole)! > scores.get(best)!) best = whole;
  };
  tried(1);
  for (let value = 1.4; value < most * 1.4; value *= 1.4) tried(value);
  for (let step = best * 0.2; step >= 0.5; step /= 2) {
    const middle = best;
    tried(middle - step);
    tried(middle + step);
  }
  return { value: best, score: scores.get(best)! };
}

/** The lowest mean of all these contenders. */
export function lowestMean(results: readonly Result[]): number {
  return Math.min(...results.map(({ mean }) => mean));
}
