/**
 * How much can be answered in time.
 *
 * @module
 */
import type { Cost } from "./costs.ts";
import { Random } from "./random.ts";

/** What is to be bounded. */
interface Overload {
  readonly cost: Cost;
  readonly slots: number;
  /** Calls per ms. */
  readonly rate: number;
  readonly deadlineMs: number;
  /** The relative spread of what batches take. @default 0 */
  readonly noise?: number;
}

/**
 * A bound of what any policy answers in time, per ms: batches of some size on all slots
 * all the time, of calls that have come at most so long before that they can still
 * be in time. How long a batch will take is known to nobody before it has ended.
 */
export function goodputBound(
  { cost, slots, rate, deadlineMs, noise = 0 }: Overload,
): number {
  const factors = factorsOf(noise);
  let bound = 0;
  for (let count = 1; count <= cost.size; count++) {
    const ms = cost.ms(count);
    let inTime = 0;
    for (const factor of factors) {
      const fresh = rate * Math.max(0, deadlineMs - factor * ms);
      inTime += Math.min(count, fresh) / factors.length;
    }
    bound = Math.max(bound, Math.min(slots * inTime / ms, rate));
  }
  return bound;
}

/** How much longer than usual batches take, all equally likely. */
function factorsOf(noise: number): readonly number[] {
  if (noise === 0) return [1];
  const random = new Random(1, "noise");
  const factors = Array.from({ length: 1000 }, () => random.factor(noise));
  const mean = factors.reduce((a, b) => a + b) / factors.length;
  return factors.map((factor) => factor / mean);
}
