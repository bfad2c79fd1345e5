/**
 * Promises that belong to the request in which they are made.
 *
 * @module
 */

/**
 * As `new Promise(begin)`, where `begin` throws nothing. On workerd a promise goes on in the request that
 * made it, whoever resolves it; but one that `new` makes in code that has become hot, and so was compiled,
 * belongs to no request, and what awaits it goes on in that of whoever resolves it.
 */
export function ownPromise<T>(
  begin: (
    resolve: (value: T | PromiseLike<T>) => void,
    reject: (reason: unknown) => void,
  ) => void,
): Promise<T> {
  // Node 20 has none, and no requests to mix up.
  if (typeof Promise.withResolvers !== "function") return new Promise(begin);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  begin(resolve, reject);
  return promise;
}
