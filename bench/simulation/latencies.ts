/**
 * How long callers waited.
 *
 * @module
 */

/** Bits of the mantissa that are kept: figures are right to a tenth of a percent. */
const KEPT = 10;
const DROPPED = 23 - KEPT;
/** What is shorter counts as this, what is longer as that, in ms. */
const [SHORTEST, LONGEST] = [2 ** -20, 2 ** 30];

/** Counts durations by size, in fixed memory whatever their number. */
export class Latencies {
  /** How many were counted. */
  count = 0;
  /** The longest one, in ms. */
  max = 0;
  #sum = 0;
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  readonly #first = this.#binOf(SHORTEST);
  readonly #counts = new Uint32Array(this.#binOf(LONGEST) - this.#first + 1);

  /** Counts one, in ms, >= 0. */
  add(ms: number): void {
    this.count++;
    this.#sum += ms;
    if (ms > this.max) this.max = ms;
    const counted = Math.min(Math.max(ms, SHORTEST), LONGEST);
    this.#counts[this.#binOf(counted) - this.#first]!++;
  }

  /** Counts all that another one has counted. */
  include(other: Latencies): void {
    this.count += other.count;
    this.max = Math.max(this.max, other.max);
    this.#sum += other.#sum;
    other.#counts.forEach((count, bin) => this.#counts[bin]! += count);
  }

  /** Their mean, in ms. */
  get mean(): number {
    return this.#sum / this.count;
  }

  /** The duration, in ms, that this share of them does not exceed. */
  quantile(share: number): number {
    let left = share * this.count;
    for (let bin = 0; bin < this.#counts.length; bin++) {
      left -= this.#counts[bin]!;
      if (left <= 0) return this.#middle(bin + this.#first);
    }
    return NaN;
  }

  /** The leading bits of a number that is not negative grow with it. */
  #binOf(ms: number): number {
    this.#float[0] = ms;
    return this.#bits[0]! >>> DROPPED;
  }

  #middle(bin: number): number {
    this.#bits[0] = (bin << DROPPED) + (1 << (DROPPED - 1));
    return this.#float[0]!;
  }
}
