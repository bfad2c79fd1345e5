import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { Batched, closeAll } from "../../mod.ts";
import {
  type EndpointOptions,
  endpoints,
  type ServingOptions,
} from "../../src/hono/mod.ts";
import { postJson, problemIn } from "./requests.ts";
import { workerOf } from "./worker.ts";

class Service {
  @Batched({ handler: (xs) => xs.map((x) => 2 * x) })
  double(x: number): Promise<number> {
    return Promise.resolve(2 * x);
  }
  @Batched({ handler: (xs) => xs.map((x) => 3 * x) })
  triple(x: number): Promise<number> {
    return Promise.resolve(3 * x);
  }
  @Batched({ handler: (xs) => xs.map((x) => 4 * x) })
  static quadruple(x: number): Promise<number> {
    return Promise.resolve(4 * x);
  }
  plain(x: number): Promise<number> {
    return Promise.resolve(x);
  }
}

const input = z.number();
const work = { input };

describe("endpoints()", () => {
  it("Serves the methods that are named, and no others", async () => {
    // Not every compiler tells this from a key that is missing.
    const none: object = { triple: undefined };
    const app = endpoints(new Service(), { double: { input }, ...none });
    assert.equal(await (await postJson(app, "/double", 1)).json(), 2);
    for (const path of ["/triple", "/plain", "/doubleBatch", "/constructor"]) {
      await problemIn(await postJson(app, path, 1), 404);
    }
    const paths = new Set(app.routes.map(({ path }) => path));
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/docs"]) {
      paths.delete(path);
    }
    assert.deepEqual([...paths], ["/double/bulk", "/double"]);
  });

  it("Serves methods of a class itself", async () => {
    const app = endpoints(Service, { quadruple: { input } });
    assert.equal(await (await postJson(app, "/quadruple", 1)).json(), 4);
    await closeAll(Service);
    await problemIn(await postJson(app, "/quadruple", 1), 503);
  });

  it("Serves a method as the object has it", async () => {
    class Sub extends Service {
      @Batched({ handler: (xs) => xs.map((x) => 20 * x) })
      override double(x: number): Promise<number> {
        return Promise.resolve(20 * x);
      }
    }
    const app = endpoints(new Sub(), { double: { input }, triple: { input } });
    assert.equal(await (await postJson(app, "/double", 1)).json(), 20);
    assert.equal(await (await postJson(app, "/triple", 1)).json(), 3);
  });

  it("Serves several methods without their bulks", async () => {
    const single = { input, bulk: false };
    const app = endpoints(new Service(), { double: single, triple: single });
    assert.equal(await (await postJson(app, "/triple", 1)).json(), 3);
    await problemIn(await postJson(app, "/triple/bulk", [1]), 404);
  });

  it("Serves a method whose name is a symbol", async () => {
    const half = Symbol("half");
    class Halves {
      @Batched({ handler: (xs: number[]) => xs.map((x) => x / 2) })
      [half](x: number): Promise<number> {
        return Promise.resolve(x / 2);
      }
    }
    const app = endpoints(new Halves(), { [half]: { path: "/half", input } });
    assert.equal(await (await postJson(app, "/half", 4)).json(), 2);
  });

  it("May serve a method at the root", async () => {
    const app = endpoints(new Service(), { double: { path: "/", input } });
    assert.equal(await (await postJson(app, "/", 1)).json(), 2);
    const bulk = await postJson(app, "/bulk", [1]);
    assert.deepEqual(await bulk.json(), [{ value: 2 }]);
  });

  it("Demands methods that are batched", () => {
    assert.throws(() => endpoints(new Service(), { plain: { input } }), {
      name: "TypeError",
      message:
        'Cannot find the batcher: no batched method "plain" here, it has "double", "triple"',
    });
  });

  it("Demands paths of their own", () => {
    const path = "/same" as const;
    assert.throws(
      () =>
        endpoints(new Service(), {
          double: { path, input },
          triple: { path, input },
        }),
      { message: "Cannot serve triple(): another method is served at /same" },
    );
    assert.throws(
      () =>
        endpoints(new Service(), {
          double: { path: "/a", input },
          triple: { path: "/a/bulk", input },
        }),
      { message: "Cannot serve triple(): another method is served at /a/bulk" },
    );
  });

  const wrongRoutes: [Record<string, unknown>, string][] = [
    [{}, '"input" must be a Standard Schema, got undefined'],
    [{ input: {} }, '"input" must be a Standard Schema, got an object'],
    [{ input, output: 7 }, '"output" must be a Standard Schema, got 7'],
    [
      { input, path: "x" },
      '"path" must be a string that begins with /, got "x"',
    ],
    [{ input, bulk: 1 }, '"bulk" must be a boolean, got 1'],
    [
      { input, deadlineMs: 0 },
      '"deadlineMs" must be a number of ms > 0, got 0',
    ],
    [{ input, lane: "a" }, '"lane" must be a function, got "a"'],
    [{ input, paht: "/x" }, 'unknown option "paht", wanted one of path,'],
    [{ input, limits: { depth: -1 } }, '"depth" must be an integer >= 0'],
    [{ input, limits: { bodyMs: 0 } }, '"bodyMs" must be a number of ms > 0'],
    [{ input, limits: { bytes: 1 } }, 'unknown option "bytes"'],
  ];
  for (const [options, why] of wrongRoutes) {
    it(`Refuses an endpoint that is wrong: ${why}`, () => {
      const routes = { work: options as unknown as EndpointOptions };
      assert.throws(
        () => endpoints(workerOf((xs: number[]) => xs), routes),
        (error: Error) => {
          const begin = error.message.startsWith("Cannot serve work(): ");
          assert.ok(begin && error.message.includes(why), error.message);
          return true;
        },
      );
    });
  }

  const wrongOptions: [Record<string, unknown>, string][] = [
    [{ limits: 5 }, '"limits" must be an object, got 5'],
    [{ limits: { bodyBytes: 0 } }, '"bodyBytes" must be an integer >= 1'],
    [
      { deadlineHeader: 1 },
      '"deadlineHeader" must be the name of a header, got 1',
    ],
    [{ deadlineHeader: "" }, 'must be the name of a header, got ""'],
    [{ deadlineHeader: "x y" }, 'must be the name of a header, got "x y"'],
    [{ abortGone: "yes" }, '"abortGone" must be a boolean, got "yes"'],
    [{ serverTiming: 0 }, '"serverTiming" must be a boolean, got 0'],
    [{ health: true }, '"health" must be an object, got true'],
    [{ health: { overdueMs: 0 } }, '"overdueMs" must be a number of ms > 0'],
    [{ openapi: { titel: "x" } }, 'unknown option "titel"'],
    [{ report: "x" }, '"report" must be a function, got "x"'],
    [{ cors: true }, 'unknown option "cors"'],
  ];
  for (const [options, why] of wrongOptions) {
    it(`Refuses options that are wrong: ${why}`, () => {
      const service = workerOf((xs: number[]) => xs);
      assert.throws(
        () => endpoints(service, { work }, options as ServingOptions),
        (error: Error) => {
          const begin = error.message.startsWith("Cannot serve: ");
          assert.ok(begin && error.message.includes(why), error.message);
          return true;
        },
      );
    });
  }
});
