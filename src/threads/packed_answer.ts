/**
 * Takes the answer of a handler apart for its way to the other thread, and puts it together
 * there.
 *
 * @module
 */
import { refuseMisfit, type SettledAnswer } from "../answer.ts";
import {
  done,
  failed,
  failureOf,
  Outcome,
  RetryLater,
  retryLater,
} from "../outcome.ts";
import { type PackedError, packError, unpackError } from "../packed_error.ts";
import { isStream, Stream } from "../stream.ts";
import type { Answered, Mark, Retry } from "./messages.ts";

/**
 * What became of a batch of `size` items whose handler answered this. It waits for all promises in
 * it, and for the end of a stream, which is asked to end when the signal aborts.
 */
export async function packAnswer(
  call: number,
  answer: unknown,
  size: number,
  signal: AbortSignal,
): Promise<Answered> {
  const whole = isStream(answer)
    ? await collected(answer, size, signal)
    : answer;
  refuseMisfit(whole, size);
  const isForAll = !Array.isArray(whole);
  const outcomes = await Promise.all(
    isForAll ? [whole] : Array.from(whole, settled),
  );
  const marks: Mark[] = [];
  const values = outcomes.map((outcome: unknown, index) => {
    if (outcome instanceof RetryLater) {
      marks.push([index, "retry"]);
      const { afterMs, error } = outcome;
      return { afterMs, cause: packError(error) } satisfies Retry;
    }
    const failure = failureOf(outcome);
    if (failure) {
      marks.push([index, "failed"]);
      return packError(failure.error);
    }
    if (!(outcome instanceof Outcome)) return outcome;
    marks.push([index, "done"]);
    return outcome.value;
  });
  return { call, values, marks, isForAll };
}

/** The results in an answer that was taken apart: what stands for an error is none. */
export function resultsOf({ values, marks }: Answered): unknown[] {
  const others = new Set(
    marks.map(([index, said]) => said === "done" ? -1 : index),
  );
  return values.filter((_, index) => !others.has(index));
}

/** The answer that a reply brings. */
export function unpackAnswer<Out>(
  { values, marks, isForAll }: Answered,
): SettledAnswer<Out> {
  for (const [index, said] of marks) {
    values[index] = READERS[said](values[index] as never);
  }
  return (isForAll ? values[0] : values) as SettledAnswer<Out>;
}

/** Say again what was said there. */
const READERS = {
  done,
  failed: (error: PackedError) => failed(unpackError(error)),
  retry: ({ afterMs, cause }: Retry) =>
    retryLater({ afterMs, cause: unpackError(cause) }),
};

/** What a stream has said of each item when it has ended. */
async function collected(
  answer: AsyncIterable<unknown>,
  size: number,
  signal: AbortSignal,
): Promise<unknown[]> {
  const outcomes = new Array<unknown>(size);
  const stream = new Stream(answer, size);
  const fail = (error: unknown) => {
    for (let index = 0; index < size; index++) {
      if (!stream.has(index)) outcomes[index] = failed(error);
    }
  };
  const stop = () => {
    fail(signal.reason);
    stream.stop();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop);
  await stream.read({
    take: (index, outcome) => outcomes[index] = outcome,
    fail,
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
