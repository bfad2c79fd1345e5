import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchContext,
  Batched,
  done,
  failed,
  one,
  type Outcome,
} from "../../mod.ts";
import { doubleAll, Doubler } from "./doubler.ts";

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
