/**
 * What may be said of one item, and how it is read.
 *
 * @module
 */
import { checked, MS, type Rules } from "./core/check.ts";

/** What became of one item, said explicitly: made by {@link done}, {@link failed} and {@link retryLater}. */
export class Outcome<out Out> {
  /** Whether the item succeeded. */
  readonly ok: boolean;
  /** The result; `undefined` when the item failed. */
  readonly value: Out;
  /** Why the item failed; `undefined` when it succeeded. */
  readonly error: unknown;

  /** Use {@link done} or {@link failed}. */
  constructor(ok: boolean, value: Out, error: unknown) {
    this.ok = ok;
    this.value = value;
    this.error = error;
  }
}

/**
 * What a handler may say of one item: its result, a promise of it, an `Error`
 * that rejects this call alone, or {@link done}, {@link failed} and {@link retryLater}.
 */
export type ItemOutcome<Out> =
  | Out
  | Error
  | Outcome<Out>
  | PromiseLike<Out | Error | Outcome<Out>>;

/**
 * Says that an item succeeded; with no value that it succeeded and has no result.
 * Answered in place of an array it counts for every item of the batch.
 *
 * @param value The result of the item.
 * @returns The outcome, for a handler to answer.
 * @example A batch of writes has one outcome
 * ```ts
 * import { batched, done } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const rows: number[] = [];
 * const write = batched((batch: number[]) => {
 *   rows.push(...batch);
 *   return done();
 * });
 * await Promise.all([write(1), write(2)]);
 * assert.deepEqual(rows, [1, 2]);
 * ```
 * @example A result that is an error
 * ```ts
 * import { batched, done } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const diagnose = batched((xs: string[]) => xs.map((x) => done(new Error(x))));
 * assert.equal((await diagnose("cold")).message, "cold");
 * ```
 */
export function done(): Outcome<void>;
/** Says that an item succeeded with this value, whatever it is. */
export function done<Out>(value: Out): Outcome<Out>;
export function done(value?: unknown): Outcome<unknown> {
  return new Outcome(true, value, undefined);
}

/**
 * Says that an item failed. Its call rejects with this very error, which may
 * be anything; an `Error` in the answer means the same.
 *
 * @param error What the call rejects with.
 * @returns The outcome, for a handler to answer.
 * @example
 * ```ts
 * import { batched, failed } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const halve = batched((xs: number[]) =>
 *   xs.map((x) => x % 2 === 0 ? x / 2 : failed("odd"))
 * );
 * const [four, five] = await Promise.allSettled([halve(4), halve(5)]);
 * assert.deepEqual(four, { status: "fulfilled", value: 2 });
 * assert.deepEqual(five, { status: "rejected", reason: "odd" });
 * ```
 */
export function failed(error: unknown): Outcome<never> {
  return new Outcome(false, undefined as never, error);
}

/** Says that an item is to be tried again: made by {@link retryLater}. */
export class RetryLater extends Outcome<never> {
  /** After how long, in ms; as the option `retry` says when `undefined`. */
  readonly afterMs: number | undefined;

  /** Use {@link retryLater}. */
  constructor(afterMs: number | undefined, cause: unknown) {
    super(false, undefined as never, cause);
    this.afterMs = afterMs;
  }
}

/**
 * Says that an item is to be tried again: it goes back to the head of its lane after a while, and keeps its
 * deadline. Needs the option `retry`: when its attempts run out, or where it is not set, the call
 * rejects with a {@link RetryError}. Answered in place of an array it counts for every item of
 * the batch.
 *
 * @param options `afterMs`, after how long, in ms, in place of the `delayMs` of the option; and
 * the `cause` that the error will have.
 * @returns The outcome, for a handler to answer.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If `afterMs` is negative or `NaN`.
 * @example Take the items that the back end had no capacity for to it again
 * ```ts
 * import { batched, retryLater } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * let capacity = 1;
 * const store = batched(
 *   (xs: number[]) => xs.map((x) => capacity-- > 0 ? x : retryLater()),
 *   { retry: { attempts: 3, delayMs: () => capacity = 5 } },
 * );
 * assert.deepEqual(await Promise.all([store(1), store(2)]), [1, 2]);
 * ```
 */
export function retryLater(
  options: { afterMs?: number | undefined; cause?: unknown } = {},
): Outcome<never> {
  const { afterMs, cause } = checked("retry later", options, RETRY_LATER);
  return new RetryLater(afterMs, cause);
}

const RETRY_LATER: Rules<{ afterMs?: number | undefined; cause?: unknown }> = {
  afterMs: MS,
  cause: { wanted: "be anything", is: () => true },
};

/** Whether it is to be awaited. The promises of RPC on workerd are functions. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/** Why an outcome rejects its call; `undefined` when it does not. */
export function failureOf(outcome: unknown): { error: unknown } | undefined {
  if (typeof outcome !== "object" || outcome === null) return undefined;
  if (outcome instanceof Outcome) {
    if (outcome.ok) return undefined;
    return outcome instanceof RetryLater ? outcome : { error: outcome.error };
  }
  return isError(outcome) ? { error: outcome } : undefined;
}

/** Knows the errors of other realms: in Jest, those of Node itself are. */
const isErrorOfAnyRealm =
  (Error as { isError?: (value: unknown) => boolean }).isError;

/** Whether it rejects a call that it is answered to. */
export function isError(value: object): boolean {
  if (value instanceof Error) return true;
  // Asking costs more than all the rest, and most results are plain.
  return isErrorOfAnyRealm !== undefined &&
    Object.getPrototypeOf(value) !== Object.prototype &&
    isErrorOfAnyRealm(value);
}

/** Whether a value is of this class; one that does not let itself be asked is not. */
export function isOf<T>(
  value: unknown,
  kind: abstract new (...args: never[]) => T,
): value is T {
  try {
    return value instanceof kind;
  } catch {
    return false;
  }
}

/** What an outcome that is no failure fulfils its call with. */
export function valueOf(outcome: unknown): unknown {
  return outcome instanceof Outcome ? outcome.value : outcome;
}

/** Nobody will hear what becomes of an outcome that is dropped, should it be a promise. */
export function silence(outcome: unknown): void {
  try {
    if (isThenable(outcome)) outcome.then(nothing, nothing);
  } catch {
    // It cannot be looked at, so nobody has to hear of it.
  }
}

function nothing(): void {}
