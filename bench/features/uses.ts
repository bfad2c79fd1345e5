/**
 * Calls that use one feature each.
 *
 * @module
 */
import { adaptive, Batcher, type BatcherOptions } from "../../mod.ts";
import type { Batch, Batching, MakeCall, Work } from "../per_call/calls.ts";
import { floor } from "../per_call/floor.ts";

/** With these options. */
export function withOptions(options: BatcherOptions<number>): Batch {
  return (batching, work) => {
    const batcher = new Batcher(work, {
      ...batching,
      concurrency: Infinity,
      ...options,
    });
    return (item) => batcher.run(item);
  };
}

/** No feature, under these conditions. */
export const plain: Batch = withOptions({});

/** The policy that is the default. */
export const learned: Batch = withOptions({ policy: adaptive() });

const TENANTS = Array.from({ length: 16 }, (_, tenant) => `tenant ${tenant}`);

/** Calls of a caller are always of the same tenant; callers make 50 calls each. */
export const lanes: Batch = withOptions({
  lane: (item) => TENANTS[Math.floor(item / 50) % TENANTS.length],
});

/** A default of everything that bounds: none of it is reached. */
export const bounds: Batch = withOptions({
  concurrency: 4,
  maxQueue: 1_000_000,
  maxWeight: 1_000_000,
  weigh: () => 1,
  deadlineMs: 10_000,
});

/** A service that shuts down tells all calls by one signal. */
export function sharedSignal(batching: Batching, work: Work): MakeCall {
  const { signal } = new AbortController();
  const batcher = new Batcher(work, { ...batching, concurrency: Infinity });
  return (item) => batcher.run(item, { signal });
}

/** Each request has a signal of its own. */
export function ownSignal(batching: Batching, work: Work): MakeCall {
  const batcher = new Batcher(work, { ...batching, concurrency: Infinity });
  return (item) => {
    const { signal } = new AbortController();
    return batcher.run(item, { signal });
  };
}

/** A signal is made for each call, and nobody listens: what of `ownSignal` is not ours. */
export function unusedSignal(batching: Batching, work: Work): MakeCall {
  const call = floor(batching, work);
  const signals = new Array<AbortSignal>(batching.size);
  return (item) => {
    signals[item % batching.size] = new AbortController().signal;
    return call(item);
  };
}
