/**
 * Moments in which this process stood still, as the machine had other things to do. Callers who stand
 * still look to a server as if they asked no more: one that is about to end hangs up on them.
 *
 * @module
 */

/** A server that ends waits at least so long for the next request of a connection. */
const LONG_MS = 100;

/** Notices them until it is ended. */
export class Standstill {
  readonly #ticking: ReturnType<typeof setInterval>;
  #tickedAt = performance.now();
  #endedAt = -Infinity;

  /** Begins. */
  constructor() {
    this.#ticking = setInterval(() => this.#look(), 10);
  }

  /** Whether one has ended since then, by `performance.now()`. */
  since(time: number): boolean {
    this.#look();
    return this.#endedAt >= time;
  }

  /** Notices no more. */
  end(): void {
    clearInterval(this.#ticking);
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#tickedAt >= LONG_MS) this.#endedAt = now;
    this.#tickedAt = now;
  }
}
