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
  readonly #limit: RateLimit;
  readonly #starts: number[] = [];
  /** Where the next start goes. */
  #next = 0;
  /** How many of the last starts may still be in the span. */
  #recent = 0;

  /** Makes one that has seen no start. */
  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** When the oldest of the recent starts is out of the span, in ms; `Infinity` when there is none. */
  get nextAt(): number {
    if (this.#recent === 0) return Infinity;
    const { batches, perMs } = this.#limit;
    const oldest = (this.#next - this.#recent + batches) % batches;
    return this.#starts[oldest]! + perMs;
  }

  /** How many batches may start by `now`. */
  allowed(now: number): number {
    while (this.nextAt <= now) this.#recent--;
    return this.#limit.batches - this.#recent;
  }

  /** A batch starts, which was allowed. */
  start(now: number): void {
    this.#starts[this.#next] = now;
    this.#next = (this.#next + 1) % this.#limit.batches;
    this.#recent++;
  }
}
