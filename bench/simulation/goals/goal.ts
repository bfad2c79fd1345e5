/**
 * What a goal is.
 *
 * @module
 */
import type { Entrant, Wish } from "../entrants.ts";
import { type Result, type Scenario, simulate } from "../simulation.ts";

/** How much is simulated. */
export interface Effort {
  /** How many items in a case, about. */
  readonly items: number;
  /** Every case is tried with each of them. */
  readonly seeds: readonly number[];
  /** Of the cases only some. */
  readonly isQuick: boolean;
}

/** A figure that is to be reached, whoever batches. */
export interface Goal {
  readonly id: string;
  /** What is measured, and in what. */
  readonly title: string;
  readonly limit: number;
  /** Whether less is better. */
  readonly isCeiling: boolean;
  /** The cases, made anew for each effort. */
  cases(effort: Effort): readonly Case[];
  /** Makes one figure of those of all cases. */
  combine(values: readonly number[]): number;
}

/** A figure of one scenario. */
export interface Case {
  readonly name: string;
  value(entrant: Entrant): number;
}

/** The figure of the worst case of a ceiling. */
export function highest(values: readonly number[]): number {
  return Math.max(...values);
}

/** The figure of the worst case of a floor. */
export function lowest(values: readonly number[]): number {
  return Math.min(...values);
}

/** A scenario that is run once for each entrant, whoever asks. */
export class Trial {
  readonly scenario: Scenario;
  readonly #wish: Wish;
  readonly #results = new Map<Entrant, Result>();

  /** Asks all of them for the same. */
  constructor(scenario: Scenario, wish: Wish = {}) {
    this.scenario = scenario;
    this.#wish = wish;
  }

  /** What comes of it when this one batches. */
  of(entrant: Entrant): Result {
    let result = this.#results.get(entrant);
    if (result === undefined) {
      result = simulate(this.scenario, entrant.contender(this.#wish));
      this.#results.set(entrant, result);
    }
    return result;
  }
}

/** Computes something once, when it is first asked for. */
export function once<T>(compute: () => T): () => T {
  let value: { of: T } | undefined;
  return () => (value ??= { of: compute() }).of;
}
