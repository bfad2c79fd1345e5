/**
 * A list that things enter and leave often.
 *
 * @module
 */

/** What may be on one {@link Roll}: it remembers where. */
export interface Listed {
  /** Its position on the roll; -1 when it is on none. The roll keeps it. */
  position: number;
}

/**
 * An unordered list with O(1) entry and exit. A `Set` would do the same, but each of its
 * tables keeps the next one alive, and with it, until a full collection, whatever was
 * in there: with one entry per batch that costs more than all the rest.
 */
export class Roll<T extends Listed> implements Iterable<T> {
  readonly #members: T[] = [];

  /** How many are on it. */
  get size(): number {
    return this.#members.length;
  }

  /** Those that are on it, in no order; who visits them must not delete any. */
  [Symbol.iterator](): Iterator<T> {
    return this.#members[Symbol.iterator]();
  }

  /** Enters; what is on it already stays. */
  add(member: T): void {
    if (member.position < 0) {
      member.position = this.#members.push(member) - 1;
    }
  }

  /** Leaves; the last one takes the place. */
  delete(member: T): void {
    if (member.position < 0) return;
    const last = this.#members.pop()!;
    if (last !== member) {
      last.position = member.position;
      this.#members[last.position] = last;
    }
    member.position = -1;
  }
}
