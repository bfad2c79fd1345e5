/**
 * How large the batches of a running service are, by what it tells Prometheus.
 *
 * @module
 */

/** Batches so far, calls in them, and calls that wait for theirs. */
export interface Batches {
  readonly batches: number;
  readonly calls: number;
  readonly waiting: number;
}

/** Asks a service for its batches of `predict`. */
export async function batchesAt(port: number): Promise<Batches> {
  // A connection that is kept may be hung up on just when it is used again.
  const headers = { connection: "close" };
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
  return batchesIn(await answer.text());
}

/** Reads them in the words of Prometheus. */
export function batchesIn(metrics: string): Batches {
  const read = (what: string) => {
    const line = `^batched_${what}\\{.*"predict".*\\} (\\S+)`;
    return Number(new RegExp(line, "m").exec(metrics)?.[1] ?? 0);
  };
  return {
    batches: read("batch_size_count"),
    calls: read("batch_size_sum"),
    waiting: read("queue_depth"),
  };
}

/** The mean size of those between two moments; 0: there were none. */
export function meanBatch(before: Batches, after: Batches): number {
  const batches = after.batches - before.batches;
  return batches === 0 ? 0 : (after.calls - before.calls) / batches;
}
