/**
 * The policy that learns.
 *
 * @module
 */
import { checked, MS, type Rules, SPAN } from "../check.ts";
import type { Policy } from "../policy.ts";
import { AdaptiveLane } from "./adaptive_lane.ts";
import { SheddingLane } from "./shedding_lane.ts";

/** What {@link adaptive} may be asked for. All of it may be left out. */
export interface AdaptiveOptions {
  /**
   * The longest time, in ms, that a lane is held while a slot is free: a cap that is rarely met, since the
   * policy holds for as long as it pays. Time spent waiting for a slot does not count. 0: never
   * held.
   *
   * @default {20} or `costPerBatchMs`, whichever is longer
   */
  maxWaitMs?: number | undefined;
  /**
   * By when calls are to be answered, in ms from their arrival, > 0. Batches are then no larger than
   * lets most calls be in time.
   *
   * @default {Infinity}
   */
  targetMs?: number | undefined;
  /**
   * Whether calls that would probably miss `targetMs` are refused on arrival, and those that miss it after
   * all because a batch took too long are dropped, both with a {@link QueueFullError}. Under overload
   * that keeps answers in time for as many callers as can be served; without it, all are late.
   *
   * @default {false}
   */
  shed?: boolean | undefined;
  /**
   * What a batch costs besides its time: as much as that many ms of one call's waiting, >= 0. For
   * back ends that are paid by the request.
   *
   * @default {0}
   */
  costPerBatchMs?: number | undefined;
}

/**
 * Leaves as soon as a slot is free, unless it has learned that waiting pays. That is the
 * default, and needs no tuning. It measures what batches take and when calls come, and
 *
 * - waits for company that is about to come: callers who call again once they are
 *   answered, calls that come in groups;
 * - lets the batches of several slots start at even distances;
 * - fills batches that have a price (`costPerBatchMs`);
 * - keeps batches small enough for `targetMs`, and with `shed` refuses early what would be late.
 *
 * Until it has seen eight batches of a lane it does as {@link natural} does, and where calls come
 * independently of each other it goes on to do so: there nothing better is known. In simulations
 * of random traffic its mean latency is that of `natural` or less, down to half of it, but for a few
 * kinds of traffic that `docs/policies.md` names, where it was up to three fifths more. What it has learned
 * is forgotten as traffic changes, and when its lane is empty and idle, except for the lane of calls
 * without a key. Failed batches teach it nothing.
 *
 * Its price: some tens of ns per turn with calls, and for a few callers a little patience
 * when it hopes in vain. Take {@link natural} when no call may ever be held, {@link window} when
 * batches must fill up even though each call then waits longer, such as for writes that
 * nobody waits for.
 *
 * @param options See {@link AdaptiveOptions}.
 * @returns The policy.
 * @throws {TypeError} If an option is unknown or of the wrong kind, or `shed` lacks a `targetMs`.
 * @throws {RangeError} If a number is out of range.
 * @example What would be late is refused at once
 * ```ts
 * import { adaptive, batched, QueueFullError } from "@batched/batched";
 * import { VirtualHost } from "@batched/batched/testing";
 * import assert from "node:assert/strict";
 *
 * const host = new VirtualHost();
 * const sleep = (ms: number) =>
 *   new Promise<void>((resolve) => host.timer(resolve, ms));
 * const square = batched(async (xs: number[]) => {
 *   await sleep(30);
 *   return xs.map((x) => x * x);
 * }, { host, policy: adaptive({ targetMs: 50, shed: true }) });
 *
 * for (let call = 0; call < 2; call++) { // learns what a batch takes
 *   const answer = square(3);
 *   await host.advance(30);
 *   assert.equal(await answer, 9);
 * }
 * const inTime = square(4);
 * await host.advance(5);
 * // This batch runs for 25 ms more, and the next one would for 30.
 * await assert.rejects(square(5), QueueFullError);
 * await host.advance(25);
 * assert.equal(await inTime, 16);
 * ```
 */
export function adaptive(options: AdaptiveOptions = {}): Policy {
  const {
    costPerBatchMs = 0,
    maxWaitMs = Math.max(20, costPerBatchMs),
    targetMs = Infinity,
    shed = false,
  } = checked("make a policy", options, OPTIONS);
  const settings = { maxWaitMs, targetMs, shed, costPerBatchMs };
  const Lane = shed ? SheddingLane : AdaptiveLane;
  return { forLane: (limits) => new Lane(limits, settings) };
}

const OPTIONS: Rules<AdaptiveOptions> = {
  maxWaitMs: MS,
  targetMs: SPAN,
  shed: {
    wanted: "be a boolean",
    is: (value) => typeof value === "boolean",
    needs: "targetMs",
  },
  costPerBatchMs: MS,
};
