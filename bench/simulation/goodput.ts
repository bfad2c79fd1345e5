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
  /** What batches take on top, in ms on average. @default 0 */
  readonly hiccupMs?: number;
}

/**
 * A bound of what any policy answers in time, per ms: batches of some size on all slots
 * all the time, of calls that have come at most so long before that they can still
 * be in time. How long a batch will take is known to nobody before it has ended.
 */
export function goodputBound(
  { cost, slots, rate, deadlineMs, noise = 0, hiccupMs = 0 }: Overload,
): number {
  const samples = samplesOf(noise, hiccupMs);
  let bound = 0;
  for (let count = 1; count <= cost.size; count++) {
    const ms = cost.ms(count);
    let inTime = 0;
    for (const { factor, hiccup } of samples) {
      const fresh = rate * Math.max(0, deadlineMs - factor * ms - hiccup);
      inTime += Math.min(count, fresh) / samples.length;
    }
    const inTimePerMs = slots * inTime / (ms + hiccupMs);
    bound = Math.max(bound, Math.min(inTimePerMs, rate));
  }
  return bound;
}

/** How many times as long as usual batches take, and what they take on top; all equally likely. */
function samplesOf(
  noise: number,
  hiccupMs: number,
): readonly { factor: number; hiccup: number }[] {
  if (noise === 0 && hiccupMs === 0) return [{ factor: 1, hiccup: 0 }];
  const random = new Random(1, "noise");
  const samples = Array.from({ length: 1000 }, () => ({
    factor: random.factor(noise),
    hiccup: random.wait(hiccupMs),
  }));
  const sum = samples.reduce((sum, { factor }) => sum + factor, 0);
  const mean = sum / samples.length;
  return samples.map(({ factor, hiccup }) => ({
    factor: factor / mean,
    hiccup,
  }));
}
