/**
 * Turns of the event loop.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Lets the event loop read what has come meanwhile. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
