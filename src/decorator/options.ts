/**
 * What `@Batched` may be given, and the checks of that.
 *
 * @module
 */
import { checked, isFunction } from "../core/check.ts";
import { BATCHER, type BatcherOptions } from "../options.ts";

/** How a decorated method works: as a batcher does, with the handler beside it. */
export interface BatchedOptions<In = unknown, Handler = string>
  extends BatcherOptions<In> {
  /**
   * The twin: its name, or a function that is called on the object of the method.
   * Defaults to the method named as this one with `Batch` behind.
   */
  handler?: Handler | undefined;
}

/** What `@Batched` was given, all of it checked. */
export interface BatchedParts<Handler> {
  readonly given: Readonly<BatchedOptions<never, Handler>>;
  readonly batcher: BatcherOptions<never>;
  readonly handler: Handler | undefined;
}

/** Checks the options of a decorated method, and parts its twin from the rest. */
export function partsOf<Handler>(
  options: BatchedOptions<never, Handler>,
): BatchedParts<Handler> {
  const given = checked("batch a method", options, {
    handler: {
      wanted: "be a function or the name of a method",
      is: (v) => isFunction(v) || (typeof v === "string" && v !== ""),
    },
    ...BATCHER,
  });
  const { handler, ...batcher } = given;
  return { given: Object.freeze(given), handler, batcher };
}
