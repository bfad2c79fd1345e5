/**
 * How sure an answer must be to come in time.
 *
 * @module
 */
import type { CostModel } from "./cost_model.ts";

/** Where all calls of a batch are about as old, none of them may be late by chance. */
const MOST_SPREADS = 2.8;

/**
 * How many times as long as expected a batch may take, for its calls to be in time all the same. The
 * strictest margin is one that hardly any batch exceeds. It may be smaller where fewer
 * calls are at risk: where slots are few and batches uneven, calls of very different age share a
 * batch. And it is no stricter than pays. As long as there is time for all callers to wait
 * for the next batch and to run in it, it costs nothing; beyond that it costs answers,
 * and only where it is the items that take the time does that make room for others.
 */
export function marginOf(
  cost: CostModel,
  targetMs: number,
  slots: number,
): number {
  const { spread, meanMs, fixedMs } = cost;
  if (spread === 0) return 1;
  const strict = MOST_SPREADS / Math.sqrt(1 + 1 / (4 * slots * spread));
  const free = (targetMs / meanMs - 1 - 1 / slots) / spread;
  const useful = strict * Math.sqrt(1 - fixedMs / meanMs);
  return 1 + spread * Math.min(strict, Math.max(free, useful));
}
