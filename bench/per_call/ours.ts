/**
 * This library, used as plainly as it can be.
 *
 * @module
 */
import { adaptive, Batcher } from "../../mod.ts";
import type { Batching, MakeCall, Work } from "./calls.ts";

/** With a window. */
export function batched(batching: Batching, work: Work): MakeCall {
  const options = { ...batching, concurrency: Infinity };
  const batcher = new Batcher(work, options);
  return (item) => batcher.run(item);
}

/** With the policy that is the default. */
export function adaptively({ size }: Batching, work: Work): MakeCall {
  const options = { size, policy: adaptive(), concurrency: Infinity };
  const batcher = new Batcher(work, options);
  return (item) => batcher.run(item);
}
