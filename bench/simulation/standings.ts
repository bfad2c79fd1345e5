/**
 * Who reaches which goal.
 *
 * @module
 */
import type { Entrant } from "./entrants.ts";
import { type Effort, type Goal, isReached } from "./goals/goal.ts";

/** How all of them fare with a goal. */
export interface Standing {
  readonly goal: Goal;
  /** The names of its cases. */
  readonly cases: readonly string[];
  /** In the order of the entrants. */
  readonly scores: readonly Score[];
}

/** How one of them fares. */
export interface Score {
  readonly entrant: Entrant;
  readonly value: number;
  readonly isReached: boolean;
  /** One for each case. */
  readonly values: readonly number[];
}

/** Lets all of them try. */
export function standing(
  goal: Goal,
  entrants: readonly Entrant[],
  effort: Effort,
): Standing {
  const cases = goal.cases(effort);
  const scores = entrants.map((entrant) => {
    const values = cases.map((one) => one.value(entrant));
    const value = goal.combine(values);
    return { entrant, value, values, isReached: isReached(goal, value) };
  });
  return { goal, cases: cases.map(({ name }) => name), scores };
}
