/**
 * What a batcher does at this moment.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import type { BatcherStats } from "./stats.ts";

/** How many calls are not answered yet. */
export function pendingIn<In, Out>(
  { queue, scheduler }: Engine<In, Out>,
): number {
  let pending = queue.waiting;
  for (const batch of scheduler.slots.batches) pending += batch.size;
  return pending;
}

/** Everything that is counted, with what counts of batches that still run. */
export function snapshotOf<In, Out>(engine: Engine<In, Out>): BatcherStats {
  const { queue, scheduler: { slots }, stats, watch } = engine;
  let [results, failures] = [0, 0];
  for (const { run } of slots.batches) {
    results += run?.results ?? 0;
    failures += run?.failures ?? 0;
  }
  return stats.snapshot({
    results,
    failures,
    calls: queue.placed,
    waiting: queue.waiting,
    running: slots.running,
    oldestWaitMs: Math.max(0, engine.now() - queue.oldestAt),
    oldestRunMs: engine.oldestRunMs(),
    hookErrors: watch.errors,
  });
}
