/**
 * Promises that can be looked at without waiting for them: a test of a call that
 * hangs fails, and does not hang.
 *
 * @module
 */
import { defaultHost } from "../../mod.ts";

/** What has become of a promise so far. */
export interface Watched<T> {
  state: "pending" | "fulfilled" | "rejected";
  value: T | undefined;
  error: unknown;
}

/** Watches a promise; its rejection counts as handled. */
export function watched<T>(promise: PromiseLike<T>): Watched<T> {
  const seen: Watched<T> = {
    state: "pending",
    value: undefined,
    error: undefined,
  };
  promise.then(
    (value) => Object.assign(seen, { state: "fulfilled", value }),
    (error) => Object.assign(seen, { state: "rejected", error }),
  );
  return seen;
}

/** Turns of the event loop, with all that promises do in them. */
export async function turns(count = 1): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => defaultHost.hop(resolve));
  }
}

/** What the promises, or their watchers, have come to: values, errors and "pending". */
export function seenOf(calls: readonly Watched<unknown>[]): unknown[] {
  return calls.map(({ state, value, error }) =>
    state === "pending" ? state : state === "fulfilled" ? value : error
  );
}
