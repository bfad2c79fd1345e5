/**
 * The function form and what handlers may answer. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import {
  batched,
  type BatchedFunction,
  Batcher,
  done,
  failed,
  one,
  retryLater,
} from "../../mod.ts";

const double = batched((xs: number[]) => xs.map((x) => 2 * x), { size: 3 });
assertType<IsExact<typeof double, BatchedFunction<number, number>>>(true);
assertType<IsExact<typeof double.batcher, Batcher<number, number>>>(true);
const doubled: Promise<number> = double(1, { deadlineMs: 5 });
const mapped: Promise<number>[] = [1, 2].map(double);

// @ts-expect-error an item is a number
double("1");
// @ts-expect-error a call asks for nothing of that name
double(1, { topK: 3 });
// @ts-expect-error a signal is not what a call asks for, but a part of it
double(1, new AbortController().signal);
// @ts-expect-error there is no such option
batched((xs: number[]) => xs, { sise: 3 });
// @ts-expect-error the handler stands before the options
batched({ handler: (xs: number[]) => xs });
// @ts-expect-error a handler answers an array
batched((xs: number[]) => xs.length);
// @ts-expect-error a lane is a primitive
batched((xs: number[]) => xs, { lane: (x) => [x] });

const mixed = batched(async (texts: readonly string[], batch) => {
  batch.signal.throwIfAborted();
  return await texts.map((text) => {
    if (text === "") return failed("empty");
    return text === "!" ? new Error(text) : done(text.length);
  });
});
assertType<IsExact<typeof mixed, BatchedFunction<string, number>>>(true);

const write = batched((_rows: string[]) => done());
assertType<IsExact<typeof write, BatchedFunction<string, void>>>(true);

const streamed = batched(async function* (texts: string[], batch) {
  batch.signal.throwIfAborted();
  for (const [index, text] of texts.entries()) {
    yield [index, text.length];
  }
});
assertType<IsExact<typeof streamed, BatchedFunction<string, number>>>(true);

const streamedMixed = batched(async function* (texts: string[]) {
  for (const index of texts.keys()) {
    yield index > 0 ? [index, done(index)] : [index, failed("first")];
  }
});
assertType<IsExact<typeof streamedMixed, BatchedFunction<string, number>>>(
  true,
);

// @ts-expect-error a sync generator is no stream
batched(function* (texts: string[]) {
  for (const index of texts.keys()) yield [index, index] as const;
});
// @ts-expect-error the index stands before the outcome
batched(async function* (texts: string[]) {
  for (const text of texts) yield [text, 1] as const;
});
// @ts-expect-error a stream is of pairs
batched(async function* (texts: string[]) {
  for (const text of texts) yield text;
});

const retried = batched(
  (texts: string[]) =>
    texts.map((text) =>
      text ? text.length : retryLater({ afterMs: 5, cause: text })
    ),
  { retry: { attempts: 3, delayMs: (attempt) => 10 * attempt } },
);
assertType<IsExact<typeof retried, BatchedFunction<string, number>>>(true);

const throttled = batched(
  async (texts: string[]) =>
    await (texts.length > 1 ? retryLater() : texts.map((text) => text.length)),
);
assertType<IsExact<typeof throttled, BatchedFunction<string, number>>>(true);

// @ts-expect-error how often is not left open
batched((texts: string[]) => texts, { retry: { delayMs: 5 } });
// @ts-expect-error a back end says after how long, not when
retryLater({ at: 5 });

const byLane = new Batcher(
  (xs: { key: string }[]) => xs.map(({ key }) => key),
  {
    lane: (x) => x.key,
  },
);
assertType<IsExact<typeof byLane, Batcher<{ key: string }, string>>>(true);
const settled: Promise<PromiseSettledResult<string>[]> = byLane.runMany(
  [{ key: "a" }],
  { settled: true },
);
const many: Promise<string[]> = byLane.runMany(new Set([{ key: "a" }]));

const aloneStreamed: Promise<string> = one(
  (async function* () {
    yield [0, "a"] as const;
  })(),
);
const alone: Promise<number> = one(Promise.resolve([done(1), new Error()]));
// @ts-expect-error one() takes the answer of a batch
one(3);

export { alone, aloneStreamed, doubled, many, mapped, settled };
