import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batched,
  batched,
  batchedMethods,
  batcherOf,
  batchersOf,
  closeAll,
} from "../../mod.ts";
import { Doubler } from "./doubler.ts";

describe("What is asked of objects in a wrong way", () => {
  class Model extends Doubler {
    @Batched({ handler: (xs) => xs })
    static load(x: number): Promise<number> {
      return Promise.resolve(x);
    }
  }

  it("batcherOf() names the batched methods that there are", () => {
    const wrong: [object, string, RegExp][] = [
      [
        new Model(),
        "dubble",
        /no batched method "dubble" here, it has "double"/,
      ],
      [new Model(), "doubleBatch", /no batched method "doubleBatch" here/],
      [Model, "double", /no batched method "double" here, it has "load"/],
      [Doubler, "double", /here, its instances have "double"/],
      [{}, "double", /no batched method "double" here, it has none/],
    ];
    for (const [object, method, message] of wrong) {
      assert.throws(() => batcherOf(object, method as never), {
        name: "TypeError",
        message,
      });
    }
  });

  it("Of a function of batched() they say where its batcher is", async () => {
    const fn = batched((xs: number[]) => xs);
    const wanted = /it is a function of batched\(\), take its "batcher"$/;
    assert.throws(() => batcherOf(fn as object, undefined as never), wanted);
    await assert.rejects(closeAll(fn), wanted);
    assert.equal(await fn(1), 1);
  });

  it("batcherOf() does not take an override for the method that it hides", () => {
    class Sub extends Doubler {
      override double(x: number): Promise<number> {
        return super.double(x);
      }
    }
    assert.throws(() => batcherOf(new Sub(), "double"), {
      name: "TypeError",
      message: /no batched method "double" here, it has none/,
    });
  });

  it("All of them want objects", async () => {
    for (const value of [undefined, null, 1, "text"]) {
      const object = value as never;
      const came = value === null ? "null" : typeof value;
      const error = (action: string) => ({
        name: "TypeError",
        message:
          `Cannot ${action}: wanted an object with batched methods, got ${came}`,
      });
      assert.throws(
        () => batcherOf(object, "double" as never),
        error("find the batcher"),
      );
      assert.throws(() => batchersOf(object), error("list the batchers"));
      assert.throws(() => batchedMethods(object), error("list the methods"));
      await assert.rejects(closeAll(object), error("close"));
    }
  });

  it("closeAll() closes nothing if one of its objects has nothing to close", async () => {
    const doubler = new Doubler();
    await assert.rejects(closeAll(doubler, {}), {
      name: "TypeError",
      message:
        "Cannot close: wanted an object with batched methods, it has none",
    });
    await assert.rejects(closeAll(doubler, Doubler), {
      name: "TypeError",
      message: /its instances have "double"/,
    });
    assert.equal(await doubler.double(1), 2);
  });
});
