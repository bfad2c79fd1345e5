/**
 * Forces garbage to be collected, in a process that may do so.
 *
 * @module
 */
import { turns } from "../batcher/watched.ts";

/** What compiles in other threads may hold something for as long as these do not get their turn. */
const ROUNDS = 50;

/** How many of these objects are gone once all garbage has been collected. */
export async function countCollected(
  dropped: readonly WeakRef<object>[],
): Promise<number> {
  let collected = 0;
  for (let round = 0; round < ROUNDS && collected < dropped.length; round++) {
    await turns(5);
    collect();
    collected = dropped.filter((ref) => ref.deref() === undefined).length;
  }
  return collected;
}

function collect(): void {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(sync: boolean): void };
  };
  if (Bun) Bun.gc(true);
  else gc!();
}
