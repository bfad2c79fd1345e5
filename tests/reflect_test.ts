import "../src/reflect.ts";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { getMetadata, getOwnMetadata } from "reflect-metadata/no-conflict";
import { Batched } from "../mod.ts";
import { OPTIONS_KEY, publish } from "../src/reflect.ts";
import { protocol } from "./decorator/doubler.ts";

class Model {
  @Batched({ size: 8, handler: (xs) => xs.map((x) => x + 1) })
  async plus(x: number): Promise<number> {
    return await x + 1;
  }
  @Batched({ size: 4, handler: (xs) => xs })
  static async load(x: number): Promise<number> {
    return await x;
  }
  plain(x: number): number {
    return x;
  }
}

class Sub extends Model {
  @Batched({ size: 2, handler: (xs) => xs })
  override plus(x: number): Promise<number> {
    return super.plus(x);
  }
}

describe("@batched/batched/reflect", () => {
  it("Publishes what @Batched was given at the function that stands for the method", () => {
    const { plus, plain } = Model.prototype;
    assert.equal(getMetadata("batched:options", plus).size, 8);
    assert.equal(getMetadata("batched:options", Model.load).size, 4);
    assert.equal(getMetadata("batched:options", plain), undefined);
  });

  it("Publishes it by class and name at once in the legacy protocol", () => {
    class Early {
      @Batched({ size: 3, handler: (xs) => xs })
      async same(x: number): Promise<number> {
        return await x;
      }
    }
    const record = getMetadata("batched:options", Early.prototype, "same");
    assert.equal(record?.size, protocol === "legacy" ? 3 : undefined);
  });

  it("publish() publishes it by class and name in either protocol", () => {
    const methods = publish(Model);
    assert.deepEqual(methods.map(({ name }) => name), ["plus", "load"]);
    const at = (place: object, name: string) =>
      getMetadata(OPTIONS_KEY, place, name)?.size;
    assert.equal(at(Model.prototype, "plus"), 8);
    assert.equal(at(new Model(), "plus"), 8);
    assert.equal(at(Model, "load"), 4);
    publish(Sub);
    assert.equal(at(new Sub(), "plus"), 2);
    assert.equal(at(new Model(), "plus"), 8);
    assert.equal(at(Sub, "load"), 4);
  });

  it("publish() publishes methods that were decorated before the entry was there", () => {
    const { plus } = Model.prototype;
    const copy = Object.defineProperty(
      () => {},
      Symbol.for("@batched/batched:method"),
      { value: Reflect.get(plus, Symbol.for("@batched/batched:method")) },
    );
    class Older {}
    Object.defineProperty(Older.prototype, "plus", { value: copy });
    assert.equal(getOwnMetadata(OPTIONS_KEY, copy), undefined);
    publish(Older);
    assert.equal(getOwnMetadata(OPTIONS_KEY, copy).size, 8);
  });

  it("publish() wants a class", () => {
    const kinds = [[null, "null"], [new Model(), "object"], [
      "Model",
      "string",
    ]];
    for (const [wrong, kind] of kinds) {
      assert.throws(() => publish(wrong as never), {
        name: "TypeError",
        message: `Cannot publish: wanted a class, got ${kind}`,
      });
    }
  });

  it("Patches nothing", () => {
    assert.equal(Reflect.get(Reflect, "defineMetadata"), undefined);
  });
});
