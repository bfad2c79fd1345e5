/**
 * Waiting for company that is likely to come soon.
 *
 * @module
 */
import type { LaneView, Limits, SlotsView } from "../policy.ts";
import type { ArrivalProfile } from "./arrival_profile.ts";
import type { CostModel } from "./cost_model.ts";
import { nextEndMs } from "./next_end.ts";
import type { Traffic } from "./traffic.ts";

/**
 * Looks ahead: the lane would wait for `t` ms and then leave with `n` more calls than come anyway. Each
 * of those would have waited for the next free slot, and saves that; those that wait lose `t`, and
 * the time that the newcomers add to the batch. Where a batch has a price, theirs is saved as well. Of all
 * times at which a span of a profile ends, it takes the one that gains most.
 */
export class Company {
  readonly #limits: Limits;
  readonly #cost: CostModel;
  readonly #traffic: Traffic;

  // What is at stake; set anew for each look.
  #waiting = 0;
  #savedMs = 0;
  #sharedMs = 0;
  #mostCalls = 0;
  #mostMs = 0;
  #usualRate = 0;

  /** Looks ahead by what has been learned of costs and traffic. */
  constructor(limits: Limits, cost: CostModel, traffic: Traffic) {
    this.#limits = limits;
    this.#cost = cost;
    this.#traffic = traffic;
  }

  /** Until when a lane should wait for company, in ms and no longer than to `latest`; `now` when it should not. */
  until(
    lane: LaneView,
    slots: SlotsView,
    now: number,
    latest: number = Infinity,
  ): number {
    const traffic = this.#traffic;
    const { waiting, weight } = lane;
    // When a slot would be free again if the lane left now.
    const runMs = slots.free > 1 ? 0 : this.#cost.msOf(weight);
    const savedMs = nextEndMs(slots, now, runMs) -
      this.#cost.eachMs * (weight + traffic.weightOfOne * waiting);
    const absent = traffic.crowd.absentWhen(waiting);
    const mostCalls = Math.min(this.#limits.size - waiting, absent);
    if (mostCalls <= 0) return now;
    this.#waiting = waiting;
    this.#savedMs = savedMs;
    // Those who find no slot have a batch anyway, if others come meanwhile.
    this.#sharedMs = this.#cost.priceMs * Math.exp(-traffic.rate * runMs);
    this.#mostCalls = mostCalls;
    // Whoever waits longer gains nothing, whoever comes; and to give up before they come would be in vain.
    this.#mostMs = Math.min(
      Math.max(savedMs, this.#sharedMs / waiting),
      latest - now,
    );
    const bustle = traffic.bustle(this.#cost.msOf(traffic.weightOfOne), now);
    this.#usualRate = Math.max(traffic.rate, bustle);
    const { sinceCall, sinceEnd, calledAt, endedAt } = traffic;
    const early = traffic.earlyCalls(now);
    const ms = Math.max(
      this.#bestMs(sinceCall, now - calledAt, 1),
      this.#bestMs(sinceEnd, now - endedAt, Infinity, early),
    );
    return now + ms;
  }

  /** How long to wait, by a profile and the age in it, where so many have come early; 0 when it does not pay. */
  #bestMs(
    profile: ArrivalProfile,
    age: number,
    turns: number,
    early = 0,
  ): number {
    const { timerStepMs = 1 } = this.#limits;
    let calls = -early;
    let best = 0;
    let bestMs = 0;
    let from = age;
    let span = profile.spanOf(age);
    for (; profile.endOf(span) - age < this.#mostMs; span++) {
      const to = profile.endOf(span);
      const most = span > 0 ? turns : Infinity;
      calls += profile.leastCalls(span, to - from, most) -
        this.#usualRate * (to - from);
      from = to;
      // Nobody comes who would not come anyway.
      if (calls <= 0) continue;
      const ms = to - age;
      // When nobody comes, only the timer ends the wait.
      const nobody = Math.exp(-calls);
      const lateMs = Math.max(timerStepMs - ms, this.#traffic.lateness.ms) *
        nobody;
      const gain = Math.min(calls, this.#mostCalls) * (this.#savedMs - ms) -
        this.#waiting * (ms + lateMs) + this.#sharedMs * (1 - nobody);
      if (gain > best) {
        best = gain;
        bestMs = ms;
      }
    }
    return bestMs;
  }
}
