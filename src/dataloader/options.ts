/**
 * What a loader may be told, and its checks.
 *
 * @module
 */
import { BATCHER, type BatcherOptions } from "../options.ts";
import {
  checked,
  COUNT,
  FLAG,
  FUNCTION,
  has,
  type Rules,
} from "../core/check.ts";
import type { Policy } from "../core/policy.ts";
import type { Host } from "../host.ts";
import { loaderHost } from "./host.ts";

/**
 * Loads the values of many keys: answers with as many values, in the order of the keys.
 * An `Error` in place of a value rejects the load of that key alone.
 */
export type BatchLoadFn<K, V> = (
  keys: readonly K[],
) => PromiseLike<ArrayLike<V | Error>>;

/** Where loaded values are kept; a `Map` is one. */
export interface CacheMap<K, V> {
  /** What is kept under this key; anything falsy for nothing. */
  get(key: K): V | void | null;
  /** Keeps a value under this key. */
  set(key: K, value: V): unknown;
  /** Forgets what is kept under this key. */
  delete(key: K): unknown;
  /** Forgets everything. */
  clear(): unknown;
}

/**
 * How a loader works: the options of DataLoader, and those of a batcher. Two of these have other
 * defaults: `concurrency` is `Infinity`, and keys leave at the end of the turn.
 */
export interface DataLoaderOptions<K, V, C = K>
  extends Omit<BatcherOptions<K>, "name" | "size"> {
  /**
   * Whether keys travel together; `false` is `maxBatchSize: 1`.
   *
   * @default {true}
   */
  batch?: boolean | undefined;
  /**
   * Most keys in a batch: an integer >= 1, or `Infinity`.
   *
   * @default {Infinity}
   */
  maxBatchSize?: number | undefined;
  /**
   * Decides when keys leave, in place of the end of the turn: it is called when a key waits, and
   * all that wait leave when it calls back. A full batch leaves without it.
   */
  batchScheduleFn?: ((callback: () => void) => void) | undefined;
  /**
   * Whether values are kept; `false` is `cacheMap: null`.
   *
   * @default {true}
   */
  cache?: boolean | undefined;
  /** Says what a value is kept under, for keys that are equal without being the same. */
  cacheKeyFn?: ((key: K) => C) | undefined;
  /** Where values are kept, as promises; a `Map` of the loader's own if left out, nowhere if `null`. */
  cacheMap?: CacheMap<C, Promise<V>> | null | undefined;
  /** What events and errors call the loader. Defaults to the name of its function. */
  name?: string | null | undefined;
}

/** Options after their check. */
export interface LoaderSettings<K, V, C> {
  /** Where values are kept; `undefined` when they are not. */
  readonly cacheMap: CacheMap<C, Promise<V>> | undefined;
  /** Says what a value is kept under. */
  readonly cacheKeyFn: (key: K) => C;
  /** Decides when keys leave; `undefined` when the policy does. */
  readonly scheduleFn: ((callback: () => void) => void) | undefined;
  /** What the loader was called; `null` when it was not. */
  readonly name: string | null;
  /** What the batcher is told. */
  readonly batcher: BatcherOptions<K>;
  /** Where the turns of the loader end. */
  readonly host: Host;
}

/** Checks the options of a loader and parts those of its batcher from the rest. */
export function loaderSettingsOf<K, V, C>(
  options: DataLoaderOptions<K, V, C>,
  defaultName: string,
): LoaderSettings<K, V, C> {
  const {
    batch = true,
    maxBatchSize = Infinity,
    batchScheduleFn: scheduleFn,
    cache = true,
    cacheMap,
    cacheKeyFn = (key: K) => key as unknown as C,
    name,
    concurrency = Infinity,
    host = loaderHost,
    ...given
  } = checked("make a loader", options, LOADER);
  const isCaching = cache && cacheMap !== null;
  const batcher = {
    concurrency,
    host,
    ...given,
    ...timing(scheduleFn !== undefined, given),
    size: batch ? maxBatchSize : 1,
    name: name || defaultName,
  };
  return {
    cacheMap: isCaching ? cacheMap ?? new Map<C, Promise<V>>() : undefined,
    cacheKeyFn,
    scheduleFn,
    name: name || null,
    host,
    batcher,
  };
}

/** What decides when keys leave, where it is not given. */
function timing(
  isScheduled: boolean,
  { policy, maxWaitMs }: Pick<BatcherOptions, "policy" | "maxWaitMs">,
): Pick<BatcherOptions, "policy" | "maxWaitMs"> {
  if (policy === undefined && maxWaitMs === undefined) {
    return isScheduled ? { policy: HELD } : { maxWaitMs: 0 };
  }
  if (!isScheduled) return {};
  throw new TypeError(
    `Cannot make a loader: "batchScheduleFn" and "${
      policy ? "policy" : "maxWaitMs"
    }" exclude each other`,
  );
}

/** Keys wait until they are told to leave, their deadline is near or the batch is full. */
const HELD: Policy = { forLane: () => ({ decide() {} }) };

const { size: _size, ...BATCHER_WITHOUT_SIZE } = BATCHER;

const LOADER: Rules<DataLoaderOptions<never, never>> = {
  batch: FLAG,
  maxBatchSize: COUNT,
  batchScheduleFn: FUNCTION,
  cache: FLAG,
  cacheKeyFn: FUNCTION,
  cacheMap: {
    wanted: "be null or an object with get(), set(), delete(), clear()",
    is: (v) => v === null || has(v, ["get", "set", "delete", "clear"]),
  },
  ...BATCHER_WITHOUT_SIZE,
  name: {
    wanted: "be a string or null",
    is: (v) => v === null || typeof v === "string",
  },
};
