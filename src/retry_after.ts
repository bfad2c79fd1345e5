/**
 * When it is worth calling again.
 *
 * @module
 */
import type { Scheduler } from "./core/scheduler.ts";
import type { Settings } from "./settings.ts";

/** When the queue will have been worked off, in ms from now, by the measured batch time and the rate limit. */
export function retryAfterMs<In>(
  { queue, slots }: Scheduler<In>,
  settings: Settings<In>,
  now: number,
): number {
  const { size, concurrency, rateLimit } = settings;
  const { meanRunMs } = slots;
  const batches = Math.max(1, Math.ceil((queue.queued + 1) / size));
  // All that run are looked through for the oldest one.
  const runMs = meanRunMs >= 0 ? meanRunMs : Math.max(0, now - slots.oldestAt);
  const workMs = runMs * Math.ceil(batches / concurrency);
  const paceMs = rateLimit
    ? rateLimit.perMs * Math.ceil(batches / rateLimit.batches)
    : 0;
  return Math.ceil(Math.max(1, workMs, paceMs));
}
