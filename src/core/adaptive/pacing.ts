/**
 * Keeping several slots out of step.
 *
 * @module
 */
import type { LaneView, Limits } from "../policy.ts";
import type { CostModel } from "./cost_model.ts";
import type { Traffic } from "./traffic.ts";

/** So many slots must be left over by the items alone for distances to pay. */
const LEAST_SPARE = 1.5;

/** A little more than its share costs a batch less than a little less would. */
const AMPLE = 1.1;

/** When calls fail to come, a batch leaves after so many distances. */
const PATIENCE = 2;

/**
 * Makes the batches of a lane start at even distances. If a free slot takes the first call
 * that comes, and the next slot the next one, all slots are soon busy with a call each and end
 * together; then one of them takes the whole queue, and the others get crumbs again.
 *
 * What the items take of the slots, in whatever batches they are, leaves some slots to spare for what a
 * batch takes on top. Batches that are started one `fixedMs / spare` after the other just fill those.
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

  /** Until when a lane should gather its share, in ms; `-Infinity` when it need not. */
  until({ waiting }: LaneView): number {
    const { running, startedAt, currentRate, weightOfOne } = this.#traffic;
    if (running === 0) return -Infinity;
    const { fixedMs, eachMs } = this.#cost;
    const busy = currentRate * weightOfOne * eachMs;
    const spare = this.#limits.concurrency - busy;
    if (spare < LEAST_SPARE) return -Infinity;
    const distance = fixedMs / spare;
    const share = Math.round(AMPLE * currentRate * distance);
    return waiting >= share ? -Infinity : startedAt + PATIENCE * distance;
  }
}
