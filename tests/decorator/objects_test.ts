import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batched, batcherOf } from "../../mod.ts";
import { doubleAll, Doubler } from "./doubler.ts";

describe("An object with batched methods", () => {
  it("Shares no batch with another of its class", async () => {
    const [a, b] = [new Doubler(), new Doubler()];
    const answers = [doubleAll(a, [1, 2]), doubleAll(b, [3, 4])];
    assert.deepEqual(await Promise.all(answers), [[2, 4], [6, 8]]);
    assert.deepEqual([a.batches, b.batches], [[[1, 2]], [[3, 4]]]);
    assert.notEqual(batcherOf(a, "double"), batcherOf(b, "double"));
  });

  it("Closes alone", async () => {
    const [a, b] = [new Doubler(), new Doubler()];
    await batcherOf(a, "double").close();
    await assert.rejects(a.double(1));
    assert.equal(await b.double(1), 2);
  });

  it("Has a batcher for each of its methods", async () => {
    class Both extends Doubler {
      @Batched()
      async halve(x: number): Promise<number> {
        return await x / 2;
      }
      halveBatch(xs: number[]): number[] {
        return xs.map((x) => x / 2);
      }
    }
    const both = new Both();
    const answers = [both.double(2), both.halve(2), both.double(4)];
    assert.deepEqual(await Promise.all(answers), [4, 1, 8]);
    assert.deepEqual(both.batches, [[2, 4]]);
  });

  it("Gets no key of its own", async () => {
    const doubler = new Doubler();
    const keys = Reflect.ownKeys(doubler);
    await doubler.double(1);
    batcherOf(doubler, "double");
    assert.deepEqual(Reflect.ownKeys(doubler), keys);
    assert.deepEqual(Object.keys(Doubler.prototype), []);
  });

  it("May be frozen", async () => {
    const doubler = Object.freeze(new Doubler());
    assert.deepEqual(await doubleAll(doubler, [1, 2]), [2, 4]);
    assert.deepEqual(doubler.batches, [[1, 2]]);
    assert.equal(batcherOf(doubler, "double").stats().batches, 1);
  });

  it("May stand behind a proxy, which is an object with a batcher of its own", async () => {
    const doubler = new Doubler();
    const proxy = new Proxy(doubler, {});
    const answers = [doubleAll(proxy, [1, 2]), doubleAll(doubler, [3, 4])];
    assert.deepEqual(await Promise.all(answers), [[2, 4], [6, 8]]);
    assert.deepEqual(doubler.batches, [[1, 2], [3, 4]]);
    assert.equal(batcherOf(proxy, "double").stats().calls, 2);
    assert.notEqual(batcherOf(proxy, "double"), batcherOf(doubler, "double"));
  });

  it("Behind a proxy that traps its methods, the twin is trapped as well", async () => {
    const asked: (string | symbol)[] = [];
    const proxy = new Proxy(new Doubler(), {
      get(target, key, receiver) {
        asked.push(key);
        return Reflect.get(target, key, receiver);
      },
    });
    assert.deepEqual(await doubleAll(proxy, [1, 2]), [2, 4]);
    assert.ok(asked.includes("doubleBatch"));
  });

  it("May take the method from a class that it is no instance of", async () => {
    const thing = {
      double: Doubler.prototype.double,
      doubleBatch: (xs: number[]) => xs.map((x) => 2 * x),
    };
    const doubler = thing as unknown as Doubler;
    assert.deepEqual(await doubleAll(doubler, [1, 2]), [2, 4]);
    assert.equal(batcherOf(doubler, "double").stats().batches, 1);
  });

  it("May have methods that are named by numbers", async () => {
    class Levels {
      @Batched()
      async 1(x: number): Promise<number> {
        return await x;
      }
      "1Batch"(xs: number[]): number[] {
        return xs.map((x) => x + 1);
      }
      @Batched({ handler: "missing" as "1Batch" })
      static async 2(x: number): Promise<number> {
        return await x;
      }
      static "1Batch"(): never[] {
        return [];
      }
    }
    const levels = new Levels();
    const answers = [levels[1](10), levels[1](20)];
    assert.deepEqual(await Promise.all(answers), [11, 21]);
    assert.equal(batcherOf(levels, 1).name, "1");
    assert.equal(batcherOf(levels, 1), batcherOf(levels, "1" as never));
    await assert.rejects(Levels[2](1), { message: /^Cannot batch 2\(\): / });
  });

  it("May bind its methods", async () => {
    const doubler = new Doubler();
    const double = doubler.double.bind(doubler);
    assert.deepEqual(await Promise.all([double(1), double(2)]), [2, 4]);
    assert.deepEqual(doubler.batches, [[1, 2]]);
  });

  it("May call its batched methods before its constructor has ended", async () => {
    class Eager extends Doubler {
      readonly answers = doubleAll(this, [1, 2]);
    }
    assert.deepEqual(await new Eager().answers, [2, 4]);
  });
});

describe("A class with batched static methods", () => {
  class Texts {
    static readonly batches: string[][] = [];

    @Batched({ size: 2 })
    static async measure(text: string): Promise<number> {
      return await text.length;
    }
    static measureBatch(texts: string[]): number[] {
      this.batches.push(texts);
      return texts.map((text) => text.length);
    }
  }

  it("Has one batcher for each of them", async () => {
    const answers = ["a", "bc", "def"].map((text) => Texts.measure(text));
    assert.deepEqual(await Promise.all(answers), [1, 2, 3]);
    assert.deepEqual(Texts.batches, [["a", "bc"]]);
    assert.equal(batcherOf(Texts, "measure").stats().batches, 2);
  });

  it("Shares no batch with a subclass, whose twin may differ", async () => {
    class Words extends Texts {
      static override measureBatch(texts: string[]): number[] {
        return texts.map((text) => text.split(" ").length);
      }
    }
    const answers = [Words.measure("a b c"), Words.measure("d")];
    assert.deepEqual(await Promise.all(answers), [3, 1]);
    assert.notEqual(batcherOf(Words, "measure"), batcherOf(Texts, "measure"));
  });

  it("Keeps them apart from methods of its instances with the same name", async () => {
    class Model {
      @Batched({ handler: (xs) => xs.map((x) => x + 1) })
      static async run(x: number): Promise<number> {
        return await x + 1;
      }
      @Batched({ handler: (xs) => xs.map((x) => x - 1) })
      async run(x: number): Promise<number> {
        return await x - 1;
      }
    }
    const model = new Model();
    const answers = [Model.run(1), model.run(1), Model.run(2), model.run(2)];
    assert.deepEqual(await Promise.all(answers), [2, 0, 3, 1]);
  });
});
