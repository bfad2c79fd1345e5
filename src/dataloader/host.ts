/**
 * Where the turns of a loader end.
 *
 * @module
 */
import { defaultHost, type Host } from "../host.ts";

/** Looked up at each use, for tests that take it away. */
const global = globalThis as {
  process?: { nextTick?: ((run: () => void) => void) | null };
};

/**
 * The default host, with shorter turns: one ends when no promise has anything left to do. That is
 * when DataLoader sends its batches, and sooner than the end of a turn of the event loop. Browsers
 * have no such moment; there the turns are those of the default host.
 */
export const loaderHost: Host = {
  now: () => defaultHost.now(),
  timer: (run, ms) => defaultHost.timer(run, ms),
  neutral: (run) => defaultHost.neutral(run),
  hop(run) {
    if (!global.process?.nextTick) return defaultHost.hop(run);
    // A tick that is asked for by a promise comes after all that promises still do.
    queueMicrotask(() => global.process?.nextTick?.(run));
  },
};
