/**
 * Collects garbage when told to.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Each runtime has its own way. */
const collect = collector();

/** Lets what is under way end, and collects, until no more than so many are left. */
export async function collectUntil(
  most: number,
  refs: readonly WeakRef<object>[],
): Promise<number> {
  for (let round = 0; round < 20 && alive(refs) > most; round++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
  }
  return alive(refs);
}

function alive(refs: readonly WeakRef<object>[]): number {
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

function collector(): () => void {
  const { Bun } = globalThis as { Bun?: { gc(full: boolean): void } };
  if (Bun) return () => Bun.gc(true);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
