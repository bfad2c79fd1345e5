/**
 * What rounds of measurements come to.
 *
 * @module
 */
import { median } from "./averages.ts";
import type { Rounds } from "./turns.ts";

export { geometricMean, mean, median } from "./averages.ts";

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
