/**
 * What was seen of a service in some time, as plain data.
 *
 * @module
 */
import type { Tally } from "./open_loop.ts";

/** What became of the requests of some time. */
export interface Seen {
  /** Its end, in seconds of load. */
  readonly at: number;
  /** How many requests were to come per second. */
  readonly perSecond: number;
  /** How many have come per second. */
  readonly offered: number;
  /** Answered with 200 in time, per second: what was done in that time, without what it left to do. */
  readonly good: number;
  /** Refused with 503, per second. */
  readonly refused: number;
  /** What else did not go well, per second: mostly clients that gave up. */
  readonly lost: number;
  /** The share of all that were not good. */
  readonly failedShare: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly refusalP95Ms: number;
  /** The p95 of how late the generator was. */
  readonly latenessMs: number;
  readonly meanBatch: number;
}

/** Where and when it was seen. */
export interface Frame {
  readonly at: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly timeoutMs: number;
  /** How many were answered with 200 before its end; the tally knows what came of the others as well. */
  readonly answered: number;
  readonly meanBatch: number;
}

/** Makes plain data of what was counted. */
export function seenIn(
  tally: Tally,
  { at, seconds, perSecond, timeoutMs, answered, meanBatch }: Frame,
): Seen {
  const { latencies, lateness, refusals, failed, offered } = tally;
  const settled = latencies.count + failed;
  return {
    at,
    perSecond,
    offered: offered / seconds,
    good: answered / seconds,
    refused: refusals.count / seconds,
    lost: (failed - refusals.count) / seconds,
    failedShare: settled > 0 ? failed / settled : 0,
    p50Ms: quantileOf(tally, 0.5, timeoutMs),
    p95Ms: quantileOf(tally, 0.95, timeoutMs),
    refusalP95Ms: refusals.count > 0 ? refusals.quantile(0.95) : 0,
    latenessMs: lateness.count > 0 ? lateness.quantile(0.95) : 0,
    meanBatch,
  };
}

/**
 * How long clients waited that were not refused. Those who gave up have waited for all of their
 * patience: a service must not look fast because it answers none but a few.
 */
function quantileOf(
  { latencies, refusals, failed }: Tally,
  share: number,
  timeoutMs: number,
): number {
  const waited = latencies.count + failed - refusals.count;
  if (waited === 0) return 0;
  const shareOfGood = share * waited / latencies.count;
  return shareOfGood <= 1 ? latencies.quantile(shareOfGood) : timeoutMs;
}
