/**
 * What a batch costs, learned from those that ran.
 *
 * @module
 */

/** Of how many batches a mean remembers most. */
const MEMORY = 32;

/** With less relative variance in weight than this, nothing can be told of what an item costs. */
const LEAST_VARIANCE = 1e-3;

/** A batch that took half as long again as expected, or less than two thirds, and that by so many spreads, is a surprise. */
const SURPRISING_SPREADS = 4;

/** One surprise is an accident; so many in a row are a new truth. */
const SURPRISES_TO_BELIEVE = 3;

/**
 * A line through what batches took: `fixedMs + eachMs * weight`, by least squares that
 * forget. Two guards: while all batches weigh about the same, the slope stays about as
 * it is; and a single batch that took far longer, or shorter, than any before says
 * nothing, but three of them in a row make the model start anew.
 */
export class CostModel {
  /** What a batch costs, whatever is in it, in ms. */
  fixedMs = 0;
  /** What a unit of weight costs on top, in ms. */
  eachMs = 0;
  /** How far batches are from the line, as a part of what it says: about their relative standard deviation. */
  spread = 0;
  /** How many batches it has learned from. */
  batches = 0;
  /** How many batches in a row have taken time, as far as the clock can tell. */
  timed = 0;
  /** What a batch costs beside its time, in ms of one call's waiting. Told, not learned. */
  readonly priceMs: number;

  readonly #doubt: number;
  #memory = 0;
  #weight = 0;
  #ms = 0;
  #variance = 0;
  #msVariance = 0;
  #covariance = 0;
  /** How many in a row have taken far longer; negative: far shorter. */
  #surprises = 0;

  /**
   * Makes one that knows nothing.
   *
   * @param doubt How many standard errors the slope is taken to be flatter than measured. Where it says how
   * large batches may be, one that is too steep is never found out: no large batch would run.
   * @param priceMs What a batch costs beside its time.
   */
  constructor(doubt = 0, priceMs = 0) {
    this.#doubt = doubt;
    this.priceMs = priceMs;
  }

  /** What batches have taken of late, on average, in ms. */
  get meanMs(): number {
    return this.#ms;
  }

  /** What batches have weighed of late, on average. */
  get meanWeight(): number {
    return this.#weight;
  }

  /** What a batch of that weight will probably take, in ms. */
  msOf(weight: number): number {
    return this.eachMs > 0 ? this.fixedMs + this.eachMs * weight : this.fixedMs;
  }

  /** What fits into that time: a weight; negative when not even an empty batch does. */
  weightIn(ms: number): number {
    const rest = ms - this.fixedMs;
    return rest < 0 || this.eachMs > 0 ? rest / this.eachMs : Infinity;
  }

  /** Hears that a batch of that weight took so long. */
  learn(weight: number, ms: number): void {
    this.timed = ms > 0 ? this.timed + 1 : 0;
    const expectedMs = this.msOf(weight);
    if (expectedMs > 0 && this.#isAccident(ms / expectedMs)) return;
    this.batches++;
    this.#memory = Math.min(this.#memory + 1, MEMORY);
    this.#fit(weight, ms, 1 / this.#memory);
  }

  /** Weighs how many times as long as expected a batch took, and says whether it is none to learn from. */
  #isAccident(times: number): boolean {
    const limit = Math.max(0.5, SURPRISING_SPREADS * this.spread);
    const isSurprise = Math.max(times, 1 / times) > 1 + limit;
    // The mean deviation of an error is 0.8 times its standard deviation.
    const deviation = 1.25 * (isSurprise ? limit : Math.abs(times - 1));
    const memory = Math.min(this.batches + 1, MEMORY);
    this.spread += (deviation - this.spread) / memory;
    if (!isSurprise) {
      this.#surprises = 0;
      return false;
    }
    const sign = times > 1 ? 1 : -1;
    this.#surprises = sign * (Math.max(0, sign * this.#surprises) + 1);
    if (Math.abs(this.#surprises) < SURPRISES_TO_BELIEVE) return true;
    this.#surprises = 0;
    this.#memory = 0;
    return false;
  }

  /**
   * Moves means, variances and covariance, and lays the line anew. A batch of about the usual weight says next to
   * nothing of the slope, and next to nothing of what is known of that is forgotten for it: where all batches
   * are about as large, noise would soon be all there is. Doubt sees that, and goes by the batches of late.
   */
  #fit(weight: number, ms: number, share: number): void {
    const step = weight - this.#weight;
    const news = this.#doubt > 0 ? 1 : step * step / (this.#variance || 1);
    const rest = 1 - share * Math.max(share, Math.min(1, news));
    this.#variance = rest * (this.#variance + share * step * step);
    const msStep = ms - this.#ms;
    this.#covariance = rest * (this.#covariance + share * step * msStep);
    this.#msVariance = rest * (this.#msVariance + share * msStep * msStep);
    this.#weight += share * step;
    this.#ms += share * msStep;
    this.#tilt();
    const mostMs = this.#weight > 0 ? this.#ms / this.#weight : 0;
    this.eachMs = Math.min(this.eachMs, mostMs);
    this.fixedMs = Math.max(0, this.#ms - this.eachMs * this.#weight);
  }

  #tilt(): void {
    const square = this.#weight * this.#weight + this.#variance;
    if (this.#variance <= LEAST_VARIANCE * square) return;
    const measured = this.#covariance / this.#variance;
    this.eachMs = Math.max(0, measured - this.#doubt * this.#errorOf(measured));
  }

  /** The standard error of the slope: what it leaves unexplained, by how many batches there are. */
  #errorOf(slope: number): number {
    const unexplained = this.#msVariance / this.#variance - slope * slope;
    const freedom = Math.max(1, this.#memory - 2);
    return Math.sqrt(Math.max(0, unexplained) / freedom);
  }
}
