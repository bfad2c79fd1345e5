/**
 * What a handler may answer, and how an answer is read: one outcome for each
 * item, or one outcome for all of them.
 *
 * @module
 */
import { isObject } from "./core/check.ts";
import { BatchResultError } from "./errors.ts";
import {
  failed,
  failureOf,
  isError,
  type ItemOutcome,
  Outcome,
  RetryLater,
  silence,
  valueOf,
} from "./outcome.ts";
import { isStream, Stream, type StreamedAnswer } from "./stream.ts";

/** What a handler may answer: see {@link SettledAnswer}, or a promise of that. */
export type BatchAnswer<Out> =
  | SettledAnswer<Out>
  | PromiseLike<SettledAnswer<Out>>;

/**
 * A {@link BatchAnswer} that is there already: an outcome for each item, in order, one
 * {@link Outcome} for all of them, or a {@link StreamedAnswer}.
 */
export type SettledAnswer<Out> =
  | readonly ItemOutcome<Out>[]
  | Outcome<Out>
  | StreamedAnswer<Out>;

/**
 * Takes the answer of a batch of one: what the body of a decorated method
 * does when it is its own batch.
 *
 * @param answer What the batch method answered for a single item.
 * @returns A promise of the value, or its rejection; of the outcome itself if that is {@link retryLater}.
 * Never throws.
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
  const outcome: unknown = await onlyOf(await answer);
  if (outcome instanceof RetryLater) return outcome as Out;
  const failure = failureOf(outcome);
  if (failure !== undefined) throw failure.error;
  return valueOf(outcome) as Out;
}

/** The outcome of the only item. */
function onlyOf(answer: unknown): unknown {
  return isStream(answer) ? lastOf(answer) : outcomesOf(answer, 1)[0];
}

/** What a stream says of its only item; it may clean up before that counts. */
async function lastOf(answer: AsyncIterable<unknown>): Promise<unknown> {
  let outcome: unknown;
  const stream = new Stream(answer, 1);
  await stream.read({
    take(_, taken) {
      silence(taken);
      outcome = taken;
    },
    fail(error) {
      if (!stream.has(0)) outcome = failed(error);
    },
  });
  return outcome;
}

/** The outcomes of `size` items, which are all there: a plain array as it is, a copy of what may have a mind of its own. */
export function outcomesOf(answer: unknown, size: number): readonly unknown[] {
  refuseMisfit(answer, size);
  if (!Array.isArray(answer)) return new Array<unknown>(size).fill(answer);
  if (Object.getPrototypeOf(answer) === Array.prototype) return answer;
  return Array.from({ length: size }, (_, index) => answer[index]);
}

/** Drops an answer that is not one for `size` items, and throws what is wrong with it. */
export function refuseMisfit(answer: unknown, size: number): void {
  const misfit = misfitOf(answer, size);
  if (misfit === undefined) return;
  drop(answer);
  throw misfit;
}

function misfitOf(
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
  const isOutcome = answer instanceof Outcome ||
    (isObject(answer) && isError(answer));
  if (isOutcome) return undefined;
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

/** An answer that counts no more: nobody will listen to its promises. */
export function drop(answer: unknown): void {
  try {
    if (Array.isArray(answer)) answer.forEach(silence);
    else if (isStream(answer)) new Stream(answer, 0).stop();
  } catch {
    // It cannot be looked at.
  }
}

function count(items: number): string {
  return items === 1 ? "1 item" : `${items} items`;
}

/** Objects that handlers answer by mistake, and that may be named. */
const KNOWN = [Map, Set, Promise, Date, ArrayBuffer];

/** Names the kind of a value and shows nothing of it, nor lets it speak for itself. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  const known = KNOWN.find((known) => value instanceof known)?.name ??
    viewOf(value);
  return known ? `an object of class ${known}` : "an object";
}

/** The class of a typed array, whatever its realm; that of models is often answered as it is. */
function viewOf(value: object): string | undefined {
  const typedArrays = Object.getPrototypeOf(Int8Array.prototype);
  return Reflect.get(typedArrays, Symbol.toStringTag, value);
}
