/**
 * What `node:assert` does, as far as the shared suite needs it: there is none in browsers.
 *
 * @module
 */

/** Throws unless both are the same when written down. */
export function same(actual: unknown, wanted: unknown): void {
  const [seen, expected] = [actual, wanted].map((value) =>
    JSON.stringify(value, (_, part) => part === undefined ? "undefined" : part)
  );
  if (seen !== expected) throw new Error(`wanted ${expected}, got ${seen}`);
}

/** The name of the error that a promise rejects with; "fulfilled" if it does not. */
export function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => "fulfilled", (error: Error) => error.name);
}
