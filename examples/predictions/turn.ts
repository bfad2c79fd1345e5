/**
 * Turns of the event loop.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/**
 * Lets the event loop read what has come meanwhile: no more than some of it, as loops see to a
 * limited number of connections in a turn.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
