import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batched, batcherOf } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { doubleAll, Doubler } from "./doubler.ts";

describe("@Batched", () => {
  it("Calls of one turn run the twin together", async () => {
    const doubler = new Doubler();
    assert.deepEqual(await doubleAll(doubler, [1, 2, 3]), [2, 4, 6]);
    assert.deepEqual(doubler.batches, [[1, 2, 3]]);
    assert.deepEqual(doubler.singles, []);
  });

  it("A call that leaves alone runs the method itself", async () => {
    const doubler = new Doubler();
    assert.equal(await doubler.double(21), 42);
    assert.deepEqual(doubler.singles, [21]);
    assert.deepEqual(doubler.batches, []);
  });

  it("With size 1 each call runs the method itself, under concurrency", async () => {
    let running = 0;
    let most = 0;
    class Model {
      @Batched({ size: 1, concurrency: 2 })
      async predict(x: number): Promise<number> {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return x + 1;
      }
      predictBatch(): number[] {
        throw new Error("never called");
      }
    }
    const model = new Model();
    const answers = [1, 2, 3, 4, 5].map((x) => model.predict(x));
    assert.deepEqual(await Promise.all(answers), [2, 3, 4, 5, 6]);
    assert.equal(most, 2);
  });

  it("The calls of an object are full, wait and run as its options say", async () => {
    const host = new VirtualHost();
    const sizes: number[] = [];
    class Model {
      @Batched({ size: 3, maxWaitMs: 20, host, handler: "all" })
      predict(x: number): Promise<number> {
        sizes.push(1);
        return Promise.resolve(x);
      }
      all(xs: number[]): number[] {
        sizes.push(xs.length);
        return xs;
      }
    }
    const model = new Model();
    const answers = Promise.all([1, 2, 3, 4, 5].map((x) => model.predict(x)));
    await host.advance(19);
    assert.deepEqual(sizes, [3]);
    await host.advance(1);
    assert.deepEqual(sizes, [3, 2]);
    assert.deepEqual(await answers, [1, 2, 3, 4, 5]);
  });

  it("Needs no options", async () => {
    class Model {
      @Batched()
      async predict(x: number): Promise<number> {
        return await x;
      }
      predictBatch(xs: number[]): number[] {
        return xs.map((x) => -x);
      }
    }
    const model = new Model();
    const answers = [model.predict(1), model.predict(2)];
    assert.deepEqual(await Promise.all(answers), [-1, -2]);
    assert.equal(batcherOf(model, "predict").name, "predict");
  });
});
