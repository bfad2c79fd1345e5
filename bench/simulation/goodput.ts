/**
 * How much can be answered in time.
 *
 * @module
 */
import type { Cost } from "./costs.ts";

/** What is to be bounded. */
interface Overload {
  readonly cost: Cost;
  readonly slots: number;
  /** Calls per ms. */
  readonly rate: number;
  readonly deadlineMs: number;
}

/**
 * A bound of what any policy answers in time, per ms: batches of some size on all slots
 * all the time, of calls that have come at most so long before that they can still
 * be in time.
 */
export function goodputBound(
  { cost, slots, rate, deadlineMs }: Overload,
): number {
  let bound = 0;
  for (let count = 1; count <= cost.size; count++) {
    const ms = cost.ms(count);
    const batches = slots / ms;
    const fresh = batches * rate * Math.max(0, deadlineMs - ms);
    bound = Math.max(bound, Math.min(batches * count, fresh, rate));
  }
  return bound;
}
