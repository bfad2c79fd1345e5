/**
 * A signal that counts who listens to it.
 *
 * @module
 */

/** An AbortController whose signal counts its listeners. */
export class ListenedSignal {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<unknown>();
  /** How many listeners were ever added. */
  added = 0;

  /** Counts from now on. */
  constructor() {
    const { signal } = this;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: unknown[]) => {
      this.added++;
      this.#listeners.add(args[1]);
      Reflect.apply(addEventListener, signal, args);
    };
    signal.removeEventListener = (...args: unknown[]) => {
      this.#listeners.delete(args[1]);
      Reflect.apply(removeEventListener, signal, args);
    };
  }

  /** The signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How many listeners it has. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Aborts it. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }
}
