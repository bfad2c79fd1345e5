/**
 * Who waits, in order.
 *
 * @module
 */

/** First in, first out; O(1) at both ends. */
export class Line<T> {
  #list: T[] = [];
  #head = 0;

  /** How many wait. */
  get length(): number {
    return this.#list.length - this.#head;
  }

  /** Who waits longest; look only while someone waits. */
  get first(): T {
    return this.#list[this.#head]!;
  }

  /** Waits at the end. */
  push(one: T): void {
    this.#list.push(one);
  }

  /** The one who waits longest. */
  shift(): T {
    return this.take(1)[0]!;
  }

  /** The one who came last. */
  pop(): T {
    return this.#list.pop()!;
  }

  /** Those who wait longest. */
  take(count: number): T[] {
    const taken = this.#list.slice(this.#head, this.#head + count);
    this.#head += taken.length;
    if (this.#head > 1024 && 2 * this.#head > this.#list.length) {
      this.#list = this.#list.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
