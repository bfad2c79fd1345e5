/**
 * The function form: no class needed.
 *
 * @module
 */
import { Batcher } from "./batcher.ts";
import type { CallOptions } from "./call_options.ts";
import { decorationOf } from "./decoration.ts";
import type { BatcherOptions } from "./options.ts";
import type { Handler } from "./attempt.ts";

/** A function whose calls travel in batches. */
export interface BatchedFunction<In, Out> extends AsyncDisposable {
  /** Makes a call, so that `items.map(batchedFunction)` works: the index is ignored. */
  (item: In, index: number): Promise<Out>;
  /** Makes a call; see {@link Batcher.run}. */
  (item: In, call?: CallOptions): Promise<Out>;
  /** What sends the batches. */
  readonly batcher: Batcher<In, Out>;
}

/**
 * Makes a function whose calls travel in batches.
 *
 * @param handler Works on a batch: takes the items, answers an outcome for each of them.
 * @param options See {@link BatcherOptions}.
 * @returns A function of one item, with the name of its `batcher`, which closes it; so does `await using`.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If an option is out of range.
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * await using length = batched((texts: string[]) => texts.map((text) => text.length));
 * assert.deepEqual(await Promise.all(["a", "bc"].map(length)), [1, 2]);
 * assert.equal(length.batcher.stats().batches, 1);
 * ```
 */
export function batched<In, Out>(
  handler: Handler<In, Out>,
  options?: BatcherOptions<In>,
): BatchedFunction<In, Out>;
export function batched<In, Out>(
  handler: Handler<In, Out>,
  options: BatcherOptions<In> = {},
  more?: unknown,
): BatchedFunction<In, Out> {
  if (typeof handler !== "function") throw misplaced(typeof handler);
  if (decorationOf(handler, options, more)) throw misplaced("a method");
  const batcher = new Batcher(handler, options);
  const call = (item: In, call?: CallOptions | number, more?: unknown) => {
    if (call !== undefined && decorationOf(item, call, more)) {
      throw misplaced("a method");
    }
    return batcher.run(item, call as CallOptions);
  };
  Object.defineProperty(call, "name", { value: batcher.name });
  return Object.assign(call, {
    batcher,
    [Symbol.asyncDispose]: () => batcher.close(),
  });
}

/** It is easily written where `@Batched` is meant. */
function misplaced(got: string): TypeError {
  return new TypeError(
    `Cannot make a batched function: "handler" must be a function of an array, got ${got}; to decorate a method write @Batched() in place of @batched()`,
  );
}
