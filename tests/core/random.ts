/** The same numbers for the same seed, on every runtime (xorshift, 32 bits). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed | 0, 0x9e3779b1) || 1;
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  /** A whole number, at least 0, below `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** One of these. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** True about that often. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
