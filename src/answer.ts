/**
 * What a handler may answer, and how an answer is read: one outcome for each
 * item, or one outcome for all of them.
 *
 * @module
 */
import { BatchResultError } from "./errors.ts";

/** What became of one item, said explicitly: made by {@link done} and {@link failed}. */
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
 * that rejects this call alone, or {@link done} and {@link failed}.
 */
export type ItemOutcome<Out> =
  | Out
  | Error
  | Outcome<Out>
  | PromiseLike<Out | Error | Outcome<Out>>;

/** What a handler may answer: an outcome for each item, in order, or one {@link Outcome} for all. */
export type BatchAnswer<Out> =
  | SettledAnswer<Out>
  | PromiseLike<SettledAnswer<Out>>;

/** A {@link BatchAnswer} that is there already. */
export type SettledAnswer<Out> =
  | readonly ItemOutcome<Out>[]
  | Outcome<Out>;

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

/**
 * Takes the answer of a batch of one: what the body of a decorated method
 * does when it is its own batch.
 *
 * @param answer What the batch method answered for a single item.
 * @returns A promise of the value, or its rejection; never throws.
 * @example
 * ```ts
 * import { one } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const double = (xs: number[]) => Promise.resolve(xs.map((x) => 2 * x));
 * assert.equal(await one(double([21])), 42);
 * ```
 */
export async function one<Out>(answer: BatchAnswer<Out>): Promise<Out> {
  const settled = await answer;
  const misfit = misfitOf(settled, 1);
  if (misfit !== undefined) {
    silence(settled);
    throw misfit;
  }
  const outcome: unknown =
    await (Array.isArray(settled) ? settled[0] : settled);
  const failure = failureOf(outcome);
  if (failure !== undefined) throw failure.error;
  return valueOf(outcome) as Out;
}

/** Whether it is to be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/** What is wrong with an answer for `expected` items, if anything. */
export function misfitOf(
  answer: unknown,
  expected: number,
): BatchResultError | undefined {
  if (Array.isArray(answer)) {
    const received = answer.length;
    if (received === expected) return undefined;
    return new BatchResultError(
      `Cannot settle the batch: the handler answered ${count(received)} for ${
        count(expected)
      }, wanted one outcome for each item`,
      { expected, received },
    );
  }
  if (answer instanceof Outcome || answer instanceof Error) return undefined;
  const hint = answer === undefined
    ? "; a handler without results answers done()"
    : "";
  return new BatchResultError(
    `Cannot settle the batch: the handler answered ${
      kindOf(answer)
    }, wanted an array of ${count(expected)}${hint}`,
    { expected },
  );
}

/** Why an outcome rejects its call; `undefined` when it does not. */
export function failureOf(outcome: unknown): { error: unknown } | undefined {
  if (typeof outcome !== "object" || outcome === null) return undefined;
  if (outcome instanceof Outcome) {
    return outcome.ok ? undefined : outcome;
  }
  return outcome instanceof Error ? { error: outcome } : undefined;
}

/** What an outcome that is no failure fulfils its call with. */
export function valueOf(outcome: unknown): unknown {
  return outcome instanceof Outcome ? outcome.value : outcome;
}

/** Nobody will listen to the promises of an answer that is dropped. */
export function silence(answer: unknown): void {
  if (!Array.isArray(answer)) return;
  for (const outcome of answer) {
    if (isThenable(outcome)) outcome.then(ignore, ignore);
  }
}

function ignore(): void {}

function count(items: number): string {
  return items === 1 ? "1 item" : `${items} items`;
}

/** Objects that handlers answer by mistake, and that may be named. */
const KNOWN = [
  ...[Map, Set, Promise, Date, ArrayBuffer],
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array],
  ...[Int32Array, Uint32Array, Float32Array, Float64Array],
  ...[BigInt64Array, BigUint64Array],
];

/** Names the kind of a value and shows nothing of it, nor lets it speak for itself. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  const known = KNOWN.find((known) => value instanceof known);
  return known ? `an object of class ${known.name}` : "an object";
}
