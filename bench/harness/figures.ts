/**
 * What rounds of measurements come to.
 *
 * @module
 */
import type { Rounds } from "./turns.ts";

/** What one contestant takes. */
export interface Figures {
  /** For one call, in ns. */
  readonly ns: number;
  /** As many times as the first contestant takes in the same round. */
  readonly ratio: number;
  /** How many ns more than that one. */
  readonly extraNs: number;
}

/** The medians over all rounds of several processes, by contestant. */
export function figuresOf(
  processes: readonly Rounds[],
): Readonly<Record<string, Figures>> {
  const names = Object.keys(processes[0]!);
  const roundsOf = (name: string) =>
    processes.flatMap((rounds) => rounds[name]!);
  const first = roundsOf(names[0]!);
  const figures = names.map((name) => {
    const ns = roundsOf(name);
    return [name, {
      ns: median(ns),
      ratio: median(ns.map((each, round) => each / first[round]!)),
      extraNs: median(ns.map((each, round) => each - first[round]!)),
    }];
  });
  return Object.fromEntries(figures);
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The mean of ratios: of 2 and 1/2 it is 1. */
export function geometricMean(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + Math.log(value), 0);
  return Math.exp(sum / values.length);
}
