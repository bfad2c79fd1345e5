/**
 * A loader whose batches are remembered.
 *
 * @module
 */
import {
  DataLoader,
  type DataLoaderOptions,
} from "../../src/dataloader/mod.ts";

/** What {@link recorded} returns. */
export interface Recorded<K, V> {
  readonly loader: DataLoader<K, V>;
  /** The keys of each batch, in order. */
  readonly batches: K[][];
}

/** Makes a loader that does this with each key. What `work` throws is the key's error. */
export function recorded<K, V>(
  work: (key: K) => V | Error,
  options: DataLoaderOptions<K, V> = {},
): Recorded<K, V> {
  const batches: K[][] = [];
  const loader = new DataLoader<K, V>((keys) => {
    batches.push([...keys]);
    return Promise.resolve(keys.map(work));
  }, options);
  return { loader, batches };
}
