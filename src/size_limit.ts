/**
 * Batches that are smaller for a while, as a handler has found them too large.
 *
 * @module
 */

/** How long the size stays lowered after a batch was too large, in ms. */
const LOWERED_MS = 60_000;

/** What is limited. */
export interface Sized {
  /** Most calls in a batch. */
  size: number;
}

/** Lowers a size, and gives it back when nothing has been too large for a while. */
export class SizeLimit {
  readonly #sized: Sized;
  #fullSize = NaN;
  #until = Infinity;

  /** Makes one that has not lowered anything. */
  constructor(sized: Sized) {
    this.#sized = sized;
  }

  /** Whether it has a size to give back. */
  get isLowered(): boolean {
    return this.#until < Infinity;
  }

  /** So many calls were too many at once. */
  lower(calls: number, now: number): void {
    if (!this.isLowered) this.#fullSize = this.#sized.size;
    this.#until = now + LOWERED_MS;
    this.#sized.size = Math.min(this.#sized.size, Math.ceil(calls / 2));
  }

  /** The size has been set anew: what it was before is forgotten. */
  forget(): void {
    this.#until = Infinity;
  }

  /** Gives the size back when its time has come; returns whether it has. */
  lapse(now: number): boolean {
    if (now < this.#until) return false;
    this.#until = Infinity;
    this.#sized.size = this.#fullSize;
    return true;
  }
}
