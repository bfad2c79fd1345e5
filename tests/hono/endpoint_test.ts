import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as v from "valibot";
import { z } from "zod";
import { Batched, type CallOptions } from "../../mod.ts";
import { bytes, Endpoint, endpoints } from "../../src/hono/mod.ts";
import { post, postJson, problemIn } from "./requests.ts";

class Service {
  @Endpoint({ path: "/twice", input: z.number(), output: z.number() })
  @Batched({ handler: (xs) => xs.map((x) => 2 * x) })
  double(x: number, _call?: CallOptions): Promise<number> {
    return Promise.resolve(2 * x);
  }

  @Batched({ handler: (xs) => xs.map((x) => 3 * x) })
  @Endpoint({ input: v.number(), bulk: false })
  triple(x: number): Promise<number> {
    return Promise.resolve(3 * x);
  }

  @Endpoint({ input: bytes({ maxLength: 8 }) })
  @Batched({ handler: (items) => items.map((item) => item.length) })
  measure(item: Uint8Array): Promise<number> {
    return Promise.resolve(item.length);
  }

  @Batched({ handler: (xs) => xs })
  hidden(x: number): Promise<number> {
    return Promise.resolve(x);
  }

  @Endpoint({ input: z.number() })
  @Batched({ handler: (xs) => xs.map((x) => 4 * x) })
  static quadruple(x: number): Promise<number> {
    return Promise.resolve(4 * x);
  }
}

describe("@Endpoint", () => {
  it("Says where and how a method is served, above @Batched or below", async () => {
    const app = endpoints(new Service());
    assert.equal(await (await postJson(app, "/twice", 1)).json(), 2);
    assert.equal(await (await postJson(app, "/triple", 1)).json(), 3);
    const octets = { "content-type": "application/octet-stream" };
    const body = new Uint8Array(5);
    assert.equal(await (await post(app, "/measure", body, octets)).json(), 5);
    assert.equal((await postJson(app, "/twice/bulk", [1])).status, 200);
    await problemIn(await postJson(app, "/triple/bulk", [1]), 404);
    await problemIn(await postJson(app, "/twice", "1"), 422);
  });

  it("Methods without it are not served", async () => {
    const app = endpoints(new Service());
    for (const path of ["/hidden", "/double", "/quadruple"]) {
      await problemIn(await postJson(app, path, 1), 404);
    }
  });

  it("Stands at methods of a class itself, too", async () => {
    const app = endpoints(Service);
    assert.equal(await (await postJson(app, "/quadruple", 1)).json(), 4);
    await problemIn(await postJson(app, "/twice", 1), 404);
  });

  it("What routes say of a method goes before it", async () => {
    const app = endpoints(new Service(), {
      double: { path: "/double", input: z.string().transform(Number) },
    });
    assert.equal(await (await postJson(app, "/double", "1")).json(), 2);
    await problemIn(await postJson(app, "/twice", 1), 404);
    assert.equal(await (await postJson(app, "/triple", 1)).json(), 3);
  });

  it("Is inherited, but for methods that are overridden", async () => {
    class Sub extends Service {
      @Batched({ handler: (xs) => xs.map((x) => 20 * x) })
      override double(x: number): Promise<number> {
        return Promise.resolve(20 * x);
      }
    }
    const app = endpoints(new Sub());
    assert.equal(await (await postJson(app, "/triple", 1)).json(), 3);
    await problemIn(await postJson(app, "/twice", 1), 404);
  });

  it("Needs @Batched beside it", () => {
    class Lonely {
      @Endpoint({ input: z.number() })
      same(x: number): Promise<number> {
        return Promise.resolve(x);
      }
    }
    assert.throws(() => endpoints(new Lonely()), {
      name: "TypeError",
      message:
        'Cannot find the batcher: no batched method "same" here, it has none',
    });
  });

  it("Says at once what is wrong with it", () => {
    const decorate = (options: unknown) => {
      class Wrong {
        @Endpoint(options as { input: z.ZodNumber })
        @Batched({ handler: (xs) => xs })
        same(x: number): Promise<number> {
          return Promise.resolve(x);
        }
      }
      return Wrong;
    };
    assert.throws(() => decorate({}), {
      name: "TypeError",
      message:
        'Cannot serve same(): "input" must be a Standard Schema, got undefined',
    });
    assert.throws(
      () => decorate({ input: z.number(), bulk: "no" }),
      { message: 'Cannot serve same(): "bulk" must be a boolean, got "no"' },
    );
  });

  it("Stands at methods alone", () => {
    const decorator = Endpoint({ input: z.number() }) as unknown as (
      value: unknown,
      context: unknown,
    ) => void;
    const context = { kind: "field", name: "x" };
    assert.throws(() => decorator(undefined, context), {
      name: "TypeError",
      message: "Cannot serve this: it is no method",
    });
  });
});
