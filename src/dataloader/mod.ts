/**
 * The class of the npm package `dataloader`, on top of a batcher: for GraphQL servers that want
 * its interface and limits, deadlines and isolation as well.
 *
 * @example
 * ```ts
 * import DataLoader from "@batched/batched/dataloader";
 * import assert from "node:assert/strict";
 *
 * const names = new DataLoader(async (ids: readonly number[]) => await ids.map((id) => `user ${id}`));
 * assert.deepEqual(await names.loadMany([1, 2]), ["user 1", "user 2"]);
 * assert.equal(names.batcher.stats().batches, 1);
 * ```
 *
 * @module
 */
export { DataLoader, DataLoader as default } from "./loader.ts";
export type { BatchLoadFn, CacheMap, DataLoaderOptions } from "./options.ts";
