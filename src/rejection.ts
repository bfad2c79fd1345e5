/**
 * How those calls are rejected of which only `resolve` is kept.
 *
 * @module
 */

/** Rejects the promise whose `resolve` is called with it. */
export class Rejection {
  readonly #error: unknown;

  /** Makes one that rejects with this error. */
  constructor(error: unknown) {
    this.#error = error;
  }

  /** Called by the promise. */
  then(_resolve: unknown, reject: (error: unknown) => void): void {
    reject(this.#error);
  }
}
