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

/** Remembers as many starts as may fall into one span: the next one waits until the oldest of them is out of it. */
export class Rate {
  readonly #limit: RateLimit;
  readonly #starts: number[] = [];
  /** Where the oldest start is, once all are remembered. */
  #oldest = 0;

  /** Makes one that has seen no start. */
  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** When the next batch may start, in ms; in the past when one may start at once. */
  get nextAt(): number {
    const { batches, perMs } = this.#limit;
    if (this.#starts.length < batches) return -Infinity;
    return this.#starts[this.#oldest]! + perMs;
  }

  /** How many batches may start by `now`. */
  allowed(now: number): number {
    const { batches, perMs } = this.#limit;
    let allowed = batches - this.#starts.length;
    for (let i = 0; i < this.#starts.length; i++) {
      const start = this.#starts[(this.#oldest + i) % this.#starts.length]!;
      if (start + perMs > now) break;
      allowed++;
    }
    return allowed;
  }

  /** A batch starts. */
  start(now: number): void {
    const { batches } = this.#limit;
    if (this.#starts.length < batches) {
      this.#starts.push(now);
      return;
    }
    this.#starts[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % batches;
  }
}
