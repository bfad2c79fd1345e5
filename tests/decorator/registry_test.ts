import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batched,
  batchedMethods,
  Batcher,
  batcherOf,
  batchersOf,
  closeAll,
  defaultHost,
  type Host,
} from "../../mod.ts";
import { Doubler } from "./doubler.ts";

const symbol = Symbol("sum");

class Model {
  @Batched({ size: 8, handler: (xs) => xs.map((x) => x + 1) })
  async plus(x: number): Promise<number> {
    return await x + 1;
  }
  @Batched({ handler: (xs) => xs.map((x) => x - 1) })
  async minus(x: number): Promise<number> {
    return await x - 1;
  }
  @Batched({ handler: (xs) => xs })
  async [symbol](x: number): Promise<number> {
    return await x;
  }
  @Batched({ handler: (xs) => xs })
  static async load(x: number): Promise<number> {
    return await x;
  }
  plain(x: number): number {
    return x;
  }
  get trap(): never {
    throw new Error("a getter was asked");
  }
}

class Sub extends Model {
  @Batched({ size: 2, handler: (xs) => xs })
  override plus(x: number): Promise<number> {
    return super.plus(x);
  }
  override minus(x: number): Promise<number> {
    return super.minus(x);
  }
}

describe("batcherOf()", () => {
  it("Returns the batcher of the method, the same at every call", async () => {
    const model = new Model();
    await Promise.all([model.plus(1), model.plus(2)]);
    const batcher = batcherOf(model, "plus");
    assert.ok(batcher instanceof Batcher);
    assert.equal(batcher.stats().calls, 2);
    assert.equal(batcherOf(model, "plus"), batcher);
  });

  it("Makes it if there is none yet, for later calls to use", async () => {
    const model = new Model();
    const batcher = batcherOf(model, "plus");
    assert.equal(batcher.stats().calls, 0);
    assert.equal(await model.plus(1), 2);
    assert.equal(batcher.stats().calls, 1);
    assert.deepEqual(await batcher.runMany([1, 2]), [2, 3]);
  });

  it("Finds methods named by symbols, and static ones of the class", () => {
    assert.equal(batcherOf(new Model(), symbol).name, "[sum]");
    assert.equal(batcherOf(Model, "load").name, "load");
  });

  it("Works inside the class", async () => {
    class Closing extends Doubler {
      close(): Promise<void> {
        return batcherOf(this, "double").close();
      }
    }
    const closing = new Closing();
    await closing.close();
    assert.equal(batcherOf(closing, "double").closed, true);
  });
});

describe("batchersOf()", () => {
  it("Lists those of all batched methods, called or not", async () => {
    const model = new Model();
    await model.plus(1);
    const names = batchersOf(model).map(({ name }) => name);
    assert.deepEqual(names.sort(), ["[sum]", "minus", "plus"]);
    assert.ok(batchersOf(model).includes(batcherOf(model, "plus")));
    assert.ok(batchersOf(model).includes(batcherOf(model, "minus")));
  });

  it("Lists those of overridden methods once super has called them", async () => {
    const sub = new Sub();
    const before = batchersOf(sub).map(({ name }) => name);
    assert.deepEqual(before.sort(), ["[sum]", "plus"]);
    await Promise.all([sub.plus(1), sub.minus(1)]);
    const after = batchersOf(sub).map(({ name }) => name);
    assert.deepEqual(after.sort(), ["[sum]", "minus", "plus", "plus"]);
  });

  it("Lists those of static methods of a class, and none of its instances'", () => {
    assert.deepEqual(batchersOf(Model), [batcherOf(Model, "load")]);
  });

  it("Takes no function for a batched method that has an answer to every name", async () => {
    class Tested extends Model {
      client: object = new Proxy(() => {}, { get: () => () => {} });
    }
    const tested = new Tested();
    assert.equal(batchersOf(tested).length, 3);
    await closeAll(tested);
    assert.throws(() => batcherOf(tested, "client"), TypeError);
  });

  it("Lists one once, whose method is found twice", () => {
    const model = new Model();
    // As mocks of `node:test` and Vitest leave it behind.
    model.plus = Model.prototype.plus;
    const twice = Object.assign(new Model(), { add: model.plus });
    for (const object of [model, twice]) {
      const names = batchersOf(object).map(({ name }) => name);
      assert.deepEqual(names.sort(), ["[sum]", "minus", "plus"]);
    }
  });

  it("Of an object without batched methods lists none", () => {
    assert.deepEqual(batchersOf({}), []);
    assert.deepEqual(batchersOf(Object.create(null)), []);
  });
});

describe("batchedMethods()", () => {
  const names = (objectOrClass: object) =>
    batchedMethods(objectOrClass).map(({ name }) => name);

  it("Describes the methods of an object, inherited ones too", () => {
    assert.deepEqual(names(new Model()), ["plus", "minus", symbol]);
    const [plus] = batchedMethods(new Model());
    assert.deepEqual(
      [plus!.name, plus!.isStatic, plus!.options.size],
      ["plus", false, 8],
    );
    assert.equal(typeof plus!.options.handler, "function");
  });

  it("Describes those of a class, with its static ones", () => {
    const methods = batchedMethods(Model).map(({ name, isStatic }) => [
      name,
      isStatic,
    ]);
    assert.deepEqual(methods, [
      ["plus", false],
      ["minus", false],
      [symbol, false],
      ["load", true],
    ]);
  });

  it("Takes the nearest of overridden methods, and none where that is not batched", () => {
    assert.deepEqual(names(new Sub()), ["plus", symbol]);
    assert.equal(batchedMethods(new Sub())[0]?.options.size, 2);
    assert.deepEqual(names(Sub), ["plus", symbol, "load"]);
  });

  it("Describes options that nobody can change", () => {
    const options = { size: 3, handler: "doubleBatch" as const };
    class Sized extends Doubler {
      @Batched(options)
      override double(x: number): Promise<number> {
        return super.double(x);
      }
    }
    options.size = 5;
    const [method] = batchedMethods(Sized);
    assert.deepEqual(method!.options, { size: 3, handler: "doubleBatch" });
    assert.ok(Object.isFrozen(method!.options));
  });

  it("Makes no batcher", async () => {
    const hosts: Host[] = [];
    class Watched extends Model {
      @Batched({
        host: {
          now: () => defaultHost.now(),
          hop: (run) => defaultHost.hop(run),
          timer: (run, ms) => defaultHost.timer(run, ms),
          neutral(run) {
            hosts.push(this);
            return run();
          },
        },
        handler: (xs) => xs,
      })
      override async minus(x: number): Promise<number> {
        return await x;
      }
    }
    const watched = new Watched();
    assert.equal(batchedMethods(watched).length, 3);
    assert.equal(batchedMethods(Watched).length, 4);
    assert.equal(hosts.length, 0);
    await watched.minus(1);
    assert.notEqual(hosts.length, 0);
  });

  it("Of an object without any is empty", () => {
    assert.deepEqual(batchedMethods({}), []);
    assert.deepEqual(batchedMethods(() => {}), []);
    assert.deepEqual(batchedMethods(class {}), []);
  });
});
