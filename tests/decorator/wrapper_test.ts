import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batched, batcherOf, type CallOptions } from "../../mod.ts";

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
