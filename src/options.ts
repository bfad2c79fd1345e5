/**
 * Every option of a batcher and its check.
 *
 * @module
 */
import type { LaneKey } from "./core/call.ts";
import {
  COUNT,
  COUNT_OR_0,
  FUNCTION,
  has,
  isFunction,
  isObject,
  MS,
  required,
  type Rule,
  type Rules,
  SPAN,
  TEXT,
} from "./core/check.ts";
import type { Policy } from "./core/policy.ts";
import type { RateLimit } from "./core/rate.ts";
import type { Hooks } from "./hooks.ts";
import type { Host } from "./host.ts";
import type { Isolation } from "./repair.ts";

/** What happens to whom when a queue is full. */
export type Overflow = "reject" | "drop-oldest" | "drop-lowest";

/** How calls are tried again whose outcome is {@link retryLater}. */
export interface RetryOptions {
  /** How often an item is tried at most, the first time included: an integer >= 1, or `Infinity`. */
  readonly attempts: number;
  /**
   * How long it waits before it is tried again, in ms, >= 0, unless the outcome says so; or a function of how often it has
   * been tried. Left out: a random time of up to 100 ms, then 200 ms, 400 ms and so
   * on, at most 10 s.
   */
  readonly delayMs?: number | ((attempt: number) => number) | undefined;
}

/** How a batcher works. Every option may be left out. */
export interface BatcherOptions<In = unknown> {
  /**
   * Most items in a batch: an integer >= 1, or `Infinity`.
   *
   * @default {64}
   */
  size?: number | undefined;
  /**
   * Longest time, in ms from its arrival, that a call is held for company while a
   * slot is free; 0: not at all, a lane leaves as soon as a slot is free. Left out: as long as
   * that pays, by what has been learned, see {@link adaptive}.
   */
  maxWaitMs?: number | undefined;
  /** Decides when a lane leaves, in place of `maxWaitMs`: {@link adaptive}, {@link window}, {@link natural} or your own. */
  policy?: Policy | undefined;
  /**
   * Most batches in flight at once: an integer >= 1, or `Infinity`. Raise it for databases
   * and HTTP; a model that computes on this thread gains nothing.
   *
   * @default {1}
   */
  concurrency?: number | undefined;
  /**
   * The heaviest batch, > 0: a second limit beside `size`, in bytes, tokens, rows. Goes with `weigh`. An
   * item that is heavier rejects with an {@link ItemTooHeavyError}.
   *
   * @default {Infinity}
   */
  maxWeight?: number | undefined;
  /**
   * What an item weighs, a number >= 0; called once for each item. Without `maxWeight` it tells {@link adaptive}
   * how much work an item is.
   */
  weigh?: ((item: In) => number) | undefined;
  /** The lane of an item, a primitive; items of different lanes never share a batch. */
  lane?: ((item: In) => LaneKey) | undefined;
  /**
   * What an item asks for. Calls of one lane that ask for the same while one of them waits or runs are one item to
   * the handler, take one place in the queue and get one result, the very same object; `undefined`: this one
   * shares with nobody. Each keeps its own signal and deadline.
   */
  dedupe?: ((item: In) => unknown) | undefined;
  /**
   * Most calls that may queue behind busy slots: an integer >= 0, or `Infinity`.
   *
   * @default {Infinity}
   */
  maxQueue?: number | undefined;
  /**
   * The same for each lane by itself.
   *
   * @default {Infinity}
   */
  maxQueuePerLane?: number | undefined;
  /**
   * What to do with a call that finds the queue full: refuse it, or drop for it the oldest one, or the
   * oldest of the lowest priority if that is lower than its own. Any of them rejects
   * with a {@link QueueFullError}.
   *
   * @default {"reject"}
   */
  overflow?: Overflow | undefined;
  /** Most batches that start in any span of `perMs` ms, for back ends that count requests. */
  rateLimit?: RateLimit | undefined;
  /**
   * Batch sizes that the back end likes, such as compiled shapes: a batch is trimmed to one of them when more
   * calls wait than fit it, unless they nearly fill the next one or a deadline is near. Those above `size` are not
   * reached.
   */
  preferredSizes?: readonly number[] | undefined;
  /** By when every caller hears, in ms from its call, unless the call says otherwise; > 0. */
  deadlineMs?: number | undefined;
  /**
   * Most time that a batch may run, in ms, > 0, repairs included. Then its signal aborts, its
   * calls reject with a {@link BatchTimeoutError} and its slot is free, whatever its
   * handler does.
   */
  batchTimeoutMs?: number | undefined;
  /**
   * After a batch of several calls has failed, runs them again to find those for which it
   * does: `"each"` alone (a decorated method runs itself then), or `"bisect"`: in halves, and alone where
   * halves fail too often. Only the guilty reject. The handler must be safe to repeat.
   */
  isolate?: Isolation | undefined;
  /**
   * How often calls are tried whose outcome is {@link retryLater}. Left out, they reject with a
   * {@link RetryError} at once.
   */
  retry?: RetryOptions | undefined;
  /** What events and errors call the batcher. Defaults to the name of the method or handler. */
  name?: string | undefined;
  /** Who is told what happens. */
  hooks?: Hooks | undefined;
  /** Where time comes from. */
  host?: Host | undefined;
}

/** What may change while a batcher lives; what is left out stays as it is. */
export type BatcherChanges = Pick<
  BatcherOptions,
  "size" | "maxWaitMs" | "policy" | "concurrency"
>;

const HOOKS: Rules<Hooks> = {
  onCall: FUNCTION,
  onBatchStart: FUNCTION,
  onBatchEnd: FUNCTION,
  onLeave: FUNCTION,
  onError: FUNCTION,
};

const RATE: Rules<RateLimit> = {
  batches: /* @__PURE__ */ required(COUNT),
  perMs: /* @__PURE__ */ required(SPAN),
};

const RETRY: Rules<RetryOptions> = {
  attempts: /* @__PURE__ */ required(COUNT),
  delayMs: {
    wanted: "be a number of ms >= 0",
    is: (v) => typeof v === "number" || isFunction(v),
    fits: (n) => isFunction(n) || n >= 0,
  },
};

const POLICY: Rule = {
  wanted: "be an object with forLane()",
  is: (v) => has(v, ["forLane"]),
};

/** Those that may change while a batcher lives. */
export const CHANGES: Rules<BatcherChanges> = {
  size: COUNT,
  maxWaitMs: MS,
  policy: POLICY,
  concurrency: COUNT,
};

/** Every option of a batcher. */
export const BATCHER: Rules<BatcherOptions<never>> = {
  size: COUNT,
  maxWaitMs: MS,
  policy: POLICY,
  concurrency: COUNT,
  maxWeight: { wanted: "be a number > 0", fits: (n) => n > 0, needs: "weigh" },
  weigh: FUNCTION,
  lane: FUNCTION,
  dedupe: FUNCTION,
  maxQueue: COUNT_OR_0,
  maxQueuePerLane: COUNT_OR_0,
  overflow: {
    wanted: 'be one of "reject", "drop-oldest", "drop-lowest"',
    is: (v) => ["reject", "drop-oldest", "drop-lowest"].includes(v as Overflow),
  },
  rateLimit: { wanted: "be an object", is: isObject, parts: RATE },
  preferredSizes: {
    wanted: "be an array of integers >= 1 in ascending order",
    is: (v) =>
      Array.isArray(v) && v.length > 0 &&
      [...v].every((n, i) => Number.isInteger(n) && n > (v[i - 1] ?? 0)),
  },
  deadlineMs: SPAN,
  batchTimeoutMs: SPAN,
  isolate: {
    wanted: 'be one of "each", "bisect"',
    is: (v) => v === "each" || v === "bisect",
  },
  retry: { wanted: "be an object", is: isObject, parts: RETRY },
  name: TEXT,
  hooks: { wanted: "be an object", is: isObject, parts: HOOKS },
  host: {
    wanted: "be an object with now(), hop(), timer(), neutral()",
    is: (v) => has(v, ["now", "hop", "timer", "neutral"]),
  },
};
