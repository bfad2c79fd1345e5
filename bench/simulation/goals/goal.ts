/**
 * What a goal is.
 *
 * @module
 */
import type { Entrant } from "../entrants.ts";

/** How much is simulated. */
export interface Effort {
  /** How many items in a case, about; more where it would be over too soon to tell anything. */
  readonly items: number;
  /** Every case is tried with each of them. */
  readonly seeds: readonly number[];
  /** The step of timers where a goal does not name one, in ms. */
  readonly timerStepMs: number;
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
  /** What is simulated for it. */
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

/** Whether a figure is good enough. */
export function isReached({ limit, isCeiling }: Goal, value: number): boolean {
  return isCeiling ? value <= limit : value >= limit;
}
