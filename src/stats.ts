/**
 * Counters and distributions.
 *
 * @module
 */
import type { Batch, LeaveReason } from "./core/call.ts";

/** How a quantity is spread. All are 0 as long as nothing was measured. */
export interface Distribution {
  /** The arithmetic mean. */
  readonly mean: number;
  /** Half of the values are at most this, to 3 %. */
  readonly p50: number;
  /** 95 of 100 values are at most this, to 3 %. */
  readonly p95: number;
  /** 99 of 100 values are at most this, to 3 %. */
  readonly p99: number;
  /** The largest value. */
  readonly max: number;
}

/** What a batcher has done, and does; a snapshot. */
export interface BatcherStats {
  /** Calls accepted so far. */
  readonly calls: number;
  /** Calls fulfilled so far. */
  readonly results: number;
  /** Calls rejected by the answer of their batch so far. */
  readonly failures: number;
  /** Calls that left by their signal so far. */
  readonly aborted: number;
  /** Calls that left by their deadline so far. */
  readonly expired: number;
  /** Calls that were not accepted so far: the queue was full, its policy takes no more, or the batcher is closed. */
  readonly refused: number;
  /** Calls that were dropped from the queue for later ones so far, or rejected at the end of `close`. */
  readonly dropped: number;
  /** Batches that left so far. */
  readonly batches: number;
  /** Calls that wait now, be it for another attempt. */
  readonly waiting: number;
  /** Batches that run now. */
  readonly running: number;
  /** How long the oldest waiting call has waited, in ms; 0 when none waits. */
  readonly oldestWaitMs: number;
  /** How long the oldest running batch has run, in ms; 0 when none runs. */
  readonly oldestRunMs: number;
  /** How often a hook, the `onSettle` of a call, the policy or the `hold` of the host has thrown so far. */
  readonly hookErrors: number;
  /** Calls in a batch when it left; those that share a place by `dedupe` count as one. */
  readonly size: Distribution;
  /** How long the oldest call of a batch waited, in ms. */
  readonly waitMs: Distribution;
  /** How long a batch ran, in ms. */
  readonly runMs: Distribution;
  /** How many batches left for each reason; those that never applied are left out. */
  readonly reasons: Readonly<Partial<Record<LeaveReason, number>>>;
}

/** Buckets for each power of two; a value is known to half of 1/32. */
const STEPS = 32;

/** Counts values in buckets that widen with the value: exact below 64 units, within 3 % above. */
class Histogram {
  /** How many units are 1. */
  readonly #scale: number;
  /** From the lowest that has a value to the highest: most batchers know few values. */
  readonly #buckets: number[] = [];
  /** The first of them. */
  #lowest = 0;
  #count = 0;
  #sum = 0;
  #max = 0;

  constructor(scale: number) {
    this.#scale = scale;
  }

  /** Values above 36 minutes of microseconds are counted as that, those below 0 as 0. */
  add(value: number): void {
    const units = Math.max(value * this.#scale + 0.5, 0);
    const bucket = bucketOf(units < 2 ** 31 ? units | 0 : 2 ** 31 - 1);
    const index = bucket - this.#lowest;
    if (index >= 0 && index < this.#buckets.length) this.#buckets[index]!++;
    else this.#widen(bucket);
    this.#count++;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
  }

  snapshot(): Distribution {
    return {
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      p99: this.#quantile(0.99),
      max: this.#max,
    };
  }

  /** Counts a value in a bucket that was not there, and makes all in between. */
  #widen(bucket: number): void {
    const buckets = this.#buckets;
    if (this.#count === 0) this.#lowest = bucket;
    for (; this.#lowest > bucket; this.#lowest--) buckets.unshift(0);
    while (this.#lowest + buckets.length <= bucket) buckets.push(0);
    buckets[bucket - this.#lowest]!++;
  }

  #quantile(share: number): number {
    let below = Math.max(1, Math.ceil(share * this.#count));
    let bucket = this.#lowest;
    for (const count of this.#buckets) {
      below -= count;
      if (below <= 0) return Math.min(this.#max, topOf(bucket) / this.#scale);
      bucket++;
    }
    return 0;
  }
}

/** Below 2 * STEPS each integer has a bucket; above, each power of two has STEPS. */
function bucketOf(n: number): number {
  if (n < 2 * STEPS) return n;
  const exponent = 31 - Math.clz32(n / STEPS);
  return exponent * STEPS + (n >> exponent);
}

/** The largest integer of a bucket. */
function topOf(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const exponent = Math.floor(bucket / STEPS) - 1;
  return (bucket - exponent * STEPS + 1) * 2 ** exponent - 1;
}

/** What is counted as it happens. The batcher counts. */
export class Stats {
  /** Calls that were not accepted. */
  refused = 0;
  readonly #left = { aborted: 0, expired: 0, dropped: 0, closed: 0 };
  #results = 0;
  #failures = 0;
  readonly #size = new Histogram(1);
  readonly #waitMs = new Histogram(1000);
  readonly #runMs = new Histogram(1000);
  readonly #reasons: Partial<Record<LeaveReason, number>> = {};
  #batches = 0;

  /** A batch leaves. */
  started(batch: Batch<unknown>): void {
    this.#batches++;
    this.#reasons[batch.reason] = 1 + (this.#reasons[batch.reason] ?? 0);
    this.#size.add(batch.count);
    this.#waitMs.add(batch.startedAt - batch.oldestAt);
  }

  /** A batch has ended. */
  ended(runMs: number, results: number, failures: number): void {
    this.#runMs.add(runMs);
    this.#results += results;
    this.#failures += failures;
  }

  /** A call has left before it was answered. */
  left(reason: "aborted" | "expired" | "dropped" | "closed"): void {
    this.#left[reason]++;
  }

  /** Everything, with what is known elsewhere; `results` and `failures` of running batches are added. */
  snapshot(
    now: Pick<
      BatcherStats,
      | "calls"
      | "waiting"
      | "running"
      | "oldestWaitMs"
      | "oldestRunMs"
      | "hookErrors"
      | "results"
      | "failures"
    >,
  ): BatcherStats {
    const { aborted, expired, dropped, closed } = this.#left;
    return {
      ...now,
      results: this.#results + now.results,
      failures: this.#failures + now.failures,
      aborted,
      expired,
      refused: this.refused,
      dropped: dropped + closed,
      batches: this.#batches,
      size: this.#size.snapshot(),
      waitMs: this.#waitMs.snapshot(),
      runMs: this.#runMs.snapshot(),
      reasons: { ...this.#reasons },
    };
  }
}
