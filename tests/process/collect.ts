/**
 * Forces garbage to be collected, in a process that may do so.
 *
 * @module
 */
import { turns } from "../batcher/watched.ts";

/** How many of these objects are gone once all garbage has been collected. */
export async function countCollected(
  dropped: readonly WeakRef<object>[],
): Promise<number> {
  for (let round = 0; round < 10; round++) {
    await turns(5);
    collect();
  }
  return dropped.filter((ref) => ref.deref() === undefined).length;
}

function collect(): void {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(sync: boolean): void };
  };
  if (Bun) Bun.gc(true);
  else gc!();
}
