/**
 * The values that a loader keeps.
 *
 * @module
 */
import { isObject } from "../core/check.ts";
import { isError } from "../outcome.ts";
import type { CacheMap } from "./options.ts";

/** Keeps values, as promises, in a map that may be the user's. */
export class LoaderCache<K, V, C> {
  /** What the value of a key is kept under. */
  readonly keyOf: (key: K) => C;
  readonly #map: CacheMap<C, Promise<V>>;
  /** Whether an error was the answer for a key, and so its value. */
  readonly #isAnswer: (error: unknown) => boolean;

  /** Makes one that keeps what is in the map. */
  constructor(
    map: CacheMap<C, Promise<V>>,
    keyOf: (key: K) => C,
    isAnswer: (error: unknown) => boolean,
  ) {
    this.#map = map;
    this.keyOf = keyOf;
    this.#isAnswer = isAnswer;
  }

  /** What is kept, be it there or still on its way; anything falsy for nothing. */
  get(cacheKey: C): Promise<V> | void | null {
    return this.#map.get(cacheKey);
  }

  /** Keeps what a call will bring; it is forgotten again if that fails, but for an error that is the answer. */
  keep(cacheKey: C, call: Promise<V>): Promise<V> {
    const value = call.catch((error) => {
      const isNewest = this.#map.get(cacheKey) === value;
      if (isNewest && !this.#isAnswer(error)) this.#map.delete(cacheKey);
      throw error;
    });
    this.#map.set(cacheKey, value);
    return value;
  }

  /** Keeps a value that is known already, unless there is one. */
  prime(key: K, value: V | PromiseLike<V> | Error): void {
    const cacheKey = this.keyOf(key);
    if (!this.#map.get(cacheKey)) this.#map.set(cacheKey, promiseOf(value));
  }

  /** Forgets the value of a key. */
  forget(key: K): void {
    this.#map.delete(this.keyOf(key));
  }

  /** Forgets all values. */
  clear(): void {
    this.#map.clear();
  }
}

/** A promise of what was primed. Nobody has asked for it yet, so an error is not unhandled. */
function promiseOf<V>(value: V | PromiseLike<V> | Error): Promise<V> {
  const isFailure = isObject(value) && isError(value);
  if (!isFailure) return Promise.resolve(value as V | PromiseLike<V>);
  const promise = Promise.reject(value);
  promise.catch(() => {});
  return promise;
}
