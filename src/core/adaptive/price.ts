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

/** For about so many batches it is remembered that nobody came: others may call by now. */
const MEMORY_BATCHES = 64;

/**
 * Shares the price of a batch, which is as bad as so many ms of one call's waiting, among more
 * calls. As with goods that are ordered in lots, the best lot grows with the root of price
 * and demand. When nobody comes any more, demand is taken to be one call in the time of
 * silence, and the waiting ends. Where it is always the same callers, who are all there, it
 * ends before: of that only those can be sure who have waited in vain.
 */
export class Price {
  readonly #cost: CostModel;
  readonly #traffic: Traffic;
  /** How many calls wait for others though all callers seem to be there; 0 when none do. */
  #complete = 0;
  /** How often such calls have waited in vain, of late. */
  #vain = 0;

  /** Goes by the price, and by what has been learned of costs and traffic. */
  constructor(cost: CostModel, traffic: Traffic) {
    this.#cost = cost;
    this.#traffic = traffic;
  }

  /** Until when a lane should wait for calls that share the price, in ms; `-Infinity` when it should not. */
  until({ waiting }: LaneView): number {
    const { priceMs } = this.#cost;
    if (priceMs === 0) return -Infinity;
    const { gapMs, calledAt, weightOfOne, crowd } = this.#traffic;
    const eachMs = this.#cost.eachMs * weightOfOne;
    // It pays as long as waiting * (waiting + 1) < 2 * price / (gap + 2 * eachMs).
    const mostGapMs = 2 * priceMs / (waiting * (waiting + 1)) - 2 * eachMs;
    if (!(gapMs < mostGapMs)) return -Infinity;
    if (crowd.isClosed && crowd.absentWhen(waiting) <= 0) {
      if (this.#vain >= 1) return -Infinity;
      this.#complete ||= waiting;
    }
    return calledAt + Math.max(SILENT_GAPS * gapMs, mostGapMs);
  }

  /** A batch leaves with so many calls: others have come, or not. */
  started(calls: number): void {
    if (this.#complete === 0) this.#vain -= this.#vain / MEMORY_BATCHES;
    else this.#vain = calls > this.#complete ? 0 : this.#vain + 1;
    this.#complete = 0;
  }
}
