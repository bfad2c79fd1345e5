import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batched,
  batcherOf,
  type CallOptions,
  done,
  failed,
} from "../../mod.ts";
import { Doubler } from "./doubler.ts";

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

  it("R24 runs the calls of a failed batch one by one, with isolate: each", async () => {
    const alone: number[] = [];
    class Model {
      @Batched({ isolate: "each" })
      async predict(x: number): Promise<number> {
        alone.push(x);
        if (x === 2) throw new RangeError("two");
        return await 10 * x;
      }
      predictBatch(_xs: number[]): number[] {
        throw new Error("all or nothing");
      }
    }
    const model = new Model();
    const calls = [1, 2, 3].map((x) => model.predict(x));
    assert.deepEqual(await Promise.allSettled(calls), [
      { status: "fulfilled", value: 10 },
      { status: "rejected", reason: new RangeError("two") },
      { status: "fulfilled", value: 30 },
    ]);
    assert.deepEqual(alone, [1, 2, 3]);
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
