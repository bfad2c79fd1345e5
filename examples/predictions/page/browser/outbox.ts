/**
 * What is sent one after the other, the newest only: over several connections
 * one could overtake the other, and the older would stay.
 *
 * @module
 */

/** Sends values of which only the last one matters. */
export class Outbox<T> {
  readonly #send: (value: T) => Promise<void>;
  #next: { readonly value: T } | undefined;
  #isBusy = false;

  /** Sends by `send`. */
  constructor(send: (value: T) => Promise<void>) {
    this.#send = send;
  }

  /** Whether something is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Sends it as soon as nothing else is under way; rejects where that fails. */
  async put(value: T): Promise<void> {
    this.#next = { value };
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#next !== undefined) {
        const { value } = this.#next;
        this.#next = undefined;
        await this.#send(value);
      }
    } finally {
      this.#isBusy = false;
      this.#next = undefined;
    }
  }
}
