/**
 * What the server has said last. What it says of itself and its answer to a change come over two
 * connections, in any order: so both carry a version.
 *
 * @module
 */

/** The last of its words that is no older than what we have changed. */
export class Heard<T> {
  #word: { readonly value: T; readonly version: number } | undefined;
  #changed = 0;

  /** It says so itself. */
  hear(value: T, version: number): void {
    this.#word = { value, version };
  }

  /** A change of ours has become this version. */
  changed(version: number): void {
    this.#changed = version;
  }

  /** It may be another server that speaks next. */
  forget(): void {
    this.#word = undefined;
    this.#changed = 0;
  }

  /** What holds; `undefined` as long as its word on our change is still to come. */
  get value(): T | undefined {
    const isOld = this.#word !== undefined &&
      this.#word.version < this.#changed;
    return isOld ? undefined : this.#word?.value;
  }
}
