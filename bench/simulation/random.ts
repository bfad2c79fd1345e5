/**
 * Chance that can be repeated: equal seeds, equal numbers.
 *
 * @module
 */

/** Where chance comes from. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  /** Equal seeds and names give equal numbers; different ones have nothing in common. */
  constructor(seed: number, name = "") {
    let hash = 2166136261 ^ seed;
    for (let i = 0; i < name.length; i++) {
      hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
    }
    this.#a = hash | 0;
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 2 ** 32) | 0;
    for (let i = 0; i < 20; i++) this.next();
  }

  /** A number in [0, 1), all equally likely. */
  next(): number {
    // A small fast counting generator: three words that are mixed, and a counter.
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A number in [low, high) whose logarithm is equally likely everywhere. */
  magnitude(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  /** One of these. */
  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }

  /** A wait for what comes at any time, once in `mean` on average. */
  wait(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** A number around 0, spread by 1 like errors are. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** A positive number with mean 1 and this relative spread. */
  factor(spread: number): number {
    if (spread === 0) return 1;
    const variance = Math.log(1 + spread * spread);
    return Math.exp(Math.sqrt(variance) * this.normal() - variance / 2);
  }
}
