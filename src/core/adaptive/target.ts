/**
 * Answering in time: how large batches may be, and which calls have a chance.
 *
 * @module
 */
import type { LaneView, Limits, SlotsView } from "../policy.ts";
import type { CostModel } from "./cost_model.ts";
import { marginOf } from "./margin.ts";
import { nextEndMs } from "./next_end.ts";
import type { Traffic } from "./traffic.ts";

/** So many batches must have ended before anything is said of when a call will be answered. */
const LEAST_BATCHES = 2;

/** To be a little larger is worth so much of a batch's time. */
const TOLERANCE = 0.05;

/** To be a little smaller may cost so much of what a batch does in a ms. */
const SACRIFICE = 0.02;

/** Whoever is held though calls are refused is to be in time even if the batch takes so many spreads longer. */
const CAREFUL_SPREADS = 5;

/** A look is seldom so many times as late as on average. */
const MOST_LATENESS = 2;

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
  leaveBy(lane: LaneView, margin: number = this.#margin): number {
    const deadlineAt = this.#deadlineOf(lane);
    if (deadlineAt === Infinity) return Infinity;
    const { timerStepMs = 1 } = this.#limits;
    const { weightOfOne, lateness } = this.#traffic;
    const lateMs = timerStepMs + MOST_LATENESS * lateness.ms;
    const ms = this.#cost.msOf(lane.weight + weightOfOne);
    return deadlineAt - margin * ms - lateMs;
  }

  /**
   * When a lane should leave, in ms, for its oldest call to be in time even with a batch that takes far too long, if calls
   * have been refused within the time of a batch, so that slots are scarce; `-Infinity` otherwise.
   */
  scarceUntil(lane: LaneView, now: number): number {
    const { spread, meanMs } = this.#cost;
    if (now - this.#traffic.refusedAt >= meanMs) return -Infinity;
    return this.leaveBy(lane, 1 + CAREFUL_SPREADS * spread);
  }

  /**
   * How many calls make a batch as large as it should be. All callers can wait for batches that
   * take no longer than they may wait for the next one. Longer ones are for those only who come late
   * enough, and good when these are many.
   */
  get bestCalls(): number {
    const { size, concurrency } = this.#limits;
    const { targetMs } = this.#aim;
    const { fixedMs, eachMs } = this.#cost;
    if (targetMs === Infinity || !this.#canForetell) return size;
    if (eachMs === 0) return size;
    const { weightOfOne, currentRate } = this.#traffic;
    const margin = this.#margin;
    const rate = currentRate * weightOfOne;
    const forAll = this.#cost.weightIn(targetMs / (margin + 1 / concurrency));
    const forLate = rate * (targetMs - margin * fixedMs) /
      (1 + rate * margin * eachMs);
    const most = this.#cost.weightIn(targetMs / margin);
    const weight = Math.min(most, Math.max(forAll, forLate));
    const more = TOLERANCE * this.#cost.msOf(weight) / eachMs;
    const calls = Math.floor((weight + more) / weightOfOne);
    return Math.min(size, Math.max(1, calls));
  }

  /**
   * How many of so many calls should leave together; 0 when the oldest cannot be in time and is to be dropped.
   * Where some are preferred, as `canSpare` says, a batch may leave without others to be in time.
   */
  fits(calls: number, lane: LaneView, now: number, canSpare = false): number {
    const deadlineAt = this.#deadlineOf(lane);
    if (deadlineAt === Infinity || !this.#canForetell) return calls;
    const { running } = this.#traffic;
    const best = Math.min(calls, this.bestCalls);
    const ms = this.#margin * this.#cost.msOf(lane.weightOf(best));
    const leftMs = deadlineAt + TINY_MS - now;
    if (ms <= leftMs) return best;
    const fewer = this.#callsIn(leftMs);
    if (canSpare && fewer >= this.#leastOf(best)) return fewer;
    // One batch at a time is run in any case: how else could it learn that it is wrong?
    const isLast = lane.waiting === 1 && running === 0;
    return this.#aim.shed && !isLast ? 0 : calls;
  }

  /**
   * How many calls may come behind so many others, now, and still be in time; below 1 for none. They may be
   * `preferred` to some who come later.
   */
  admits(
    ahead: number,
    isPreferred: boolean,
    slots: SlotsView,
    now: number,
  ): number {
    if (!this.#canForetell) return Infinity;
    const { weightOfOne, currentRate } = this.#traffic;
    const nextMs = slots.free > 0 ? 0 : nextEndMs(slots, now, Infinity);
    // Of those that run it may be known of none.
    const waitMs = nextMs < Infinity ? nextMs : 0;
    const roomMs = this.#aim.targetMs - waitMs - TINY_MS;
    const margin = this.#margin;
    const calls = this.bestCalls;
    const ms = this.#cost.msOf(calls * weightOfOne);
    // Those before are late as well at times, but not all of them.
    const turnMs = (1 + margin) / 2 * ms / this.#limits.concurrency;
    const turns = Math.floor((roomMs - margin * ms) / turnMs) + 1;
    const before = Math.max(0, turns);
    const beforeMs = before * turnMs;
    let last = this.#callsIn(roomMs - beforeMs);
    // Whoever comes until the last batch leaves makes it larger, and slower, unless it can leave without them.
    const canSpare = isPreferred && last >= this.#leastOf(calls);
    if (!canSpare) last -= currentRate * (waitMs + beforeMs);
    const full = before > 0 ? before * calls : 0;
    return full + Math.min(Math.max(0, last), calls) - ahead;
  }

  /** How many calls are in time in a batch that has so much time left. */
  #callsIn(ms: number): number {
    return this.#cost.weightIn(ms / this.#margin) / this.#traffic.weightOfOne;
  }

  /** How few calls a batch may have that does hardly less in a ms than one of so many. */
  #leastOf(calls: number): number {
    const { fixedMs, eachMs } = this.#cost;
    const itemsMs = eachMs * calls * this.#traffic.weightOfOne;
    return calls * (1 - SACRIFICE) / (1 + SACRIFICE * itemsMs / fixedMs);
  }

  /** Batches that took no time, as far as the clock can tell, tell nothing. */
  get #canForetell(): boolean {
    const { batches, meanMs } = this.#cost;
    return batches >= LEAST_BATCHES && meanMs > 0;
  }

  get #margin(): number {
    return marginOf(
      this.#cost,
      this.#aim.targetMs,
      this.#limits.concurrency,
    );
  }

  #deadlineOf({ oldestAt, oldestDeadlineAt }: LaneView): number {
    return Math.min(oldestAt + this.#aim.targetMs, oldestDeadlineAt);
  }
}
