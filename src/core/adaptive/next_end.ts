/**
 * When a slot becomes free.
 *
 * @module
 */
import type { SlotsView } from "../policy.ts";

/** When the next of the batches that run will have ended, in ms from now, but at most `mostMs`. */
export function nextEndMs(
  slots: SlotsView,
  now: number,
  mostMs: number,
): number {
  // As long as several slots are free any number of batches may run.
  if (mostMs <= 0) return 0;
  let endAt = now + mostMs;
  // Of some it is not known.
  for (const { expectedEndAt } of slots.batches) {
    if (expectedEndAt < endAt) endAt = expectedEndAt;
  }
  return Math.max(0, endAt - now);
}
