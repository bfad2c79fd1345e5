/**
 * Counts what virtual clients were answered, and sums it up a few times a second.
 *
 * @module
 */

import type { Mode } from "./settings.ts";

/** What happened since the last one. */
export interface Tick {
  /** When it ends, in seconds since 1970. */
  readonly at: number;
  readonly mode: Mode;
  readonly callers: number;
  readonly requestsPerSecond: number;
  /** Half of the requests took at most this; 0 if there were none, as all that follows. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Calls per batch. */
  readonly meanBatch: number;
  readonly largestBatch: number;
  /** How many batches left for each reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Answers of 503: there was no place for the request. */
  readonly refusedPerSecond: number;
  /** Answers of another status. */
  readonly failures: number;
}

/** What `Server-Timing` tells of the batch of a call. */
const batchPattern = /desc="(\d+) (\w+)"/;

/** Counts. */
export class Tally {
  #latencies: number[] = [];
  #batches = 0;
  #largest = 0;
  #reasons = new Map<string, number>();
  #refused = 0;
  #failures = 0;

  /** A request was answered. */
  add(response: Response, latencyMs: number): void {
    if (response.status !== 200) {
      if (response.status === 503) this.#refused++;
      else this.#failures++;
      return;
    }
    this.#latencies.push(latencyMs);
    const timing = response.headers.get("server-timing") ?? "";
    const [, digits, reason] = batchPattern.exec(timing) ?? [];
    if (digits === undefined || reason === undefined) return;
    // Each call of a batch of n is an n-th of it.
    const part = 1 / Number(digits);
    this.#batches += part;
    this.#largest = Math.max(this.#largest, Number(digits));
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + part);
  }

  /** Sums up what came in the last `elapsedMs`, and begins anew. */
  take(elapsedMs: number): Omit<Tick, "at" | "mode" | "callers"> {
    const latencies = this.#latencies.sort((a, b) => a - b);
    const tick = {
      requestsPerSecond: latencies.length / elapsedMs * 1000,
      p50Ms: quantile(latencies, 0.5),
      p95Ms: quantile(latencies, 0.95),
      meanBatch: this.#batches > 0 ? latencies.length / this.#batches : 0,
      largestBatch: this.#largest,
      reasons: Object.fromEntries(this.#reasons),
      refusedPerSecond: this.#refused / elapsedMs * 1000,
      failures: this.#failures,
    };
    this.#latencies = [];
    this.#batches =
      this.#largest =
      this.#refused =
      this.#failures =
        0;
    this.#reasons.clear();
    return tick;
  }
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}
