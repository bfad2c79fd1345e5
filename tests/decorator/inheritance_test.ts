import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batched, batcherOf, batchersOf, type CallOptions } from "../../mod.ts";
import { doubleAll, Doubler } from "./doubler.ts";

describe("A subclass of a class with batched methods", () => {
  it("Inherits them", async () => {
    class Sub extends Doubler {}
    const sub = new Sub();
    assert.deepEqual(await doubleAll(sub, [1, 2]), [2, 4]);
    assert.deepEqual(sub.batches, [[1, 2]]);
  });

  it("May override the twin alone", async () => {
    class Negative extends Doubler {
      override async doubleBatch(xs: number[]): Promise<number[]> {
        return (await super.doubleBatch(xs)).map((x) => -x);
      }
    }
    const answers = [new Negative(), new Doubler()].map((d) =>
      doubleAll(d, [1, 2])
    );
    assert.deepEqual(await Promise.all(answers), [[-2, -4], [2, 4]]);
  });

  it("May override the method without batching it, and call super", async () => {
    class Sum extends Doubler {
      override async double(x: number): Promise<number> {
        return await super.double(x) + 0.5;
      }
    }
    const sum = new Sum();
    assert.deepEqual(await doubleAll(sum, [1, 2]), [2.5, 4.5]);
    assert.deepEqual(sum.batches, [[1, 2]]);
  });

  it("May batch its override as well, with options of its own", async () => {
    class Pairs extends Doubler {
      readonly pairs: number[][] = [];

      @Batched({ size: 2, handler: "doublePairs" })
      override double(x: number, call?: CallOptions): Promise<number> {
        return super.double(x, call);
      }
      doublePairs(xs: number[]): Promise<number>[] {
        this.pairs.push(xs);
        return xs.map((x) => super.double(x));
      }
    }
    const pairs = new Pairs();
    assert.deepEqual(await doubleAll(pairs, [1, 2, 3]), [2, 4, 6]);
    assert.deepEqual(pairs.pairs, [[1, 2]]);
    assert.deepEqual([pairs.batches, pairs.singles], [[[1, 2]], [3]]);
    const [own, inherited] = batchersOf(pairs);
    assert.equal(own, batcherOf(pairs, "double"));
    assert.equal(inherited?.stats().calls, 3);
  });

  it("Can be abstract where the twin belongs to its subclasses", async () => {
    abstract class Model {
      @Batched()
      async predict(x: number): Promise<number> {
        return await x;
      }
      abstract predictBatch(xs: number[]): number[];
    }
    class Plus extends Model {
      override predictBatch(xs: number[]): number[] {
        return xs.map((x) => x + 1);
      }
    }
    class Minus extends Model {
      override predictBatch(xs: number[]): number[] {
        return xs.map((x) => x - 1);
      }
    }
    const models = [new Plus(), new Minus()];
    const answers = models.flatMap((m) => [1, 2].map((x) => m.predict(x)));
    assert.deepEqual(await Promise.all(answers), [2, 3, 0, 1]);
  });

  it("Gives each of its instances a batcher, for inherited methods too", async () => {
    class Sub extends Doubler {}
    const subs = [new Sub(), new Sub()];
    await Promise.all(subs.map((sub) => doubleAll(sub, [1, 2])));
    assert.deepEqual(subs.map(({ batches }) => batches), [[[1, 2]], [[1, 2]]]);
  });
});
