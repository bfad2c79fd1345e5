/**
 * Waiting for callers who are always the same.
 *
 * @module
 */
import type { LaneView, Limits, SlotsView } from "../policy.ts";
import type { CostModel } from "./cost_model.ts";
import type { Traffic } from "./traffic.ts";

/**
 * Where the crowd is closed, the sooner its callers are served the sooner they call again: the more
 * calls are served in a ms, the less each of them takes. Left alone, such callers split into two
 * groups, one of which waits while the other one is served, in batches of half the size. So
 * the lane waits for those who are absent, as long as they come faster than calls are served
 * on the whole.
 */
export class Regulars {
  readonly #limits: Limits;
  readonly #cost: CostModel;
  readonly #traffic: Traffic;

  /** Waits by what has been learned of costs and traffic. */
  constructor(limits: Limits, cost: CostModel, traffic: Traffic) {
    this.#limits = limits;
    this.#cost = cost;
    this.#traffic = traffic;
  }

  /** Until when a lane should wait for regular callers, in ms and no longer than to `latest`; `-Infinity` when it should not. */
  until(
    { waiting }: LaneView,
    slots: SlotsView,
    now: number,
    latest: number,
  ): number {
    const { crowd, lateness, rate, endedAt, weightOfOne } = this.#traffic;
    if (!crowd.isClosed || slots.free > 1) return -Infinity;
    const { size, concurrency } = this.#limits;
    // With more than its share a batch would leave other slots idle.
    const most = Math.min(size, crowd.size / concurrency);
    const absent = Math.min(crowd.absentWhen(waiting), most - waiting);
    const served = rate / concurrency;
    // Whoever comes too late for this batch is at least there when the next one leaves: he loses no more
    // than the part of his time that callers spend here. And he makes this one slower.
    const worth = 1 - crowd.absence -
      served * this.#cost.eachMs * weightOfOne;
    const { returns } = crowd;
    const age = now - endedAt;
    const mostAge = latest - endedAt;
    const early = this.#traffic.earlyCalls(now);
    let left = absent;
    let best = 0;
    let bestAge = -Infinity;
    let from = age;
    for (
      let span = returns.spanOf(age);
      left > 0 && from < mostAge;
      span++
    ) {
      const to = Math.min(returns.endOf(span), mostAge);
      left *= Math.exp(-returns.leastCalls(span, to - from));
      // When nobody comes, only the look ends the wait.
      const ms = to - age + lateness.ms * (left / absent) ** absent;
      const gain = worth * (absent - early - left) - served * ms;
      if (gain > best) {
        best = gain;
        bestAge = to;
      }
      from = to;
    }
    return endedAt + bestAge;
  }
}
