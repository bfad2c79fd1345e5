/**
 * How those hear who wait until a batcher is closed and nothing is left.
 *
 * @module
 */
import type { Host } from "./host.ts";
import { ownPromise } from "./own_promise.ts";

/** Fulfils a promise as late as a rejection comes, after all callers have heard. */
export const LATE: PromiseLike<void> = {
  then: ((resolve: () => void) => resolve()) as PromiseLike<void>["then"],
};

/** Comes, and again for who asks later. */
export class Closing {
  readonly #host: Host;
  /** The same for all who ask, but where a promise belongs to the request that made it. */
  #shared: Promise<void> | undefined;
  readonly #waiting: ((value: PromiseLike<void>) => void)[] = [];
  /** When it comes though something is left, in ms; `Infinity` when never, or when it has come. Set here alone. */
  dueAt: number = Infinity;

  /** Makes one that has not come. */
  constructor(host: Host) {
    this.#host = host;
  }

  /** A promise of it. */
  get promise(): Promise<void> {
    if (this.#host.join) return this.#wait();
    return this.#shared ??= this.#wait();
  }

  /** Comes by this time. The earliest of several holds. */
  giveUpAt(time: number): void {
    this.dueAt = Math.min(this.dueAt, time);
  }

  /** Tells all who wait. */
  come(): void {
    this.dueAt = Infinity;
    for (const resolve of this.#waiting.splice(0)) resolve(LATE);
  }

  #wait(): Promise<void> {
    return ownPromise((resolve) => void this.#waiting.push(resolve));
  }
}
