/**
 * Everything this module throws or rejects with by itself; what your handler throws reaches callers as it is, never
 * wrapped. Each class has a `name`, a stable `code` to switch on and its data in readonly fields. Wrong use of an
 * option or argument is a `TypeError` or `RangeError`.
 *
 * @module
 */

/**
 * A call found the queue full, or was dropped from it for a later one.
 *
 * @example Tell the client when to come back
 * ```ts
 * import { QueueFullError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const error = new QueueFullError("Cannot take the call", { retryAfterMs: 1200 });
 * assert.equal(Math.ceil(error.retryAfterMs / 1000), 2);
 * ```
 */
export class QueueFullError extends Error {
  /** The name of the class. */
  override readonly name = "QueueFullError";
  /** What to switch on. */
  readonly code = "BATCHED_QUEUE_FULL" as const;
  /** When room is likely again, in ms from now, by the measured batch time. */
  declare readonly retryAfterMs: number;

  /** Makes the error of a call for which there is no room. */
  constructor(message: string, options: { retryAfterMs: number }) {
    super(message);
    Object.assign(this, options);
  }
}

/**
 * The batcher is closed or closing.
 *
 * @example
 * ```ts
 * import { batched, ClosedError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x));
 * await double.batcher.close();
 * await assert.rejects(double(1), ClosedError);
 * ```
 */
export class ClosedError extends Error {
  /** The name of the class. */
  override readonly name = "ClosedError";
  /** What to switch on. */
  readonly code = "BATCHED_CLOSED" as const;
}

/**
 * A call was not answered within its `deadlineMs`.
 *
 * @example
 * ```ts
 * import { batched, DeadlineError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const stuck = batched((_: number[]) => new Promise<number[]>(() => {}));
 * await assert.rejects(stuck(1, { deadlineMs: 5 }), DeadlineError);
 * ```
 */
export class DeadlineError extends Error {
  /** The name of the class. */
  override readonly name = "DeadlineError";
  /** What to switch on. */
  readonly code = "BATCHED_DEADLINE" as const;
  /** The deadline that passed, in ms from the call. */
  declare readonly deadlineMs: number;

  /** Makes the error of a call that nobody answered in time. */
  constructor(message: string, options: { deadlineMs: number }) {
    super(message);
    Object.assign(this, options);
  }
}

/**
 * A batch ran longer than `batchTimeoutMs`.
 *
 * @example
 * ```ts
 * import { BatchTimeoutError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const error = new BatchTimeoutError("Cannot wait", { batchTimeoutMs: 500 });
 * assert.equal(error.code, "BATCHED_BATCH_TIMEOUT");
 * ```
 */
export class BatchTimeoutError extends Error {
  /** The name of the class. */
  override readonly name = "BatchTimeoutError";
  /** What to switch on. */
  readonly code = "BATCHED_BATCH_TIMEOUT" as const;
  /** The limit that passed, in ms from the start of the batch. */
  declare readonly batchTimeoutMs: number;

  /** Makes the error of the calls of a batch that took too long. */
  constructor(message: string, options: { batchTimeoutMs: number }) {
    super(message);
    Object.assign(this, options);
  }
}

/**
 * The handler's answer does not say what became of each item: a wrong length,
 * or no array at all. Its message never shows items or results.
 *
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const short = batched((_: number[]): number[] => []);
 * await assert.rejects(short(1), { name: "BatchResultError", expected: 1, received: 0 });
 * ```
 */
export class BatchResultError extends Error {
  /** The name of the class. */
  override readonly name = "BatchResultError";
  /** What to switch on. */
  readonly code = "BATCHED_BATCH_RESULT" as const;
  /** How many outcomes the batch needed. */
  declare readonly expected: number;
  /** How many came; `undefined` when the answer was neither an array nor a stream. */
  declare readonly received: number | undefined;

  /** Makes the error of all calls of a batch whose answer cannot be read. */
  constructor(
    message: string,
    options: { expected: number; received?: number | undefined },
  ) {
    super(message);
    Object.assign(this, options);
  }
}

/**
 * One item alone weighs more than `maxWeight`.
 *
 * @example
 * ```ts
 * import { ItemTooHeavyError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const error = new ItemTooHeavyError("Cannot take the call", { weight: 9, maxWeight: 4 });
 * assert(error.weight > error.maxWeight);
 * ```
 */
export class ItemTooHeavyError extends Error {
  /** The name of the class. */
  override readonly name = "ItemTooHeavyError";
  /** What to switch on. */
  readonly code = "BATCHED_ITEM_TOO_HEAVY" as const;
  /** What the item weighs. */
  declare readonly weight: number;
  /** What a whole batch may weigh. */
  declare readonly maxWeight: number;

  /** Makes the error of a call that fits into no batch. */
  constructor(message: string, options: { weight: number; maxWeight: number }) {
    super(message);
    Object.assign(this, options);
  }
}

/**
 * An item asked to be tried again and no attempt is left.
 *
 * @example
 * ```ts
 * import { RetryError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const error = new RetryError("Cannot retry", { attempts: 3, cause: new Error("throttled") });
 * assert.equal(error.attempts, 3);
 * ```
 */
export class RetryError extends Error {
  /** The name of the class. */
  override readonly name = "RetryError";
  /** What to switch on. */
  readonly code = "BATCHED_RETRY" as const;
  /** How often the item was tried, the first time included. */
  readonly attempts: number;

  /** Makes the error of a call whose attempts have run out. */
  constructor(message: string, options: { attempts: number; cause?: unknown }) {
    super(message, options);
    this.attempts = options.attempts;
  }
}

/**
 * Thrown by a handler to say that the batch was too large for its back end (status 413, out of memory), though each
 * item alone may be fine. The batch is run again in halves, and batches are smaller for a minute. A handler that
 * throws it must have left its array of items as it was.
 *
 * @example
 * ```ts
 * import { batched, BatchTooLargeError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const sizes: number[] = [];
 * const send = batched((texts: string[]) => {
 *   sizes.push(texts.length);
 *   if (texts.length > 2) throw new BatchTooLargeError("Request entity too large");
 *   return texts.map((text) => text.length);
 * });
 * assert.deepEqual(await Promise.all(["a", "bc", "d", "ef"].map(send)), [1, 2, 1, 2]);
 * assert.deepEqual(sizes, [4, 2, 2]);
 * ```
 */
export class BatchTooLargeError extends Error {
  /** The name of the class. */
  override readonly name = "BatchTooLargeError";
  /** What to switch on. */
  readonly code = "BATCHED_BATCH_TOO_LARGE" as const;
}

/** The `code` of every error class of this module. */
export type ErrorCode = (
  | QueueFullError
  | ClosedError
  | DeadlineError
  | BatchTimeoutError
  | BatchResultError
  | ItemTooHeavyError
  | RetryError
  | BatchTooLargeError
)["code"];

/** Makes an error without its stack: most of its price, and of a refused call it shows only where the batcher stands. */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Reflect.get(Error, "stackTraceLimit");
  if (!Reflect.set(Error, "stackTraceLimit", 0)) return make();
  try {
    return make();
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit);
  }
}
