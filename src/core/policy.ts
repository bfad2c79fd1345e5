/**
 * When a waiting lane leaves: what a policy may know and may answer, and the two
 * plain policies.
 *
 * @module
 */
import { has, wrong, wrongReturn } from "./check.ts";
import type { RateLimit } from "./rate.ts";

/** What a policy may know of the options; one object for all lanes. */
export interface Limits {
  /** Most items in a batch; may change while the batcher lives. */
  readonly size: number;
  /** Most batches in flight at once; may change as well. */
  readonly concurrency: number;
  /** The heaviest batch; `Infinity` where nothing is weighed. */
  readonly maxWeight?: number | undefined;
  /** Sizes that the back end likes, ascending; a batch is trimmed to one of them where that pays. */
  readonly preferredSizes?: readonly number[] | undefined;
  /** How many batches may start in a span of time. */
  readonly rateLimit?: RateLimit | undefined;
  /** The step of the host's timers, in ms: a shorter hold ends no sooner. */
  readonly timerStepMs?: number | undefined;
}

/** A waiting lane, as a policy sees it. */
export interface LaneView {
  /** How many calls wait; at least 1 when a policy is asked to decide. */
  readonly waiting: number;
  /** What they weigh together; as much as their number where nothing is weighed. */
  readonly weight: number;
  /** When the oldest of them came, in ms. */
  readonly oldestAt: number;
  /** By when that one must have been answered, in ms; `Infinity` when it has no deadline. */
  readonly oldestDeadlineAt: number;
  /** So many of the oldest calls, and those that came in one turn with the last of them: how many that are. */
  together(calls: number): number;
  /** What so many calls weigh together, those that would leave first. */
  weightOf(calls: number): number;
}

/** A batch that runs, as a policy sees it. */
export interface RunningBatch {
  /** Counts the batches of a batcher from 1. */
  readonly id: number;
  /** How many calls it left with. */
  readonly count: number;
  /** What they weighed together. */
  readonly weight: number;
  /** When it left, in ms. */
  readonly startedAt: number;
  /** When it will probably end, in ms, as its policy said when it left; `NaN` if that said nothing. */
  readonly expectedEndAt: number;
  /** How many batches ran already when it left. */
  readonly runningAtStart: number;
}

/** The slots, as a policy sees them. */
export interface SlotsView {
  /** How many are free; at least 1 when a policy is asked to decide. */
  readonly free: number;
  /** Since when one is free, in ms. */
  readonly freeSince: number;
  /** How many batches run. */
  readonly running: number;
  /** The batches that run, of all lanes, in no order. */
  readonly batches: Iterable<RunningBatch>;
}

/** How a policy answers: the last word counts, silence means waiting for more calls. */
export interface Verdict {
  /** The lane leaves with this many of its calls, oldest first; with none of them it waits, as if nothing was said. */
  leave(calls: number, reason: "window" | "idle" | "adaptive"): void;
  /** The lane waits; ask again at this time, in ms, at the latest. It is still to come, or the lane leaves. */
  holdUntil(time: number): void;
}

/** What a policy keeps of one lane. Full batches leave without it being asked. */
export interface LanePolicy {
  /**
   * Hears how many calls have come in one turn, and when that was: at its end if a slot is free, otherwise before
   * it hears or is asked of anything later.
   */
  arrived?(calls: number, now: number): void;
  /**
   * Says how many more calls the lane takes now; below 1 refuses them. Asked once a turn or more often.
   *
   * @param ahead How many waiting calls would leave before them.
   * @param priority Theirs.
   */
  admits?(
    ahead: number,
    lane: LaneView,
    slots: SlotsView,
    now: number,
    priority: number,
  ): number;
  /**
   * Says how many of the oldest `calls`, which would leave now, really should; below 1 when the oldest
   * cannot be served in time: it is dropped, and the lane is asked again. Full batches are no exception.
   */
  fits?(calls: number, lane: LaneView, slots: SlotsView, now: number): number;
  /** Hears that a batch of this lane leaves, and may say how long it will probably run, in ms. */
  started?(batch: RunningBatch, now: number): number | void;
  /**
   * Hears that a batch of this lane has ended after `ms`. One that `failed`, or ran out of time, says
   * nothing of what work costs.
   */
  ended?(batch: RunningBatch, ms: number, failed: boolean, now: number): void;
  /**
   * Says whether the lane would leave now. Asked, if a slot is free, when calls have come, when a batch of
   * the lane has ended, when a slot has become free where none was, and at the time it named; it leaves at
   * the end of that turn, and is asked once more then. A lane that would leave while others go first is asked
   * again when it is its turn. Allocates nothing.
   */
  decide(
    lane: LaneView,
    slots: SlotsView,
    now: number,
    verdict: Verdict,
  ): void;
}

/**
 * Decides when a waiting lane leaves. A policy is a recipe: it holds no state itself
 * and may be shared by many batchers.
 *
 * @example Leave in pairs, or after 50 ms
 * ```ts
 * import { batched, type Policy } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const pairs: Policy = {
 *   forLane: () => ({
 *     decide(lane, _slots, now, verdict) {
 *       const due = lane.oldestAt + 50;
 *       if (lane.waiting >= 2 || now >= due) verdict.leave(2, "window");
 *       else verdict.holdUntil(due);
 *     },
 *     arrived() {},
 *   }),
 * };
 * const sizes: number[] = [];
 * const double = batched((xs: number[]) => {
 *   sizes.push(xs.length);
 *   return xs.map((x) => 2 * x);
 * }, { policy: pairs });
 * await Promise.all([1, 2, 3, 4].map((x) => double(x)));
 * assert.deepEqual(sizes, [2, 2]);
 * ```
 */
export interface Policy {
  /** Makes the state of one lane. */
  forLane(limits: Limits): LanePolicy;
}

/** The state of one lane by this policy, which may be one of the user's. */
export function stateOf(policy: Policy, limits: Limits): LanePolicy {
  const state: unknown = policy.forLane(limits);
  if (has(state, ["decide"])) return state as LanePolicy;
  const wanted = "an object with decide()";
  throw wrongReturn("ask the policy", "forLane", wanted, state);
}

/**
 * Leaves when the oldest call has waited `maxWaitMs` and a slot is free. Later
 * calls never move that time. What `maxWaitMs` as an option means.
 *
 * @param maxWaitMs How long the oldest call waits for company, in ms, >= 0.
 * @returns The policy.
 * @throws {RangeError} If `maxWaitMs` is negative or not a number.
 * @example
 * ```ts
 * import { batched, window } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x), { policy: window(5) });
 * assert.equal(await double(21), 42);
 * ```
 */
export function window(maxWaitMs: number): Policy {
  if (typeof maxWaitMs !== "number" || !(maxWaitMs >= 0)) {
    const wanted = "be a number of ms >= 0";
    throw wrong("make a policy", "maxWaitMs", wanted, maxWaitMs, RangeError);
  }
  if (maxWaitMs === 0) return natural();
  const lane: LanePolicy = {
    decide({ waiting, oldestAt }, _slots, now, verdict) {
      const due = oldestAt + maxWaitMs;
      if (now >= due) verdict.leave(waiting, "window");
      else verdict.holdUntil(due);
    },
  };
  return { forLane: () => lane };
}

/**
 * Leaves as soon as a slot is free, with everything that waits: no call is ever
 * held for company, and batches grow by themselves while slots are busy.
 *
 * @returns The policy.
 * @example
 * ```ts
 * import { batched, natural } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x), { policy: natural() });
 * assert.equal(await double(21), 42);
 * ```
 */
export function natural(): Policy {
  const lane: LanePolicy = {
    decide({ waiting }, _slots, _now, verdict) {
      verdict.leave(waiting, "idle");
    },
  };
  return { forLane: () => lane };
}
