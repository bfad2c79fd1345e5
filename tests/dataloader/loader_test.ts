import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";
import { DataLoader } from "../../src/dataloader/mod.ts";
import * as entry from "../../src/dataloader/mod.ts";
import { turns } from "../batcher/watched.ts";
import { recorded } from "./recorded.ts";

const double = (x: number) => 2 * x;

describe("DataLoader: loading", () => {
  it("Keys of one turn travel together, each of them once", async () => {
    const { loader, batches } = recorded(double);
    assert.deepEqual(
      await Promise.all([1, 2, 1].map((key) => loader.load(key))),
      [2, 4, 2],
    );
    assert.deepEqual(batches, [[1, 2]]);
  });

  it("Keys that promises of the turn bring travel with it", async () => {
    const { loader, batches } = recorded(double);
    const later = Promise.resolve().then(() => {}).then(() => loader.load(2));
    await Promise.all([loader.load(1), later]);
    assert.deepEqual(batches, [[1, 2]]);
  });

  it("loadMany answers values and errors in the order of the keys", async () => {
    const odd = new RangeError("odd");
    const { loader } = recorded((x: number) => x % 2 ? odd : x);
    assert.deepEqual(await loader.loadMany([2, 3, 4]), [2, odd, 4]);
    assert.deepEqual(await loader.loadMany([]), []);
    assert.deepEqual(await loader.loadMany({ length: 1, 0: 6 }), [6]);
    assert.deepEqual(await loader.loadMany({ length: 0 }), []);
  });

  it("A key without a value loads undefined, and harms no other", async () => {
    const rows = new Map([[1, "one"]]);
    const loader = new DataLoader((keys: readonly number[]) =>
      Promise.resolve(keys.map((key) => rows.get(key)))
    );
    assert.deepEqual(await loader.loadMany([1, 2]), ["one", undefined]);
    assert.equal(await loader.load(2), undefined);
  });

  it("An answer may be anything that looks like an array", async () => {
    const loader = new DataLoader((keys: readonly number[]) =>
      Promise.resolve(Float64Array.from(keys, double))
    );
    assert.equal(await loader.load(21), 42);
  });

  it("An answer may leave values out, and keeps its errors", async () => {
    const error = new Error("not found");
    let batches = 0;
    const loader = new DataLoader<number, number>((keys) => {
      batches++;
      const values = new Array<number | Error>(keys.length);
      values[1] = error;
      return Promise.resolve(values);
    });
    for (let times = 0; times < 2; times++) {
      assert.deepEqual(await loader.loadMany([1, 2, 3]), [
        undefined,
        error,
        undefined,
      ]);
    }
    assert.equal(batches, 1);
  });

  it("The batch function may return a promise of any make", async () => {
    const loader = new DataLoader<number, number>((keys) => ({
      then: (...listeners) => Promise.resolve([...keys]).then(...listeners),
    }));
    assert.equal(await loader.load(1), 1);
  });

  it("A batch has as many keys as there are", async () => {
    const { loader, batches } = recorded(double);
    await loader.loadMany(Array.from({ length: 1000 }, (_, key) => key));
    assert.equal(batches.length, 1);
  });

  it("The functions are called on the loader, and the batch function with the keys alone", async () => {
    const seen: unknown[] = [];
    const loader: DataLoader<number, number> = new DataLoader(
      function (this: unknown, ...given: unknown[]) {
        seen.push(this, given);
        return Promise.resolve(given[0] as number[]);
      },
      {
        cacheKeyFn(this: unknown, key: number) {
          seen.push(this);
          return key;
        },
        batchScheduleFn(this: unknown, callback) {
          seen.push(this);
          callback();
        },
      },
    );
    await loader.load(1);
    assert.deepEqual(seen, [loader, loader, loader, [[1]]]);
  });

  it("It has the name that it was given, and its batcher has one in any case", () => {
    const users = (ids: readonly number[]) => Promise.resolve(ids);
    assert.equal(new DataLoader(users).name, null);
    assert.equal(new DataLoader(users).batcher.name, "users");
    assert.equal(new DataLoader(users, { name: "u" }).name, "u");
    assert.equal(new DataLoader(users, { name: "u" }).batcher.name, "u");
    assert.equal(new DataLoader(users, null).name, null);
    for (const name of [null, ""]) {
      assert.equal(new DataLoader(users, { name }).name, null);
      assert.equal(new DataLoader(users, { name }).batcher.name, "users");
    }
    assert.equal(recorded(double).loader.batcher.name, "loader");
  });

  it("It is the default export too, as in the package whose interface it has", () => {
    assert.equal(entry.default, DataLoader);
  });
});

describe("DataLoader: the cache", () => {
  it("What was loaded once is not loaded again", async () => {
    const { loader, batches } = recorded(() => ({}));
    const value = await loader.load(1);
    assert.equal(await loader.load(1), value);
    assert.deepEqual(batches, [[1]]);
  });

  it("clear forgets one key, clearAll all of them", async () => {
    const { loader, batches } = recorded(double);
    await loader.loadMany([1, 2]);
    assert.equal(loader.clear(1), loader);
    await loader.loadMany([1, 2]);
    assert.equal(loader.clearAll(), loader);
    await loader.loadMany([1, 2]);
    assert.deepEqual(batches, [[1, 2], [1], [1, 2]]);
  });

  it("prime keeps a value, a promise or an error, and does not replace one", async () => {
    const { loader, batches } = recorded(double);
    const error = new Error("primed");
    loader.prime(1, -1).prime(1, -2).prime(2, Promise.resolve(-2));
    loader.prime(3, error);
    assert.deepEqual(await loader.loadMany([1, 2, 3]), [-1, -2, error]);
    assert.deepEqual(batches, []);
    loader.clear(1).prime(1, -3);
    assert.equal(await loader.load(1), -3);
  });

  it("Nothing can be primed like any other value", async () => {
    const loader = new DataLoader<number, null | undefined>(() =>
      Promise.reject(new Error("down"))
    );
    loader.prime(1, null).prime(2, undefined);
    assert.deepEqual(await loader.loadMany([1, 2]), [null, undefined]);
  });

  it("An error in place of a value is kept: the key was answered", async () => {
    const error = new Error("not found");
    const { loader, batches } = recorded(() => error);
    await assert.rejects(loader.load(1), error);
    await assert.rejects(loader.load(1), error);
    assert.deepEqual(batches, [[1]]);
  });

  it("So is one of another realm, as those of Node itself are in Jest", async () => {
    const foreign: unknown = runInNewContext("new RangeError('there')");
    let batches = 0;
    const loader = new DataLoader<number, unknown>(async (keys) => {
      batches++;
      return await keys.map(() => foreign);
    });
    for (let times = 0; times < 2; times++) {
      const [load] = await Promise.allSettled([loader.load(1)]);
      assert.equal("reason" in load ? load.reason : load.value, foreign);
    }
    assert.equal(batches, 1);
  });

  it("An error of another realm can be primed like any other", async () => {
    const foreign = runInNewContext("new RangeError('there')");
    const { loader } = recorded(double);
    loader.prime(1, foreign);
    const [load] = await Promise.allSettled([loader.load(1)]);
    const knowsIt = "isError" in Error;
    assert.equal(load.status, knowsIt ? "rejected" : "fulfilled");
  });

  it("What rejects a whole batch is not kept, and is the very error", async () => {
    const error = new Error("down");
    let isDown = true;
    const loader = new DataLoader((keys: readonly number[]) =>
      isDown ? Promise.reject(error) : Promise.resolve(keys)
    );
    const caught = (key: number) =>
      loader.load(key).catch((reason) => {
        assert.equal(reason, error);
        isDown = false;
        return loader.load(key);
      });
    assert.deepEqual(await Promise.all([1, 2].map(caught)), [1, 2]);
  });

  it("An error that was an answer once can reject a batch later, and is not kept then", async () => {
    const error = new Error("shared");
    const answers = [
      () => Promise.resolve([error]),
      () => Promise.reject(error),
      () => Promise.resolve([1]),
    ];
    const loader = new DataLoader<string, number>(() => answers.shift()!());
    await assert.rejects(loader.load("a"), error);
    await assert.rejects(loader.load("b"), error);
    await assert.rejects(loader.load("a"), error);
    assert.equal(await loader.load("b"), 1);
  });

  it("A failure that comes late does not take away what was primed meanwhile", async () => {
    let fail = (_: Error) => {};
    const loader = new DataLoader<number, string>(() =>
      new Promise((_, reject) => fail = reject)
    );
    const failing = loader.load(1);
    await turns(2);
    loader.clear(1).prime(1, "newer");
    fail(new Error("late"));
    await assert.rejects(failing, /late/);
    assert.equal(await loader.load(1), "newer");
  });

  it("cacheKeyFn says which keys are equal", async () => {
    const batches: { id: number }[][] = [];
    const loader = new DataLoader<{ id: number }, number, number>((keys) => {
      batches.push([...keys]);
      return Promise.resolve(keys.map((key) => key.id));
    }, { cacheKeyFn: (key) => key.id });
    await loader.loadMany([{ id: 1 }, { id: 1 }]);
    loader.prime({ id: 2 }, 20);
    assert.equal(await loader.load({ id: 2 }), 20);
    loader.clear({ id: 1 });
    await loader.load({ id: 1 });
    assert.deepEqual(batches, [[{ id: 1 }], [{ id: 1 }]]);
  });

  it("cacheMap is where the promises are kept, be it what it may", async () => {
    const kept: Record<string, Promise<number>> = {};
    const cacheMap = {
      get: (key: string) => kept[key] ?? null,
      set: (key: string, value: Promise<number>) => kept[key] = value,
      delete: (key: string) => delete kept[key],
      clear() {},
    };
    const loader = new DataLoader(
      (keys: readonly string[]) => Promise.resolve(keys.map((k) => k.length)),
      { cacheMap },
    );
    const value = loader.load("abc");
    assert.equal(kept["abc"], value);
    assert.equal(await value, 3);
    loader.prime("x", 7);
    assert.equal(await kept["x"], 7);
  });

  for (const options of [{ cache: false }, { cacheMap: null }]) {
    it(`There is none with ${JSON.stringify(options)}`, async () => {
      const { loader, batches } = recorded(double, options);
      loader.prime(1, -1).clear(1).clearAll();
      assert.deepEqual(await loader.loadMany([1, 1]), [2, 2]);
      assert.deepEqual(await loader.load(1), 2);
      assert.deepEqual(batches, [[1, 1], [1]]);
    });
  }
});
