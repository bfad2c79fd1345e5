/**
 * `@Batched`, in both decorator protocols.
 *
 * @module
 */
import type { BatchAnswer } from "../answer.ts";
import { type Decoration, decorationOf, nameOf } from "../decoration.ts";
import type { BatchContext } from "../batch_context.ts";
import type { BatcherOptions } from "../options.ts";
import { announce } from "./announce.ts";
import { functionOf, Method, type MethodOptions } from "./method.ts";
import { type BatchedOptions, partsOf } from "./options.ts";
import type { Cannot, HandlerDecorator, TwinDecorator } from "./twin.ts";

/**
 * Lets the calls of an async method travel in batches. Works as a decorator of the
 * TC39 standard and of `experimentalDecorators`, on methods of instances and classes.
 *
 * Several calls run the twin of the method, which takes an array of its items and
 * answers an array of its results. A call that leaves alone runs the method itself.
 * Each object has a batcher of its own, made at its first call and collected with it.
 *
 * @param options See {@link BatchedOptions}; `handler` is the twin, by its name or as a
 * function. Left out, it is the method with `Batch` behind its name.
 * @returns The decorator. The method may take its item and `call?: CallOptions`; it gets
 * `call.signal`, that of the batch.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If an option is out of range.
 * @example The twin beside the method
 * ```ts
 * import { Batched, one } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * class Words {
 *   batches: string[][] = [];
 *
 *   @Batched({ size: 64, maxWaitMs: 4 })
 *   length(word: string): Promise<number> {
 *     return one(this.lengthBatch([word]));
 *   }
 *
 *   lengthBatch(words: string[]): number[] {
 *     this.batches.push(words);
 *     return words.map((word) => word.length);
 *   }
 * }
 *
 * const words = new Words();
 * const lengths = ["one", "three"].map((word) => words.length(word));
 * assert.deepEqual(await Promise.all(lengths), [3, 5]);
 * assert.deepEqual(words.batches, [["one", "three"]]);
 * ```
 * @example The twin as a function, and lanes
 * ```ts
 * import { Batched } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * interface Job {
 *   model: string;
 *   x: number;
 * }
 *
 * class Models {
 *   @Batched({
 *     lane: (job) => job.model,
 *     handler: (jobs, batch) => jobs.map(({ x }) => `${String(batch.lane)}(${x})`),
 *   })
 *   async run({ model, x }: Job): Promise<string> {
 *     return await `${model}(${x})`;
 *   }
 * }
 *
 * const models = new Models();
 * const run = (model: string, x: number) => models.run({ model, x });
 * assert.deepEqual(
 *   await Promise.all([run("f", 1), run("g", 2), run("f", 3)]),
 *   ["f(1)", "g(2)", "f(3)"],
 * );
 * ```
 */
export function Batched<In, Out, This = unknown>(
  options: BatcherOptions<In> & {
    handler: (
      this: This,
      items: In[],
      batch: BatchContext,
    ) => BatchAnswer<Out>;
  },
): HandlerDecorator<NoInfer<This>, In, Out>;
/** With the twin beside the method, under the name that is given or the method's own with `Batch` behind. */
export function Batched<In, const K extends string = string>(
  options?: BatchedOptions<In, K>,
): TwinDecorator<In, K>;
/** Written without its parentheses: nothing fits this, so that the compiler says what to do. */
export function Batched(
  uncalled: Cannot<symbol, "write @Batched() in place of @Batched">,
  context: unknown,
): never;
export function Batched(options: object = {}, ...rest: unknown[]): unknown {
  if (rest.length > 0) throw uncalled(options, rest);
  const settings: MethodOptions = partsOf(options);
  return (target: unknown, context: unknown, descriptor: unknown) =>
    decorate(settings, decorationOf(target, context, descriptor));
}

function decorate(
  options: MethodOptions,
  decoration: Decoration | undefined,
): unknown {
  if (decoration?.kind !== "method") {
    const what = decoration &&
      `the ${decoration.kind} ${nameOf(decoration.name)}`;
    throw new TypeError(`Cannot batch ${what ?? "this"}: it is no method`);
  }
  const { descriptor, name, target } = decoration;
  const value = functionOf(new Method(decoration, options), decoration);
  announce({ fn: value, target, name });
  return descriptor ? { ...descriptor, value } : value;
}

/** `@Batched` was written where `@Batched()` was meant. */
function uncalled(
  target: unknown,
  [context, descriptor]: unknown[],
): TypeError {
  const name = decorationOf(target, context, descriptor)?.name;
  return new TypeError(
    `Cannot batch ${
      name === undefined ? "this" : `${nameOf(name)}()`
    }: write @Batched() in place of @Batched`,
  );
}
