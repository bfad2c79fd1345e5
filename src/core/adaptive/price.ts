/**
 * Filling batches that have a price.
 *
 * @module
 */
import type { LaneView } from "../policy.ts";
import type { CostModel } from "./cost_model.ts";
import type { Traffic } from "./traffic.ts";

/** Nobody has come for so many usual gaps: the demand has changed. */
const SILENT_GAPS = 8;

/**
 * Shares the price of a batch, which is as bad as so many ms of one call's waiting, among more
 * calls. As with goods that are ordered in lots, the best lot grows with the root of price
 * and demand. When nobody comes any more, demand is taken to be one call in the time of
 * silence, and the waiting ends.
 */
export class Price {
  readonly #cost: CostModel;
  readonly #traffic: Traffic;

  /** Goes by the price, and by what has been learned of costs and traffic. */
  constructor(cost: CostModel, traffic: Traffic) {
    this.#cost = cost;
    this.#traffic = traffic;
  }

  /** Until when a lane should wait for calls that share the price, in ms; `-Infinity` when it should not. */
  until({ waiting }: LaneView): number {
    const { priceMs } = this.#cost;
    if (priceMs === 0) return -Infinity;
    const { gapMs, calledAt, weightOfOne } = this.#traffic;
    const eachMs = this.#cost.eachMs * weightOfOne;
    // It pays as long as waiting * (waiting + 1) < 2 * price / (gap + 2 * eachMs).
    const mostGapMs = 2 * priceMs / (waiting * (waiting + 1)) - 2 * eachMs;
    if (!(gapMs < mostGapMs)) return -Infinity;
    return calledAt + Math.max(SILENT_GAPS * gapMs, mostGapMs);
  }
}
