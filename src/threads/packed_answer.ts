/**
 * Takes the answer of a handler apart for its way to the other thread, and puts it together
 * there.
 *
 * @module
 */
import { drop, misfitOf, type SettledAnswer } from "../answer.ts";
import { done, failed, failureOf, Outcome } from "../outcome.ts";
import { type PackedError, packError, unpackError } from "../packed_error.ts";
import { isStream, Stream } from "../stream.ts";
import type { Answered, Mark } from "./messages.ts";

/**
 * What became of a batch of `size` items whose handler answered this. It waits for all promises in
 * it, and for the end of a stream.
 */
export async function packAnswer(
  call: number,
  answer: unknown,
  size: number,
): Promise<Answered> {
  const whole = isStream(answer) ? await collected(answer, size) : answer;
  const misfit = misfitOf(whole, size);
  if (misfit !== undefined) {
    drop(whole);
    throw misfit;
  }
  const isForAll = !Array.isArray(whole);
  const outcomes = await Promise.all(
    isForAll ? [whole] : Array.from(whole, settled),
  );
  const marks: Mark[] = [];
  const values = outcomes.map((outcome: unknown, index) => {
    const failure = failureOf(outcome);
    if (failure) {
      marks.push([index, false]);
      return packError(failure.error);
    }
    if (!(outcome instanceof Outcome)) return outcome;
    marks.push([index, true]);
    return outcome.value;
  });
  return { call, values, marks, isForAll };
}

/** The results in an answer that was taken apart: what stands for an error is none. */
export function resultsOf({ values, marks }: Answered): unknown[] {
  const failed = new Set(marks.map(([index, isDone]) => isDone ? -1 : index));
  return values.filter((_, index) => !failed.has(index));
}

/** The answer that a reply brings. */
export function unpackAnswer<Out>(
  { values, marks, isForAll }: Answered,
): SettledAnswer<Out> {
  for (const [index, isDone] of marks) {
    const value = values[index];
    values[index] = isDone
      ? done(value)
      : failed(unpackError(value as PackedError));
  }
  return (isForAll ? values[0] : values) as SettledAnswer<Out>;
}

/** What a stream has said of each item when it has ended. */
async function collected(
  answer: AsyncIterable<unknown>,
  size: number,
): Promise<unknown[]> {
  const outcomes = new Array<unknown>(size);
  const stream = new Stream(answer, size);
  await stream.read({
    take: (index, outcome) => outcomes[index] = outcome,
    fail(error) {
      for (let index = 0; index < size; index++) {
        if (!stream.has(index)) outcomes[index] = failed(error);
      }
    },
  });
  return outcomes;
}

/** One promise that fails does not fail the batch. */
async function settled(outcome: unknown): Promise<unknown> {
  try {
    return await outcome;
  } catch (error) {
    return failed(error);
  }
}
