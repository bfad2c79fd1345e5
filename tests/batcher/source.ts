/**
 * Items that are counted as they are taken.
 *
 * @module
 */
import { turns } from "./watched.ts";

/** The numbers from 0, as a source of items. */
export class Source {
  /** How many were taken so far. */
  taken = 0;
  /** Whether whoever took them has said that it takes no more. */
  isEnded = false;
  readonly #count: number;

  /** Makes one of so many numbers. */
  constructor(count: number) {
    this.#count = count;
  }

  /** At once. */
  *items(): Iterable<number> {
    try {
      while (this.taken < this.#count) yield this.taken++;
    } finally {
      this.isEnded = true;
    }
  }

  /** Each one in a turn of its own. */
  async *slowItems(): AsyncIterable<number> {
    try {
      while (this.taken < this.#count) {
        await turns(1);
        yield this.taken++;
      }
    } finally {
      this.isEnded = true;
    }
  }
}
