/**
 * The types that users of `dataloader` have written already. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import DataLoader, { type BatchLoadFn } from "../../src/dataloader/mod.ts";

interface User {
  id: number;
}

const load: DataLoader.BatchLoadFn<number, User> = (ids) =>
  Promise.resolve(ids.map((id) => ({ id })));
const named: BatchLoadFn<number, User> = load;
const map: DataLoader.CacheMap<string, Promise<User>> = new Map();
const options: DataLoader.Options<number, User, string> = {
  cacheKeyFn: (id) => `user ${id}`,
  cacheMap: map,
  maxBatchSize: 10,
  concurrency: 2,
  deadlineMs: 1000,
};
const users = new DataLoader(named, options);
assertType<IsExact<typeof users, DataLoader<number, User, string>>>(true);
const user: Promise<User> = users.load(1);
const many: Promise<(User | Error)[]> = users.loadMany([1, 2] as const);
const chained: typeof users = users.clear(1).clearAll().prime(1, { id: 1 });
const name: string | null = users.name;

// Some may fail, and the answer may be a promise of another kind.
const inferred = new DataLoader(async (keys: readonly string[]) => {
  await 0;
  return keys.map((key) => key === "" ? new Error("empty") : key.length);
});
assertType<IsExact<typeof inferred, DataLoader<string, number>>>(true);

// @ts-expect-error a key is a number
users.load("1");
// @ts-expect-error what is primed is a user
users.prime(1, "Ada");
// @ts-expect-error the batch function answers later
new DataLoader((keys: readonly number[]) => keys);
// @ts-expect-error there is no such option
new DataLoader(named, { maxBatchsize: 1 });
// @ts-expect-error a loader's batches have a maxBatchSize
new DataLoader(named, { size: 1 });
// @ts-expect-error a loader is no function
users(1);

void [user, many, chained, name];
