/**
 * How many batches may start in a span of time.
 *
 * @module
 */

/** At most so many batches in any span of that length. */
export interface RateLimit {
  /** How many batches; an integer >= 1. */
  readonly batches: number;
  /** The span, in ms, > 0. */
  readonly perMs: number;
}

/** Remembers as many starts as may fall into one span, in a circle. */
export class Rate {
  /** How many batches may start, as of the last refill. */
  left: number;
  readonly #limit: RateLimit;
  readonly #starts: number[] = [];
  /** Where the next start goes. */
  #next = 0;

  /** Makes one that has seen no start. */
  constructor(limit: RateLimit) {
    this.#limit = limit;
    this.left = limit.batches;
  }

  /** When the oldest of the recent starts is out of the span, in ms; `Infinity` when there is none. */
  get nextAt(): number {
    const { batches, perMs } = this.#limit;
    if (this.left === batches) return Infinity;
    return this.#starts[(this.#next + this.left) % batches]! + perMs;
  }

  /** Time has passed. */
  refill(now: number): void {
    while (this.nextAt <= now) this.left++;
  }

  /** A batch starts, which was allowed. */
  start(now: number): void {
    if (this.left === Infinity) return;
    this.#starts[this.#next] = now;
    this.#next = (this.#next + 1) % this.#limit.batches;
    this.left--;
  }
}
