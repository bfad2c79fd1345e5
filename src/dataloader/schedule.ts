/**
 * When keys leave, where a function of the user's decides it.
 *
 * @module
 */

/** Whose keys leave. */
export interface Loader {
  readonly batcher: { flush(): unknown };
}

/** Asks the schedule function of a loader, and sends what waits when that calls back. */
export class Schedule {
  readonly #scheduleFn: (callback: () => void) => void;
  /** What the function is called on. */
  readonly #loader: Loader;
  /** Whether it has been asked and has not called back. */
  #isAsked = false;

  /** Makes one that has not been asked. */
  constructor(scheduleFn: (callback: () => void) => void, loader: Loader) {
    this.#scheduleFn = scheduleFn;
    this.#loader = loader;
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
      this.#loader.batcher.flush();
    });
  }
}
