/**
 * Loads the values of keys, many keys at a time, and keeps them.
 *
 * @module
 */
import { Batcher } from "../batcher.ts";
import { wrong } from "../core/check.ts";
import { currentMark } from "../nesting.ts";
import { BatchLoad, isArrayLike } from "./batch_load.ts";
import { LoaderCache } from "./cache.ts";
import { Hurry } from "./hurry.ts";
import {
  type BatchLoadFn as Loads,
  type CacheMap as Cache,
  type DataLoaderOptions,
  type LoaderSettings,
  loaderSettingsOf,
} from "./options.ts";
import { Schedule } from "./schedule.ts";
import { Turn } from "./turn.ts";

/**
 * The class of the npm package `dataloader` on top of a {@link Batcher}: change the import, and
 * the options of a batcher are there as well.
 *
 *     load ─▶ cache? ─▶ batcher ─▶ batchLoadFn ─▶ the caller's promise, which is kept
 *
 * Values are kept for as long as the loader lives: make one for each request, or switch the
 * cache off.
 *
 * @typeParam K What a caller gives.
 * @typeParam V What the caller gets.
 * @typeParam C What a value is kept under.
 * @example
 * ```ts
 * import { DataLoader } from "@batched/batched/dataloader";
 * import assert from "node:assert/strict";
 *
 * const batches: (readonly number[])[] = [];
 * const users = new DataLoader((ids: readonly number[]) => {
 *   batches.push(ids);
 *   return Promise.resolve(ids.map((id) => ({ id })));
 * });
 * const [a, b, again] = await Promise.all([1, 2, 1].map((id) => users.load(id)));
 * assert.deepEqual([a?.id, b?.id], [1, 2]);
 * assert.equal(again, a);
 * assert.deepEqual(batches, [[1, 2]]);
 * ```
 * @example Two batches at a time, and every caller hears within two seconds
 * ```ts
 * import { DataLoader } from "@batched/batched/dataloader";
 * import assert from "node:assert/strict";
 *
 * const squares = new DataLoader(
 *   async (xs: readonly number[]) => await xs.map((x) => x * x),
 *   { cache: false, maxBatchSize: 100, concurrency: 2, deadlineMs: 2000 },
 * );
 * assert.deepEqual(await squares.loadMany([1, 2, 3]), [1, 4, 9]);
 * assert.equal(squares.batcher.stats().batches, 1);
 * ```
 */
export class DataLoader<K, V, C = K> {
  /** What the loader was called; `null` when it was not. */
  readonly name: string | null;

  readonly #load: BatchLoad<K, V>;
  readonly #settings: LoaderSettings<K, V, C>;
  /** Keeps the values; `undefined` when nobody does. */
  readonly #cache: LoaderCache<K, V, C> | undefined;
  /** Decides when keys leave; `undefined` when the policy does. */
  readonly #schedule: Schedule | undefined;
  /** This turn of the event loop; `undefined` when nothing was loaded in it yet. */
  #turn: Turn | undefined;
  /** Sends what the keys that are kept wait for, where a batch loads them. */
  readonly #hurry: Hurry = new Hurry(this);
  #batcher: Batcher<K, V> | undefined;

  /**
   * Makes an idle loader.
   *
   * @param batchLoadFn Loads the values of many keys; called on the loader.
   * @param options See {@link DataLoaderOptions}.
   * @throws {TypeError} If an option is unknown or of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(
    batchLoadFn: Loads<K, V>,
    options?: DataLoaderOptions<K, V, C> | null,
  ) {
    if (typeof batchLoadFn !== "function") {
      const wanted = "be a function of an array";
      throw wrong("make a loader", "batchLoadFn", wanted, batchLoadFn);
    }
    this.#load = new BatchLoad(batchLoadFn, this);
    this.#settings = loaderSettingsOf(
      options || {},
      batchLoadFn.name || "loader",
    );
    const { name, cacheMap, cacheKeyFn, scheduleFn, host } = this.#settings;
    this.name = name;
    this.#schedule = scheduleFn && new Schedule(scheduleFn, this, host);
    this.#cache = cacheMap && new LoaderCache(
      cacheMap,
      (key) => cacheKeyFn.call(this, key),
      (error) => this.#load.hasAnswered(error),
    );
  }

  /** What sends the batches: it counts them, and closes. Most loaders of a request are never used, so it is made late. */
  get batcher(): Batcher<K, V> {
    return this.#batcher ??= new Batcher<K, V>(
      (keys) => this.#load.run(keys),
      this.#settings.batcher,
    );
  }

  /**
   * Loads the value of a key: the one that is kept, or the answer of a batch.
   *
   * @param key What the batch function gets; anything but `null` and `undefined`.
   * @returns A promise of the value. The errors of {@link Batcher.run} reject it, too.
   * @throws {TypeError} If there is no key.
   */
  load(key: K): Promise<V> {
    if (key === null || key === undefined) {
      throw new TypeError(`Cannot load: "key" must be a value, got ${key}`);
    }
    const cache = this.#cache;
    if (cache === undefined) return this.#travel(key);
    const cacheKey = cache.keyOf(key);
    const kept = cache.get(cacheKey);
    if (kept) return this.#followed(kept);
    const call = this.#travel(key);
    this.#thisTurn().lead(call);
    return cache.keep(cacheKey, call);
  }

  /**
   * Loads the values of many keys, each as {@link load} does.
   *
   * @param keys An array, or what looks like one.
   * @returns A promise of the values, with an error in place of each that failed. It never rejects.
   * @throws {TypeError} If there are no keys, or one of them is `null` or `undefined`.
   * @example
   * ```ts
   * import { DataLoader } from "@batched/batched/dataloader";
   * import assert from "node:assert/strict";
   *
   * const roots = new DataLoader(async (xs: readonly number[]) =>
   *   await xs.map((x) => x < 0 ? new RangeError("negative") : Math.sqrt(x))
   * );
   * const [two, error] = await roots.loadMany([4, -1]);
   * assert.equal(two, 2);
   * assert(error instanceof RangeError);
   * ```
   */
  loadMany(keys: ArrayLike<K>): Promise<(V | Error)[]> {
    if (!isArrayLike(keys)) {
      const came = keys === null ? "null" : typeof keys;
      throw wrong("load", "keys", "be an array", keys, TypeError, came);
    }
    const loads = Array.from(keys, (key) => this.load(key).catch(itself));
    return Promise.all(loads);
  }

  /**
   * Forgets the value of a key. Who waits for it gets it nevertheless.
   *
   * @param key As given to {@link load}.
   * @returns The loader.
   */
  clear(key: K): this {
    this.#cache?.forget(key);
    return this;
  }

  /**
   * Forgets all values.
   *
   * @returns The loader.
   */
  clearAll(): this {
    this.#cache?.clear();
    return this;
  }

  /**
   * Keeps a value that is known already, unless there is one for this key. To replace that one,
   * {@link clear} it first.
   *
   * @param key As given to {@link load}.
   * @param value The value, a promise of it, or an `Error` for loads to reject with.
   * @returns The loader.
   * @example
   * ```ts
   * import { DataLoader } from "@batched/batched/dataloader";
   * import assert from "node:assert/strict";
   *
   * const names = new DataLoader(async (ids: readonly number[]) => await ids.map(String));
   * names.prime(1, "Ada");
   * assert.equal(await names.load(1), "Ada");
   * ```
   */
  prime(key: K, value: V | PromiseLike<V> | Error): this {
    this.#cache?.prime(key, value);
    return this;
  }

  /** Closes the batcher at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.batcher.close();
  }

  /** Sends a key with the next batch. */
  #travel(key: K): Promise<V> {
    this.#schedule?.ask();
    return this.batcher.run(key);
  }

  /** Answers what is kept, be it there or still on its way. */
  #followed(value: Promise<V>): Promise<V> {
    const mark = currentMark();
    if (mark === undefined) return this.#thisTurn().follow(value);
    // A batch asks. It must not wait for keys that wait for its slot.
    if (this.#settings.batcher.concurrency! < Infinity) {
      this.#hurry.sendFor(mark);
    }
    return Promise.resolve(value);
  }

  #thisTurn(): Turn {
    return this.#turn ??= new Turn(this.#settings.host, () => {
      this.#turn = undefined;
    });
  }
}

/** The types of a loader, under the names that the users of `dataloader` know. */
export declare namespace DataLoader {
  /** See `BatchLoadFn`. */
  export type BatchLoadFn<K, V> = Loads<K, V>;
  /** See `CacheMap`. */
  export type CacheMap<K, V> = Cache<K, V>;
  /** See {@link DataLoaderOptions}. */
  export type Options<K, V, C = K> = DataLoaderOptions<K, V, C>;
}

function itself(error: Error): Error {
  return error;
}
