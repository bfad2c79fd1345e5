/**
 * What a batcher does at this moment.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import type { BatcherStats } from "./stats.ts";

/** How many calls are not answered yet. */
export function pendingIn<In, Out>(
  { queue, scheduler, sharing }: Engine<In, Out>,
): number {
  let pending = queue.waiting + (sharing?.pending ?? 0);
  for (const batch of scheduler.slots.batches) pending += batch.size;
  return pending;
}

/** Everything that is counted, with what counts of batches that still run. */
export function snapshotOf<In, Out>(engine: Engine<In, Out>): BatcherStats {
  const { queue, scheduler: { slots, returns }, sharing, stats, watch } =
    engine;
  const now = engine.now();
  const { joined, waiting } = sharing ?? NOT_SHARED;
  let { results, failures } = sharing ?? NOT_SHARED;
  for (const { run } of slots.batches) {
    results += run?.results ?? 0;
    failures += run?.failures ?? 0;
  }
  return stats.snapshot({
    results,
    failures,
    calls: queue.placed + joined,
    waiting: queue.waiting + waiting,
    running: slots.running,
    oldestWaitMs: Math.max(0, now - queue.oldestAt, now - returns.oldestAt),
    oldestRunMs: Math.max(0, now - slots.oldestAt),
    hookErrors: watch.errors,
  });
}

const NOT_SHARED = { results: 0, failures: 0, joined: 0, waiting: 0 };
