/**
 * How sure an answer must be to come in time.
 *
 * @module
 */
import type { CostModel } from "./cost_model.ts";

/** So many spreads hardly any batch exceeds. */
const MOST_SPREADS = 3.2;

/**
 * How many times as long as expected a batch may take, for its calls to be in time all the same.
 *
 * A margin of `free` spreads costs nothing: there is still time for all callers to wait for the next
 * batch. Beyond that it turns callers away, or makes batches smaller: of `room` spreads that there
 * are for waiting, `spreads` are lost. Of those that are left a part of `exp(-1 - spreads)` is late
 * by chance. `useful` is about where most are in time; less where slots are few and batches
 * uneven, since calls of very different age share a batch then, and only the oldest are at risk.
 */
export function marginOf(
  cost: CostModel,
  targetMs: number,
  slots: number,
): number {
  const { spread, meanMs, fixedMs } = cost;
  if (spread === 0) return 1;
  const waitMs = (1 + 2 * spread) * meanMs / slots;
  const free = ((targetMs - waitMs) / meanMs - 1) / spread;
  const room = (targetMs / fixedMs - 1) / spread;
  const useful = Math.min(
    Math.log(1 + Math.max(0, room)) - 1,
    MOST_SPREADS / Math.sqrt(1 + 1 / (4 * slots * spread)),
  );
  return 1 + spread * Math.max(0, Math.min(free, MOST_SPREADS), useful);
}
