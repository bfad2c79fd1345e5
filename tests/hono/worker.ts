/**
 * A service of one method whose handler the test gives.
 *
 * @module
 */
import {
  Batched,
  type BatcherOptions,
  type CallOptions,
  type Handler,
  one,
} from "../../mod.ts";

/** Has one batched method. */
export interface Worker<In, Out> {
  /** Works on an item. */
  work(item: In, call?: CallOptions): Promise<Out>;
}

/** Makes a service that works as `handler` does; a batch of one goes there, too. */
export function workerOf<In, Out>(
  handler: Handler<In, Out>,
  options: BatcherOptions<In> = {},
): Worker<In, Out> {
  class Some implements Worker<In, Out> {
    @Batched({ ...options, handler })
    work(item: In, call?: CallOptions): Promise<Out> {
      const { signal } = call as { signal: AbortSignal };
      const batch = { signal, id: 0, lane: undefined, reason: "idle" } as const;
      return one(handler([item], batch));
    }
  }
  return new Some();
}
