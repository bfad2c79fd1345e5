/**
 * Whose waiting calls are weighed.
 *
 * @module
 */
import { Batcher } from "../../mod.ts";
import type { Batch } from "../per_call/calls.ts";
import { floor } from "../per_call/floor.ts";
import {
  batshit,
  dataloader,
  expo,
  promiseBatcher,
} from "../per_call/peers.ts";

/** This library, one batch at a time: all but the first one queue. */
const batched: Batch = (batching, work) => {
  const batcher = new Batcher(work, batching);
  return (item) => batcher.run(item);
};

/** Who is weighed, and with how many calls. */
export interface Waiter {
  readonly batch: Batch;
  readonly calls: number;
}

/**
 * By name. Those are left out that run full batches in the stack of a caller, where
 * nobody waits long enough. The slow ones come with fewer calls; it makes no difference to one.
 */
export const waiters = {
  floor: { batch: floor, calls: 1_000_000 },
  batched: { batch: batched, calls: 1_000_000 },
  dataloader: { batch: dataloader, calls: 1_000_000 },
  "@expo/batcher": { batch: expo, calls: 1_000_000 },
  "promise-batcher": { batch: promiseBatcher, calls: 1_000_000 },
  "@yornaath/batshit": { batch: batshit, calls: 100_000 },
} satisfies Readonly<Record<string, Waiter>>;
