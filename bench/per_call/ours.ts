/**
 * This library, used as plainly as it can be.
 *
 * @module
 */
import { Batcher } from "../../mod.ts";
import type { Batching, MakeCall, Work } from "./calls.ts";

/** With a window. */
export function batched(batching: Batching, work: Work): MakeCall {
  const options = { ...batching, concurrency: Infinity };
  const batcher = new Batcher(work, options);
  return (item) => batcher.run(item);
}
