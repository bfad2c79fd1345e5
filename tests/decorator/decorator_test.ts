import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchContext,
  Batched,
  batcherOf,
  type CallOptions,
  done,
  failed,
  one,
  type Outcome,
} from "../../mod.ts";
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

describe("The twin of @Batched", () => {
  it("Is found by a name that was given", async () => {
    class Model {
      @Batched({ handler: "runMany" })
      run(x: number): Promise<number> {
        return one(this.runMany([x]));
      }
      runMany(xs: number[]): number[] {
        return xs.map((x) => x * xs.length);
      }
    }
    const model = new Model();
    assert.deepEqual(await Promise.all([model.run(1), model.run(2)]), [2, 4]);
  });

  it("May be a function, which is called on the object", async () => {
    class Scaler {
      readonly #factor: number;
      constructor(factor: number) {
        this.#factor = factor;
      }
      @Batched({
        handler(this: { scaleAll(xs: number[]): number[] }, xs: number[]) {
          return this.scaleAll(xs);
        },
      })
      scale(x: number): Promise<number> {
        return one(this.scaleAll([x]));
      }
      scaleAll(xs: number[]): number[] {
        return xs.map((x) => this.#factor * x);
      }
    }
    const [two, ten] = [new Scaler(2), new Scaler(10)];
    const answers = [two, ten].flatMap((s) => [1, 2].map((x) => s.scale(x)));
    assert.deepEqual(await Promise.all(answers), [2, 4, 10, 20]);
  });

  it("Is told of its batch", async () => {
    const seen: BatchContext[] = [];
    class Model {
      @Batched({ lane: (x) => x % 2 })
      async predict(x: number): Promise<number> {
        return await x;
      }
      predictBatch(xs: number[], batch: BatchContext): number[] {
        seen.push(batch);
        return xs;
      }
    }
    const model = new Model();
    await Promise.all([1, 2, 3, 4].map((x) => model.predict(x)));
    assert.deepEqual(seen.map(({ id }) => id), [1, 2]);
    assert.deepEqual(seen.map(({ lane }) => lane), [1, 0]);
    assert.ok(seen.every(({ signal }) => !signal.aborted));
  });

  it("May answer outcomes, promises and errors", async () => {
    class Model {
      @Batched()
      async predict(x: number): Promise<number> {
        return await x;
      }
      predictBatch(
        xs: number[],
      ): (number | Error | Outcome<number> | Promise<number>)[] {
        return xs.map((x) => {
          if (x === 0) return Promise.resolve(100);
          if (x === 1) return new RangeError("one");
          return x === 2 ? done(200) : failed("three");
        });
      }
    }
    const model = new Model();
    const answers = [0, 1, 2, 3].map((x) => model.predict(x));
    assert.deepEqual(await Promise.allSettled(answers), [
      { status: "fulfilled", value: 100 },
      { status: "rejected", reason: new RangeError("one") },
      { status: "fulfilled", value: 200 },
      { status: "rejected", reason: "three" },
    ]);
  });

  it("Of writes answers one done() for all", async () => {
    const rows: string[] = [];
    class Table {
      @Batched()
      write(row: string): Promise<void> {
        return one(this.writeBatch([row]));
      }
      writeBatch(batch: string[]): Outcome<void> {
        rows.push(batch.join("+"));
        return done();
      }
    }
    const table = new Table();
    await Promise.all([table.write("a"), table.write("b")]);
    await table.write("c");
    assert.deepEqual(rows, ["a+b", "c"]);
  });

  it("That throws rejects all its calls with that very error", async () => {
    const error = new Error("out of order");
    class Model {
      @Batched()
      async predict(x: number): Promise<number> {
        return await x;
      }
      predictBatch(_xs: number[]): number[] {
        throw error;
      }
    }
    const model = new Model();
    const settled = await Promise.allSettled(
      [1, 2].map((x) => model.predict(x)),
    );
    for (const call of settled) {
      assert.equal(call.status === "rejected" && call.reason, error);
    }
  });

  it("Is looked up when the batch leaves", async () => {
    const doubler = new Doubler();
    await doubleAll(doubler, [1, 2]);
    doubler.doubleBatch = (xs) => Promise.resolve(xs.map((x) => 3 * x));
    assert.deepEqual(await doubleAll(doubler, [1, 2]), [3, 6]);
  });
});

describe("The body of a batched method", () => {
  it("Rejects its call with what it throws or rejects with", async () => {
    class Model {
      @Batched()
      predict(x: number): Promise<number> {
        if (x < 0) throw new RangeError("thrown");
        return Promise.reject(new RangeError("rejected"));
      }
      predictBatch(xs: number[]): number[] {
        return xs;
      }
    }
    const model = new Model();
    await assert.rejects(model.predict(-1), new RangeError("thrown"));
    await assert.rejects(model.predict(1), new RangeError("rejected"));
  });

  it("May answer an outcome", async () => {
    class Model {
      @Batched()
      async predict(x: number): Promise<number> {
        return await (x > 0 ? done(x) : failed("too small")) as never;
      }
      predictBatch(xs: number[]): number[] {
        return xs;
      }
    }
    const model = new Model();
    assert.equal(await model.predict(1), 1);
    await assert.rejects(model.predict(0), (error) => error === "too small");
  });

  it("Gets the signal of its batch, which aborts when its caller leaves", async () => {
    const signals: AbortSignal[] = [];
    class Model {
      @Batched()
      predict(_x: number, call?: CallOptions): Promise<number> {
        signals.push(call!.signal!);
        return new Promise((_, reject) => {
          const { signal } = call!;
          signal!.addEventListener("abort", () => reject(signal!.reason));
          controller.abort("enough");
        });
      }
      predictBatch(xs: number[]): number[] {
        return xs;
      }
    }
    const controller = new AbortController();
    const { signal } = controller;
    const answer = new Model().predict(1, { signal });
    await assert.rejects(answer, (error) => error === "enough");
    assert.equal(signals.length, 1);
    assert.notEqual(signals[0], signal);
    assert.equal(signals[0]!.reason, "enough");
  });
});

describe("A call of a batched method", () => {
  it("May leave early and touches no other", async () => {
    const doubler = new Doubler();
    const controller = new AbortController();
    const { signal } = controller;
    const answers = [
      doubler.double(1),
      doubler.double(2, { signal }),
      doubler.double(3, { signal: new AbortController().signal }),
    ];
    controller.abort("gone");
    await assert.rejects(answers[1]!, (error) => error === "gone");
    assert.deepEqual(await Promise.all([answers[0], answers[2]]), [2, 6]);
    assert.deepEqual(doubler.batches, [[1, 3]]);
  });

  it("Ignores a second argument that is no object", async () => {
    const doubler = new Doubler();
    const double = doubler.double.bind(doubler) as (
      ...given: unknown[]
    ) => Promise<number>;
    assert.deepEqual(await Promise.all([5, 6, 7].map(double)), [10, 12, 14]);
    assert.deepEqual(doubler.batches, [[5, 6, 7]]);
  });

  it("Returns the promise of the batcher, made by no function around it", async () => {
    const doubler = new Doubler();
    const answer = doubler.double(1);
    assert.equal(Object.getPrototypeOf(answer), Promise.prototype);
    const batcher = batcherOf(doubler, "double");
    const made = batcher.run(2);
    batcher.run = () => made;
    assert.equal(doubler.double(2), made);
    assert.deepEqual(await Promise.all([answer, made]), [2, 4]);
  });
});

describe("The function that @Batched puts in place of a method", () => {
  const symbol = Symbol("many words");
  const nameless = Symbol();
  class Model {
    @Batched({ handler: (xs) => xs.map(() => 0) })
    one(_x: number): Promise<number> {
      return Promise.resolve(0);
    }
    @Batched({ handler: (xs) => xs.map(() => 0) })
    two(_x: number, _call?: CallOptions): Promise<number> {
      return Promise.resolve(0);
    }
    @Batched({ handler: (xs) => xs.map(() => 0), name: "other" })
    [symbol](x: number): Promise<number> {
      return Promise.resolve(x);
    }
    @Batched({ handler: (xs) => xs.map(() => 0) })
    [nameless](x: number): Promise<number> {
      return Promise.resolve(x);
    }
  }

  it("Keeps its name and length", () => {
    const { one, two, [symbol]: three } = Model.prototype;
    assert.deepEqual([one.name, one.length], ["one", 1]);
    assert.deepEqual([two.name, two.length], ["two", 2]);
    assert.deepEqual([three.name, three.length], ["[many words]", 1]);
  });

  it("Is as hidden, writable and configurable as it", () => {
    for (const key of ["one", symbol]) {
      const descriptor = Object.getOwnPropertyDescriptor(Model.prototype, key)!;
      const { enumerable, writable, configurable } = descriptor;
      assert.deepEqual([enumerable, writable, configurable], [
        false,
        true,
        true,
      ]);
    }
  });

  it("Is no constructor, as methods are none", () => {
    assert.equal(Object.hasOwn(Model.prototype.one, "prototype"), false);
    assert.throws(() => Reflect.construct(Model.prototype.one, []), TypeError);
  });

  it("Shows nothing that a method does not", () => {
    assert.deepEqual(Object.keys(Model.prototype.one), []);
    assert.deepEqual(
      Object.getOwnPropertyNames(Model.prototype.one).sort(),
      ["length", "name"],
    );
  });

  it("Gives its name to the batcher, unless that has an option", async () => {
    const model = new Model();
    assert.equal(batcherOf(model, "one").name, "one");
    assert.equal(batcherOf(model, symbol).name, "other");
    assert.equal(batcherOf(model, nameless).name, "[]");
    assert.deepEqual(await Promise.all([model[symbol](1), model[symbol](2)]), [
      0,
      0,
    ]);
  });
});
