import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BatchResultError } from "../../mod.ts";
import { DataLoader } from "../../src/dataloader/mod.ts";
import { patient, run } from "../process/script.ts";

type Loads = (keys: readonly number[]) => Promise<number[]>;
const echo: Loads = (keys) => Promise.resolve([...keys]);

/** Makes a loader as JavaScript might. */
function made(options: unknown): DataLoader<number, number> {
  return new DataLoader<number, number>(echo, options as object);
}

describe("DataLoader: wrong use", () => {
  it("A loader is made of a function", () => {
    for (const wrong of [undefined, {}, "load"]) {
      assert.throws(() => new DataLoader(wrong as Loads), {
        name: "TypeError",
        message:
          /^Cannot make a loader: "batchLoadFn" must be a function of an array, got (undefined|an object|"load")$/,
      });
    }
  });

  it("Options say at once what is wrong with them", () => {
    const cases: [object, RegExp][] = [
      [{ maxBatchSize: 0 }, /^Cannot make a loader: "maxBatchSize" must be/],
      [{ maxBatchSize: null }, /"maxBatchSize" must be an integer >= 1/],
      [{ batch: 1 }, /"batch" must be a boolean/],
      [{ cache: "no" }, /"cache" must be a boolean/],
      [{ cacheKeyFn: null }, /"cacheKeyFn" must be a function/],
      [{ batchScheduleFn: null }, /"batchScheduleFn" must be a function/],
      [{ cacheMap: { get() {} } }, /"cacheMap" must be .* get\(\), set\(\)/],
      ...["get", "set", "delete", "clear"].map((name): [object, RegExp] => [
        { cacheMap: Object.assign(new Map(), { [name]: undefined }) },
        /^Cannot make a loader: "cacheMap" must be .*, got an object$/,
      ]),
      [{ name: 7 }, /"name" must be a string/],
      [{ maxBatchsize: 7 }, /unknown option "maxBatchsize"/],
      [{ size: 7 }, /unknown option "size"/],
      [{ concurrency: 0 }, /"concurrency" must be/],
      [{ concurrency: null }, /"concurrency" must be/],
      [{ maxWaitMs: null }, /"maxWaitMs" must be/],
      [{ host: null }, /"host" must be/],
      [
        { batchScheduleFn() {}, maxWaitMs: 5 },
        /"batchScheduleFn" and "maxWaitMs" exclude each other/,
      ],
      [
        { batchScheduleFn() {}, policy: { forLane() {} } },
        /"batchScheduleFn" and "policy" exclude each other/,
      ],
    ];
    for (const [options, message] of cases) {
      assert.throws(() => made(options), { message });
    }
  });

  it("Options are an object, and what that has inherited counts", async () => {
    for (const wrong of [7, true, "cache", () => {}]) {
      assert.throws(() => made(wrong), {
        name: "TypeError",
        message: /^Cannot make a loader: "options" must be an object, got /,
      });
    }
    for (const none of [undefined, null, false]) {
      assert.deepEqual(await made(none).loadMany([1, 2]), [1, 2]);
    }
    const loader = made(Object.create({ batch: false }));
    await loader.loadMany([1, 2]);
    assert.equal(loader.batcher.stats().batches, 2);
  });

  it("A key must be there, and so must keys", () => {
    const loader = made({});
    for (const wrong of [undefined, null]) {
      assert.throws(() => loader.load(wrong as never), {
        name: "TypeError",
        message: `Cannot load: "key" must be a value, got ${wrong}`,
      });
    }
    for (
      const [wrong, came] of [[, "undefined"], [1, "number"], [null, "null"]]
    ) {
      assert.throws(() => loader.loadMany(wrong as never), {
        name: "TypeError",
        message: `Cannot load: "keys" must be an array, got ${came}`,
      });
    }
    assert.equal(loader.batcher.pending, 0);
  });

  it("0, the empty string and false are keys, and 1 is not the same as its text", async () => {
    const loader = new DataLoader((keys: readonly unknown[]) =>
      Promise.resolve(keys)
    );
    const keys = [0, "", false, 1, "1"];
    assert.deepEqual(await loader.loadMany(keys), keys);
  });

  it("A batch function that throws or returns no promise rejects with a TypeError, and nothing is kept", async () => {
    const cause = new Error("no promise");
    const answers: (() => unknown)[] = [
      () => {
        throw cause;
      },
      () => [1],
      () => null,
    ];
    const loader = new DataLoader<number, number>(() =>
      answers.shift()!() as Promise<number[]>
    );
    await assert.rejects(loader.load(1), (error: Error) => {
      assert.ok(error instanceof TypeError);
      assert.equal(error.cause, cause);
      return true;
    });
    for (const came of ["an array", "null"]) {
      await assert.rejects(loader.load(1), {
        name: "TypeError",
        message:
          `Cannot load: "batchLoadFn" must return a promise, got ${came}`,
      });
    }
  });

  it("R12 An answer of another length, or none, is a BatchResultError without keys and values in it", async () => {
    const wrong: unknown[] = [["secret"], undefined, "secret secret"];
    const loader = new DataLoader<string, string>(() =>
      Promise.resolve(wrong.shift() as string[])
    );
    while (wrong.length > 0) {
      const [a, b] = await loader.loadMany(["key a", "key b"]);
      assert.ok(a instanceof BatchResultError);
      assert.equal(a, b);
      assert.doesNotMatch(a.message, /secret|key/);
    }
  });

  it("R12 A record that has a length is no array, however long it is", async () => {
    const records: unknown[] = [
      { length: 1 },
      { length: -1 },
      { length: 2 ** 31 },
      { length: "1", 0: 1 },
    ];
    for (const record of records) {
      const film = Promise.resolve(record as number[]);
      const loader = new DataLoader<number, number>(() => film);
      await assert.rejects(loader.load(1), {
        name: "BatchResultError",
        message: /answered an object, wanted an array of 1 item$/,
      });
    }
    for (const record of [{ length: 2 }, { length: 2, 0: 1 }]) {
      assert.throws(() => made({}).loadMany(record), {
        message: 'Cannot load: "keys" must be an array, got object',
      });
    }
  });

  it(
    "R9 Exactly one rejection is reported for each caller that did not listen",
    patient,
    async () => {
      const { code, lines, complaints } = await run("../dataloader/unheard");
      assert.equal(code, 0, complaints);
      assert.deepEqual(lines, ["missing 2", "primed 3", "end"]);
    },
  );
});
