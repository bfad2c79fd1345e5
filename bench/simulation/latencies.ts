/**
 * How long callers waited.
 *
 * @module
 */

/** Bits of the mantissa that are kept: figures are right to a tenth of a percent. */
const KEPT = 10;
const DROPPED = 23 - KEPT;

/** Counts durations by size, in fixed memory whatever their number. */
export class Latencies {
  /** How many were counted. */
  count = 0;
  /** The longest one, in ms. */
  max = 0;
  #sum = 0;
  readonly #counts = new Uint32Array(2 ** (31 - DROPPED));
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);

  /** Counts one, in ms, >= 0. */
  add(ms: number): void {
    this.count++;
    this.#sum += ms;
    if (ms > this.max) this.max = ms;
    this.#float[0] = ms;
    this.#counts[this.#bits[0]! >>> DROPPED]!++;
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
      if (left <= 0) return this.#middle(bin);
    }
    return NaN;
  }

  #middle(bin: number): number {
    this.#bits[0] = (bin << DROPPED) + (1 << (DROPPED - 1));
    return this.#float[0]!;
  }
}
