/**
 * Time that never goes back.
 *
 * @module
 */

/** A clock that is behind by more than this, in ms, has begun anew, or its timers are fake and it is not. */
const PATIENCE_MS = 1000;

/**
 * Runtimes ring timers a little early, and on workerd requests have clocks of their own: time waits for a
 * clock that is behind. It goes on at once with one that has begun anew.
 */
export class SteadyClock {
  readonly #read: () => number;
  /** Grows where time waits for the clock no more. */
  #aheadMs = 0;
  #latest = 0;

  /** Makes one that goes by what this reads, in ms. */
  constructor(read: () => number) {
    this.#read = read;
  }

  /** The time, in ms. */
  now(): number {
    const time = this.#read() + this.#aheadMs;
    const missing = this.#latest - time;
    if (missing > PATIENCE_MS) this.#aheadMs += missing;
    else this.reach(time);
    return this.#latest;
  }

  /** It is that time at least, in ms. */
  reach(time: number): void {
    if (time > this.#latest) this.#latest = time;
  }
}
