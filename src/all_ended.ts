/**
 * How those hear who wait until the calls that wait now have ended.
 *
 * @module
 */
import { LATE } from "./closing.ts";
import type { Call } from "./core/call.ts";
import { ownPromise } from "./own_promise.ts";
import { SharedPlace } from "./shared_place.ts";

/** Resolves when all callers have heard that `begin` includes. */
export function allEnded(
  begin: (include: (call: Call) => void) => void,
): Promise<void> {
  return ownPromise((resolve) => {
    let left = 1;
    const ending = { end: () => void (--left === 0 && resolve(LATE)) };
    begin((call) => {
      // Whoever comes to share a place later is not waited for.
      const callers = call instanceof SharedPlace ? call.calls : [call];
      for (const caller of callers) {
        left++;
        caller.whenEnded(ending);
      }
    });
    ending.end();
  });
}
