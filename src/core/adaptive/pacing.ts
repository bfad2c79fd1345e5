/**
 * Keeping several slots out of step.
 *
 * @module
 */
import type { LaneView, Limits } from "../policy.ts";
import type { CostModel } from "./cost_model.ts";
import type { Traffic } from "./traffic.ts";

/** Where a smaller part of the cost is fixed, larger batches save too little. */
const LEAST_FIXED_PART = 0.6;

/**
 * Makes the batches of a lane start at even distances. If a free slot takes the first call
 * that comes, and the next slot the next one, all slots are soon busy with a call each and end
 * together; then one of them takes the whole queue, and the others get crumbs again.
 */
export class Pacing {
  readonly #limits: Limits;
  readonly #cost: CostModel;
  readonly #traffic: Traffic;

  /** Paces by what has been learned of costs and traffic. */
  constructor(limits: Limits, cost: CostModel, traffic: Traffic) {
    this.#limits = limits;
    this.#cost = cost;
    this.#traffic = traffic;
  }

  /** Until when a lane should keep its distance, in ms; `-Infinity` when it need not. */
  until({ waiting, weight }: LaneView): number {
    const { running, startedAt, gapMs } = this.#traffic;
    if (running === 0) return -Infinity;
    const ms = this.#cost.msOf(weight);
    if (this.#cost.fixedMs < LEAST_FIXED_PART * ms) return -Infinity;
    const distance = ms / this.#limits.concurrency;
    const hasItsShare = waiting * gapMs >= distance;
    return hasItsShare ? -Infinity : startedAt + distance;
  }
}
