/**
 * Answering in time: how large batches may be, and which calls have a chance.
 *
 * @module
 */
import type { LaneView, Limits, SlotsView } from "../policy.ts";
import type { CostModel } from "./cost_model.ts";
import type { Traffic } from "./traffic.ts";

/** So many batches must have ended before anything is said of when a call will be answered. */
const LEAST_BATCHES = 2;

/** How many spreads longer than expected a batch may take. */
const MARGIN_SPREADS = 2;

/** A batch may be made smaller for its oldest call as long as it yields so much of what it could. */
const LEAST_YIELD = 0.9;

/** Less than any clock can tell: sums of fractions must not decide. */
const TINY_MS = 1e-6;

/** What is wanted. */
export interface Aim {
  /** By when calls are to be answered, in ms from their arrival. */
  readonly targetMs: number;
  /** Whether those that cannot be are refused, or dropped. */
  readonly shed: boolean;
}

/** Reckons with times, by what has been learned of costs and traffic. */
export class Target {
  readonly #aim: Aim;
  readonly #limits: Limits;
  readonly #cost: CostModel;
  readonly #traffic: Traffic;

  /** Aims at this. */
  constructor(aim: Aim, limits: Limits, cost: CostModel, traffic: Traffic) {
    this.#aim = aim;
    this.#limits = limits;
    this.#cost = cost;
    this.#traffic = traffic;
  }

  /** When a lane should leave, in ms, for its oldest call to be in time even if one more came and a timer rang late. */
  leaveBy(lane: LaneView): number {
    const deadlineAt = this.#deadlineOf(lane);
    if (deadlineAt === Infinity) return Infinity;
    const weight = lane.weight + this.#traffic.weightOfOne;
    const { timerStepMs = 1 } = this.#limits;
    return deadlineAt - this.#worstMs(weight) - timerStepMs;
  }

  /**
   * How many calls make a batch that is as large as it should be. All callers can wait for batches
   * that take no longer than they may wait for the next one; longer ones are for those only who
   * come late enough, and good when there are many of these.
   */
  get bestCalls(): number {
    const { size, concurrency } = this.#limits;
    const { targetMs } = this.#aim;
    if (targetMs === Infinity || !this.#canForetell) return size;
    const { fixedMs, eachMs } = this.#cost;
    const { weightOfOne } = this.#traffic;
    const margin = this.#margin;
    const forAll = this.#cost.weightIn(targetMs / (margin + 1 / concurrency));
    const rate = this.#traffic.currentRate * weightOfOne;
    const forLate = rate * (targetMs - margin * fixedMs) /
      (1 + rate * margin * eachMs);
    const weight = Math.min(
      Math.max(forAll, forLate),
      this.#weightIn(targetMs),
    );
    return Math.min(size, Math.max(1, Math.floor(weight / weightOfOne)));
  }

  /** How many of so many calls should leave together; 0 when the oldest cannot be in time and is to be dropped. */
  fits(calls: number, lane: LaneView, now: number): number {
    const deadlineAt = this.#deadlineOf(lane);
    if (deadlineAt === Infinity || !this.#canForetell) return calls;
    const { weightOfOne, running } = this.#traffic;
    const most = Math.min(calls, this.bestCalls);
    const weight = this.#weightIn(deadlineAt - now + TINY_MS);
    const inTime = Math.min(most, Math.floor(weight / weightOfOne));
    if (inTime > 0 && this.#yield(inTime) >= LEAST_YIELD * this.#yield(most)) {
      return inTime;
    }
    // One batch at a time is run in any case: how else could it learn that it is wrong?
    const isLast = lane.waiting === 1 && running === 0;
    return this.#aim.shed && !isLast ? 0 : calls;
  }

  /** How many calls may come behind so many others, now, and still be in time; below 1 for none. */
  admits(ahead: number, slots: SlotsView, now: number): number {
    if (!this.#canForetell) return Infinity;
    const { weightOfOne, currentRate } = this.#traffic;
    const waitMs = freeInMs(slots, now);
    const roomMs = this.#aim.targetMs - waitMs - TINY_MS;
    const calls = this.bestCalls;
    const ms = this.#cost.msOf(calls * weightOfOne);
    const turnMs = ms / this.#limits.concurrency;
    const turns = Math.floor((roomMs - this.#margin * ms) / turnMs) + 1;
    if (turns > 0) return turns * calls - ahead;
    // Whoever comes meanwhile makes the batch larger, and slower.
    return this.#weightIn(roomMs) / weightOfOne - currentRate * waitMs - ahead;
  }

  get #canForetell(): boolean {
    return this.#cost.batches >= LEAST_BATCHES;
  }

  get #margin(): number {
    return 1 + MARGIN_SPREADS * this.#cost.spread;
  }

  /** How long a batch of that weight takes at worst, within reason, in ms. */
  #worstMs(weight: number): number {
    return this.#margin * this.#cost.msOf(weight);
  }

  /** What can be done within that time at worst: a weight. */
  #weightIn(ms: number): number {
    return this.#cost.weightIn(ms / this.#margin);
  }

  /** How many calls are answered in a ms by batches of so many. */
  #yield(calls: number): number {
    return calls / this.#cost.msOf(calls * this.#traffic.weightOfOne);
  }

  #deadlineOf({ oldestAt, oldestDeadlineAt }: LaneView): number {
    return Math.min(oldestAt + this.#aim.targetMs, oldestDeadlineAt);
  }
}

/** When a slot will be free, in ms from now. */
function freeInMs(slots: SlotsView, now: number): number {
  if (slots.free > 0) return 0;
  let freeAt = Infinity;
  for (const { expectedEndAt } of slots.batches) {
    if (expectedEndAt < freeAt) freeAt = expectedEndAt;
  }
  return freeAt < Infinity ? Math.max(0, freeAt - now) : 0;
}
