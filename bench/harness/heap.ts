/**
 * What lives on the heap.
 *
 * @module
 */
import process from "node:process";

/** What collects garbage, where a process was told to show it. */
const collectors = globalThis as {
  gc?(): void;
  Bun?: { gc(isSynchronous: boolean): void };
};

/** The bytes of all that is still reachable. */
export function liveBytes(): number {
  // What a first collection finds unreachable may hold more that a second one frees.
  for (let round = 0; round < 3; round++) collect();
  return process.memoryUsage().heapUsed;
}

function collect(): void {
  if (collectors.Bun) return collectors.Bun.gc(true);
  if (!collectors.gc) {
    throw new Error("Cannot collect garbage: the process was not told to");
  }
  collectors.gc();
}
