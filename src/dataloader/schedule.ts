/**
 * When keys leave, where a function of the user's decides it.
 *
 * @module
 */

import type { Host } from "../host.ts";

/** Whose keys leave. */
export interface Loader {
  readonly batcher: { flush(): unknown };
}

/** Asks the schedule function of a loader, and sends what waits when that calls back. */
export class Schedule {
  readonly #scheduleFn: (callback: () => void) => void;
  /** What the function is called on. */
  readonly #loader: Loader;
  readonly #host: Host;
  /** Whether it has been asked and has not called back. */
  #isAsked = false;

  /** Makes one that has not been asked. */
  constructor(
    scheduleFn: (callback: () => void) => void,
    loader: Loader,
    host: Host,
  ) {
    this.#scheduleFn = scheduleFn;
    this.#loader = loader;
    this.#host = host;
  }

  /** A key is about to wait. */
  ask(): void {
    if (this.#isAsked) return;
    this.#scheduleFn.call(this.#loader, () => this.#send());
    this.#isAsked = true;
  }

  /** The function calls back: also, when it does so at once, for the key that it was asked for. */
  #send(): void {
    queueMicrotask(() => {
      this.#isAsked = false;
      // For whoever waits, and not for a batch that asked: what it sends needs no slot.
      this.#host.neutral(() => this.#loader.batcher.flush());
    });
  }
}
