/**
 * Waiting for what a batch needs, as long as anybody waits for the batch.
 *
 * @module
 */

/** The promise, unless the signal aborts before it has settled. */
export function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    const forget = () => signal.removeEventListener("abort", abort);
    promise.then(resolve, reject).then(forget);
  });
}
