/**
 * Answers that come bit by bit.
 *
 * @module
 */
import { isObject } from "./core/check.ts";
import { BatchResultError } from "./errors.ts";
import { isThenable, type ItemOutcome, silence } from "./outcome.ts";

/**
 * An answer that comes bit by bit: pairs of the index of an item and what became of it, in any
 * order. Each caller is answered as soon as its pair has come; the batch ends with the stream. Calls that it
 * leaves out reject with a {@link BatchResultError}, and so do all that are not answered yet
 * when it tells of no item of the batch or of one twice. It is asked to end (`return()`) when nobody
 * waits for it any more.
 *
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const heard: number[] = [];
 * const double = batched(async function* (xs: number[]) {
 *   for (const [index, x] of [...xs.entries()].reverse()) yield [index, 2 * x];
 * });
 * await Promise.all([1, 2, 3].map(async (x) => heard.push(await double(x))));
 * assert.deepEqual(heard, [6, 4, 2]);
 * ```
 */
export type StreamedAnswer<Out> = AsyncIterable<
  readonly [index: number, outcome: ItemOutcome<Out>]
>;

/** Whoever wants to know what a {@link Stream} brings. */
export interface StreamReader {
  /** What became of the item at this index. Must not throw. */
  take(index: number, outcome: unknown): void;
  /** Nothing more will come, though there are items left: why. Must not throw. */
  fail(error: unknown): void;
}

/** Whether an answer comes bit by bit. */
export function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return isObject(answer) && !Array.isArray(answer) &&
    typeof Reflect.get(answer, Symbol.asyncIterator) === "function";
}

/** An answer that is being read. */
export class Stream {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #expected: number;
  readonly #seen = new Set<number>();
  readonly #ended: Promise<void>;
  #end!: () => void;
  #isStopped = false;
  /** Set when the iterator itself tells when it has ended, after it was stopped. */
  #isReturning = false;

  /** Begins to read an answer for so many items. */
  constructor(answer: AsyncIterable<unknown>, expected: number) {
    this.#iterator = answer[Symbol.asyncIterator]();
    this.#expected = expected;
    this.#ended = new Promise((resolve) => this.#end = resolve);
  }

  /** Whether it has said what became of the item at this index. */
  has(index: number): boolean {
    return this.#seen.has(index);
  }

  /** Reads on; resolves, and never rejects, when the iterator has ended, be it because it was stopped. */
  read(reader: StreamReader): Promise<void> {
    this.#pull(reader).then(() => {
      if (!this.#isReturning) this.#end();
    });
    return this.#ended;
  }

  /** Nothing more is wanted: lets the iterator clean up. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    try {
      const returned: unknown = this.#iterator.return?.();
      if (!isThenable(returned)) return;
      this.#isReturning = true;
      returned.then(this.#end, this.#end);
    } catch {
      // It has been told; what it makes of that is not for any caller.
    }
  }

  async #pull(reader: StreamReader): Promise<void> {
    try {
      while (!this.#isStopped) {
        const { done, value } = await this.#iterator.next();
        if (done) break;
        const pair = Array.isArray(value) ? value : [];
        const outcome: unknown = pair[1];
        silence(outcome);
        if (this.#isStopped) return;
        reader.take(this.#tick(pair[0]), outcome);
      }
      if (this.#isStopped || this.#seen.size === this.#expected) return;
      throw this.#misfit(`outcomes for ${this.#seen.size} items`);
    } catch (error) {
      if (this.#isStopped) return;
      reader.fail(error);
      this.stop();
    }
  }

  /** Ticks the item at this index off. */
  #tick(index: unknown): number {
    if (typeof index !== "number" || !Number.isInteger(index)) {
      throw this.#misfit("what is no pair of index and outcome");
    }
    if (index < 0 || index >= this.#expected) {
      throw this.#misfit(`an outcome with index ${index}`);
    }
    if (this.#seen.has(index)) {
      throw this.#misfit(`two outcomes with index ${index}`);
    }
    this.#seen.add(index);
    return index;
  }

  #misfit(came: string): BatchResultError {
    const expected = this.#expected;
    return new BatchResultError(
      `Cannot settle the batch: the handler streamed ${came}, wanted [index, outcome] once for each of ${expected}`,
      { expected, received: this.#seen.size },
    );
  }
}
