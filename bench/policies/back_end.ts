/**
 * A back end on a real clock: 11 ms, and 0.01 ms more for each item.
 *
 * @module
 */

/** What a batch of so many items takes, in ms. */
export function costMs(items: number): number {
  return 11 + 0.01 * items;
}

/** Works on a batch, elsewhere: this thread is free meanwhile. */
export async function work(items: number[]): Promise<number[]> {
  await until(performance.now() + costMs(items.length));
  return items;
}

/** How early timers are asked to ring, since they ring late by about that much. */
const COARSE_MS = 1;

/**
 * Waits until a time, in ms, a little more precisely than timers do: the rest of the time is waited turn
 * by turn. Only the rest: who never sleeps has to wait for his turn on a busy machine.
 */
export async function until(time: number): Promise<void> {
  const restMs = time - performance.now() - COARSE_MS;
  if (restMs > 0) await sleep(restMs);
  while (performance.now() < time) await turn();
}

/** Waits as long as timers do, at least a ms. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
