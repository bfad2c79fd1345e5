/**
 * When keys leave that a batch waits for.
 *
 * @module
 */
import type { Loader } from "./schedule.ts";

/** What follows it follows in the context of who asks. */
const READY = Promise.resolve();

/** Sends what waits: now, and once for all that the same batch asks for until its code has returned. */
export class Hurry {
  readonly #loader: Loader;
  /** The batch function, by its mark, for which keys have just been sent and will be again when it goes on. */
  #sentFor: unknown = undefined;

  /** Makes one that has sent nothing. */
  constructor(loader: Loader) {
    this.#loader = loader;
  }

  /** A batch, by its mark, waits for a key that is on its way. */
  sendFor(mark: unknown): void {
    if (this.#sentFor === mark) return;
    this.#sentFor = mark;
    READY.then(() => {
      this.#sentFor = undefined;
      this.#loader.batcher.flush();
    });
    this.#loader.batcher.flush();
  }
}
