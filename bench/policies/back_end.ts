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

/** How early timers are asked to ring, since they ring late by up to that much. */
const COARSE_MS = 3;

/**
 * Waits until a time, in ms, more precisely than timers do: the rest of the time is
 * waited turn by turn.
 */
export async function until(time: number): Promise<void> {
  const restMs = time - performance.now() - COARSE_MS;
  if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
  while (performance.now() < time) await turn();
}

/** The next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
