/**
 * When a waiting lane leaves: what a policy may know and may answer, and the two
 * plain policies.
 *
 * @module
 */

/** What a policy may know of the options; one object for all lanes. */
export interface Limits {
  /** Most items in a batch; may change while the batcher lives. */
  readonly size: number;
  /** Most batches in flight at once. */
  readonly concurrency: number;
}

/** A waiting lane, as a policy sees it. */
export interface LaneView {
  /** How many calls wait; at least 1 when a policy is asked. */
  readonly waiting: number;
  /** When the oldest of them came, in ms. */
  readonly oldestAt: number;
}

/** The slots, as a policy sees them. */
export interface SlotsView {
  /** How many are free; at least 1 when a policy is asked. */
  readonly free: number;
  /** Since when one is free, in ms. */
  readonly freeSince: number;
  /** How many batches run. */
  readonly running: number;
}

/** How a policy answers: the last word counts, silence means waiting for more calls. */
export interface Verdict {
  /** The lane leaves with this many of its calls, oldest first. */
  leave(calls: number, reason: "window" | "idle" | "adaptive"): void;
  /** The lane waits; ask again at this time, in ms, at the latest. */
  holdUntil(time: number): void;
}

/** A batch that has ended, as a policy hears of it. */
export interface BatchEnd {
  /** Counts the batches of a batcher from 1. */
  readonly id: number;
  /** How many calls it left with. */
  readonly size: number;
  /** How long it ran, in ms. */
  readonly ms: number;
  /** Whether its handler failed; such a batch says nothing of what work costs. */
  readonly failed: boolean;
}

/** What a policy keeps of one lane. Full batches leave without it being asked. */
export interface LanePolicy {
  /** Hears at the end of a turn how many calls have come in it, whether or not a slot is free. */
  arrived?(calls: number, now: number): void;
  /** Hears that a batch of this lane left. */
  started?(size: number, now: number): void;
  /** Hears that a batch of this lane ended. */
  ended?(batch: BatchEnd, now: number): void;
  /**
   * Says whether the lane would leave now. Asked when calls have come, when a slot has become free and
   * at the time it named, if a slot is free; it leaves at the end of that turn, and is asked
   * once more then. Allocates nothing.
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
    throw new RangeError(
      `Cannot make a policy: "maxWaitMs" must be a number of ms >= 0, got ${
        String(maxWaitMs)
      }`,
    );
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
