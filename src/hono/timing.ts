/**
 * Tells clients where the time went, by the `Server-Timing` header.
 *
 * @module
 */
import type { SettleInfo } from "../core/call.ts";

/** The time of a request in its queue and its batch; all of it, where it was in no batch. */
export function timingOf(
  info: SettleInfo | undefined,
  totalMs: number,
): string {
  if (info === undefined) return `total;dur=${shown(totalMs)}`;
  const { waitMs, runMs, size, reason } = info;
  return `queue;dur=${shown(waitMs)}, batch;dur=${
    shown(runMs)
  };desc="${size} ${reason}"`;
}

function shown(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
