/**
 * Keeping several slots out of step.
 *
 * @module
 */
import type { LaneView, Limits, SlotsView } from "../policy.ts";
import type { CostModel } from "./cost_model.ts";
import type { Traffic } from "./traffic.ts";

/** So many slots must be left over by the items alone for distances to pay. */
const LEAST_SPARE = 1.5;

/** Batches need not have more than so many times their share to keep out of step. */
const MOST_AMPLE = 1.15;

/** Of how many turns the number of calls in one remembers most. */
const MEMORY_TURNS = 64;

/** When calls fail to come, a batch leaves after so many distances. */
const PATIENCE = 2;

/** Where items take so many times as long as the batch without them, to be larger saves hardly anything. */
const LARGE = 3;

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
  /** How many calls come in one turn, on average. */
  #callsPerTurn = 1;

  /** Paces by what has been learned of costs and traffic. */
  constructor(limits: Limits, cost: CostModel, traffic: Traffic) {
    this.#limits = limits;
    this.#cost = cost;
    this.#traffic = traffic;
  }

  /** Calls have come, in one turn. While no slot is free, a clock that stands still makes one of several. */
  arrived(calls: number): void {
    if (this.#traffic.running >= this.#limits.concurrency) return;
    this.#callsPerTurn += (calls - this.#callsPerTurn) / MEMORY_TURNS;
  }

  /**
   * Until when a lane should gather its share, in ms; `-Infinity` when it need not. Where the items leave hardly any
   * slots over that is `scarceUntil`: when calls are refused for want of slots, small batches waste them.
   */
  until({ waiting }: LaneView, scarceUntil: number = -Infinity): number {
    const { running, startedAt, crowd } = this.#traffic;
    const spare = this.#limits.concurrency - this.#busy;
    if (running === 0) return -Infinity;
    if (spare < LEAST_SPARE) {
      return this.#isSmall(waiting) ? scarceUntil : -Infinity;
    }
    const share = this.#share;
    const lacking = share - waiting;
    if (lacking <= 0) return -Infinity;
    // Those who come together are a batch by themselves: nobody is held where that is the share.
    if (Math.round(share / this.#callsPerTurn) <= 1) return -Infinity;
    if (crowd.isClosed && lacking > crowd.absentWhen(waiting)) return -Infinity;
    return startedAt + PATIENCE * this.#cost.fixedMs / spare;
  }

  /**
   * With how many of the calls that wait a lane should leave. What has gathered while no slot was free
   * would make one batch that is long, keeps its slot from those that follow, and makes these long, too. So
   * a slot takes its share, or what makes a batch large enough, and the next slot the rest. Calls of one turn
   * are not parted, nor those for whom that saves less than a batch costs.
   */
  callsOf(lane: LaneView, slots: SlotsView): number {
    const { waiting, oldestAt } = lane;
    const { running, weightOfOne } = this.#traffic;
    const { concurrency, rateLimit } = this.#limits;
    const hasGathered = oldestAt < slots.freeSince;
    const isAlone = running === slots.running;
    if (!hasGathered || !isAlone || concurrency === 1) return waiting;
    if (rateLimit) return waiting;
    const ms = (1 + LARGE) * this.#cost.fixedMs;
    const large = this.#cost.weightIn(ms) / weightOfOne;
    const calls = Math.max(1, this.#share, Math.ceil(large));
    const savedMs = calls * (waiting - calls) * weightOfOne * this.#cost.eachMs;
    // Where items alone keep all slots busy, their share is no number.
    return savedMs > this.#cost.priceMs ? lane.together(calls) : waiting;
  }

  /**
   * Whether so many calls are less than a share where hardly any slots are left over, at the rate at which calls are taken,
   * and batches are so on average: otherwise those that follow make up for a small one.
   */
  #isSmall(waiting: number): boolean {
    const { rate, weightOfOne } = this.#traffic;
    const mean = this.#cost.meanWeight / weightOfOne;
    return Math.max(waiting, mean) < rate * this.#cost.fixedMs / LEAST_SPARE;
  }

  /** How many slots the items keep busy. */
  get #busy(): number {
    const { currentRate, weightOfOne } = this.#traffic;
    return currentRate * weightOfOne * this.#cost.eachMs;
  }

  /**
   * How many calls come from one start to the next. By chance sometimes more come than on average, and sometimes
   * fewer: with a little more than their share a batch costs less than with a little less.
   */
  get #share(): number {
    const { concurrency } = this.#limits;
    const calls = this.#traffic.currentRate * this.#cost.fixedMs;
    const chance = 1 / Math.sqrt(calls * (1 - this.#busy / concurrency));
    const ample = Math.min(MOST_AMPLE, 1 + chance);
    return Math.round(ample * calls / (concurrency - this.#busy));
  }
}
