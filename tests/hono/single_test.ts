import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type } from "arktype";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import * as v from "valibot";
import { z } from "zod";
import { batcherOf } from "../../mod.ts";
import { endpoints, Problem, type Schema } from "../../src/hono/mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { uncaughtIn } from "../batcher/uncaught.ts";
import { turns } from "../batcher/watched.ts";
import { chunked, post, postJson, problemIn } from "./requests.ts";
import { workerOf } from "./worker.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("POST path", () => {
  it("Answers the result of the item, and requests that come together share a batch", async () => {
    const handler = recordingHandler(double);
    const app = endpoints(workerOf(handler), { work: { input: z.number() } });
    const answers = await Promise.all(
      [1, 2, 3].map((x) => postJson(app, "/work", x)),
    );
    const values = await Promise.all(answers.map((answer) => answer.json()));
    assert.deepEqual(values, [2, 4, 6]);
    assert.deepEqual(handler.items, [[1, 2, 3]]);
    for (const { status, headers } of answers) {
      assert.equal(status, 200);
      assert.equal(headers.get("content-type"), "application/json");
    }
  });

  for (
    const [library, input] of [
      ["zod", z.object({ x: z.number() })],
      ["valibot", v.object({ x: v.number() })],
      ["arktype", type({ x: "number" })],
    ] as const
  ) {
    it(`What fails a schema of ${library} is told where, and reaches no batch`, async () => {
      const handler = recordingHandler((items: { x: number }[]) =>
        items.map(({ x }) => x)
      );
      const app = endpoints(workerOf(handler), { work: { input } });
      assert.equal(await (await postJson(app, "/work", { x: 1 })).json(), 1);
      const answer = await postJson(app, "/work", { x: "1" });
      const { errors } = await problemIn(answer, 422);
      const [{ detail, pointer }] = errors as { [key: string]: string }[] as [
        { detail: string; pointer: string },
      ];
      assert.equal(pointer, "#/x");
      assert.match(detail, /number/);
      assert.equal(handler.items.length, 1);
    });
  }

  it("A schema that does not fit at all points to the whole, in each library", async () => {
    for (const input of [z.number(), v.number(), type("number")]) {
      const app = endpoints(workerOf(double), { work: { input } });
      const { errors } = await problemIn(
        await postJson(app, "/work", "1"),
        422,
      );
      assert.equal((errors as { pointer: string }[])[0]!.pointer, "#");
    }
  });

  it("Pointers are fragments of URIs: their parts are escaped", async () => {
    const input = z.object({ "a/b~c d": z.number() });
    const handler = (items: unknown[]) => items;
    const app = endpoints(workerOf(handler), { work: { input } });
    const { errors } = await problemIn(await postJson(app, "/work", {}), 422);
    const [{ pointer }] = errors as [{ pointer: string }];
    assert.equal(pointer, "#/a~1b~0c%20d");
  });

  it("Says where it does not fit though a key has half a character, or is very long", async () => {
    const input = z.object({ in: z.record(z.string(), z.number()) });
    const app = endpoints(
      workerOf((rows: unknown[]) => rows),
      { work: { input } },
    );
    const long = "k".repeat(10_000);
    for (
      const [key, pointer] of [
        ["\ud800", "#/in/%EF%BF%BD"],
        ["😀", "#/in/%F0%9F%98%80"],
        [long, "#/in"],
      ] as const
    ) {
      const answer = await postJson(app, "/work", { in: { [key]: "x" } });
      const { errors } = await problemIn(answer, 422);
      assert.equal((errors as { pointer: string }[])[0]!.pointer, pointer);
    }
    const strict = endpoints(
      workerOf((rows: unknown[]) => rows),
      { work: { input: z.strictObject({}) } },
    );
    const answer = await postJson(strict, "/work", { [long]: "x" });
    assert.ok((await answer.text()).length < 500);
  });

  it("No reason is longer than 200 characters, and none ends in half of one", async () => {
    const input = z.string().refine(() => false, {
      error: ({ input }) => String(input),
    });
    const app = endpoints(workerOf((items: string[]) => items), {
      work: { input },
    });
    const detailOf = async (text: string) => {
      const problem = await problemIn(await postJson(app, "/work", text), 422);
      return (problem["errors"] as { detail: string }[])[0]!.detail;
    };
    const most = "x".repeat(200);
    assert.equal(await detailOf(most), most);
    assert.equal(await detailOf(`${most}y`), `${most}…`);
    const half = "x".repeat(199);
    assert.equal(await detailOf(`${half}😀`), `${half}\ufffd…`);
  });

  it("Brackets in strings are not nested, nor is what follows a quote within one", async () => {
    const app = endpoints(workerOf((items: unknown[]) => items), {
      work: { input: z.unknown(), limits: { depth: 1 } },
    });
    const deep = ['[["', "[[[["];
    assert.deepEqual(await (await postJson(app, "/work", deep)).json(), deep);
    const escaped = ['"[[', '\\"[[', "\\"];
    assert.deepEqual(
      await (await postJson(app, "/work", escaped)).json(),
      escaped,
    );
    await problemIn(await postJson(app, "/work", ['"', [1]]), 400);
  });

  it("What is nested too deep is refused, whatever stands behind it", async () => {
    const app = endpoints(workerOf((items: unknown[]) => items), {
      work: { input: z.unknown(), limits: { depth: 2 } },
    });
    await problemIn(await postJson(app, "/work", [[[]], []]), 400);
    const flat = [[1], [2], [3]];
    assert.deepEqual(await (await postJson(app, "/work", flat)).json(), flat);
  });

  it("No more than ten reasons are told", async () => {
    const input = z.array(z.number());
    const handler = (items: number[][]) => items.map((item) => item.length);
    const app = endpoints(workerOf(handler), { work: { input } });
    const answer = await postJson(app, "/work", Array(1000).fill("x"));
    const { errors } = await problemIn(answer, 422);
    assert.equal((errors as unknown[]).length, 10);
  });

  it("The item is what the schema makes of the body, which may take its time", async () => {
    const input = z.string().transform(async (text) => await Number(text));
    const handler = recordingHandler(double);
    const app = endpoints(workerOf(handler), { work: { input } });
    assert.equal(await (await postJson(app, "/work", "21")).json(), 42);
    assert.deepEqual(handler.items, [[21]]);
  });

  it("A schema that takes its time may promise by any thenable, and what does not fit reaches no batch", async () => {
    const handler = recordingHandler(double);
    const checked = z.number()["~standard"];
    const input: Schema<unknown, number> = {
      "~standard": {
        version: 1,
        vendor: "another realm",
        validate: (value) => {
          const result = Promise.resolve(checked.validate(value));
          const then = result.then.bind(result);
          return { then } as typeof result;
        },
      },
    };
    const app = endpoints(workerOf(handler), { work: { input } });
    assert.equal(await (await postJson(app, "/work", 21)).json(), 42);
    await problemIn(await postJson(app, "/work", "x"), 422);
    assert.deepEqual(handler.items, [[21]]);
  });

  it("The answer is what the output's schema makes of the result", async () => {
    const output = z.object({ mean: z.number() });
    const handler = (xs: number[]) => xs.map((mean) => ({ mean, secret: 1 }));
    const app = endpoints(workerOf(handler), {
      work: { input: z.number(), output },
    });
    const answer = await postJson(app, "/work", 3);
    assert.deepEqual(await answer.json(), { mean: 3 });
  });

  it("A result that does not fit the output is an error of ours, and is not shown", async () => {
    const reported: unknown[] = [];
    const handler = (xs: number[]) => xs.map(() => "secret");
    const app = endpoints(
      workerOf(handler),
      { work: { input: z.number(), output: v.pipe(v.string(), v.url()) } },
      { report: (error) => reported.push(error) },
    );
    const answer = await postJson(app, "/work", 3);
    assert.doesNotMatch(JSON.stringify(await problemIn(answer, 500)), /secret/);
    assert.match(String(reported), /its result does not fit "output", at #/);
    assert.doesNotMatch(String(reported), /secret/);
  });

  it("A result of null is one", async () => {
    const app = endpoints(workerOf((xs: number[]) => xs.map(() => null)), {
      work: { input: z.number() },
    });
    const answer = await postJson(app, "/work", 1);
    assert.deepEqual([answer.status, await answer.text()], [200, "null"]);
  });

  it("What is no mistake of the server's is not reported", async () => {
    const reported: unknown[] = [];
    const problem = new Problem(503, "Come back tomorrow");
    const app = endpoints(workerOf((_: number[]) => [problem]), {
      work: { input: z.number() },
    }, { report: (error) => reported.push(error) });
    await problemIn(await postJson(app, "/work", 1), 503);
    const headers = { "x-deadline-ms": "0" };
    await problemIn(await postJson(app, "/work", 1, headers), 504);
    assert.deepEqual(reported, []);
  });

  it("Limits of the app hold where an endpoint says nothing else", async () => {
    const app = endpoints(workerOf((items: unknown[]) => items), {
      work: { input: z.unknown(), limits: { depth: 1 } },
    }, { limits: { bodyBytes: 5, depth: 0 } });
    assert.equal((await post(app, "/work", "[123]")).status, 200);
    await problemIn(await post(app, "/work", "[1234]"), 413);
    await problemIn(await post(app, "/work", "[[1]]"), 400);
  });

  it("A result of nothing is 204", async () => {
    const handler = (xs: number[]) => xs.map(() => undefined);
    const app = endpoints(workerOf(handler), { work: { input: z.number() } });
    const answer = await postJson(app, "/work", 3);
    assert.deepEqual([answer.status, await answer.text()], [204, ""]);
  });

  it("A result for which JSON has no word is an error of ours", async () => {
    for (const result of [1n, () => {}, Symbol()]) {
      const handler = (xs: number[]) => xs.map(() => result);
      const app = endpoints(workerOf<number, unknown>(handler), {
        work: { input: z.number() },
      });
      await problemIn(await postJson(app, "/work", 3), 500);
    }
  });

  it("An error of the handler shows nothing of itself, and is reported with its request", async () => {
    const reported: unknown[] = [];
    const error = new Error("secret");
    const app = endpoints(
      workerOf((_: number[]): number[] => {
        throw error;
      }),
      { work: { input: z.number() } },
      { report: (error, c) => reported.push(error, c.req.path, c.error) },
    );
    const problem = await problemIn(await postJson(app, "/work", 3), 500);
    assert.doesNotMatch(JSON.stringify(problem), /secret/);
    assert.deepEqual(reported, [error, "/work", error]);
  });

  it("What Hono's exception tells of the server is reported, as its client does not hear of it", async () => {
    const reported: unknown[] = [];
    const all = [502, 418].map((status) =>
      new HTTPException(status as 418, { message: "model-7 is down" })
    );
    const app = endpoints(workerOf((_: number[]) => all), {
      work: { input: z.number() },
    }, { report: (error, c) => reported.push(error, c.error) });
    app.get("/ours", () => {
      throw all[0];
    });
    const [bad] = await Promise.all([
      postJson(app, "/work", 0),
      postJson(app, "/work", 1),
    ]);
    const { detail } = await problemIn(bad, 502);
    assert.equal(detail, "Bad Gateway");
    assert.deepEqual(reported, [all[0], all[0]]);
    await app.request("/ours");
    assert.equal(reported[2], all[0]);
  });

  it("A report that throws changes nothing", async () => {
    const app = endpoints(
      workerOf((_: number[]) => Promise.reject(new Error("secret"))),
      { work: { input: z.number() } },
      {
        report: () => {
          throw new Error("report");
        },
      },
    );
    await problemIn(await postJson(app, "/work", 3), 500);
  });

  it("Nor does one that fails later, as async functions do", async () => {
    const app = endpoints(
      workerOf((_: number[]) => Promise.reject(new Error("secret"))),
      { work: { input: z.number() } },
      { report: () => Promise.reject(new Error("report")) },
    );
    const uncaught = await uncaughtIn(async () => {
      await problemIn(await postJson(app, "/work", 3), 500);
      const bulk = await postJson(app, "/work/bulk", [3]);
      assert.equal((await bulk.json())[0].error.status, 500);
    });
    assert.deepEqual(uncaught, []);
  });

  it("Of what middleware throws only errors of ours are reported, and none reaches the server", async () => {
    const reported: unknown[] = [];
    const app = endpoints(
      workerOf(double),
      { work: { input: z.number() } },
      {
        report: (error) => {
          reported.push(error);
          throw new Error("report");
        },
      },
    );
    const error = new Error("secret");
    app.get("/ours", () => {
      throw error;
    });
    app.get("/theirs", () => {
      throw new Problem(401, "Say who you are");
    });
    await problemIn(await app.request("/ours"), 500);
    await problemIn(await app.request("/theirs"), 401);
    assert.deepEqual(reported, [error]);
  });

  it("A Problem of the handler's goes to the client as it is, for one item or for all", async () => {
    const problem = new Problem(404, "No such row", { members: { row: 7 } });
    const app = endpoints(
      workerOf((xs: number[]) => xs.map((x) => x === 7 ? problem : x)),
      { work: { input: z.number() } },
    );
    const [good, bad] = await Promise.all([
      postJson(app, "/work", 1),
      postJson(app, "/work", 7),
    ]);
    assert.equal(await good!.json(), 1);
    assert.equal((await problemIn(bad!, 404))["row"], 7);
  });

  it("Types other than JSON are refused, and so are other charsets and compressed bodies", async () => {
    const handler = recordingHandler(double);
    const app = endpoints(workerOf(handler), { work: { input: z.number() } });
    const json = { "content-type": "application/json" };
    const type = "The content type must be application/json, ";
    const encoding =
      "The body must not be compressed: its encoding must be identity, ";
    for (
      const [headers, detail] of [
        [{}, `${type}but there is none`],
        [{ "content-type": "Text/plain" }, `${type}not text/plain`],
        [
          { "content-type": "application/jsonp" },
          `${type}not application/jsonp`,
        ],
        [
          { "content-type": "application/x-ndjson; charset=x" },
          `${type}not application/x-ndjson`,
        ],
        [
          { "content-type": "application/jsonl" },
          `${type}not application/jsonl`,
        ],
        [{ "content-type": "<a>" }, `${type}not another one`],
        [{ "content-type": "x".repeat(65) }, `${type}not another one`],
        [
          { "content-type": "application/json; charset=utf-16" },
          "The charset must be utf-8, not utf-16",
        ],
        [{ ...json, "content-encoding": "gzip" }, `${encoding}not gzip`],
        [{ ...json, "content-encoding": "a, b" }, `${encoding}not another one`],
      ] as [Record<string, string>, string][]
    ) {
      const answer = await post(app, "/work", chunked("1"), headers);
      assert.equal((await problemIn(answer, 415))["detail"], detail);
      // Which of them is there tells programs what was wrong (RFC 9110, 12.5.3).
      const isEncoded = "content-encoding" in headers;
      const wanted = isEncoded
        ? [null, "identity"]
        : ["application/json", null];
      assert.deepEqual(
        ["accept", "accept-encoding"].map((name) => answer.headers.get(name)),
        wanted,
      );
    }
    assert.deepEqual(handler.items, []);
  });

  it("JSON may be written in any case, with parameters, and be encoded as itself", async () => {
    const app = endpoints(workerOf(double), { work: { input: z.number() } });
    for (
      const headers of [
        { "content-type": "Application/JSON" },
        { "content-type": "application/json ; charset=UTF-8" },
        { "content-type": 'application/json;charset="utf8";v=1' },
        { "content-type": "application/json", "content-encoding": "Identity" },
        { "content-type": "application/json", "content-encoding": "" },
      ] as Record<string, string>[]
    ) {
      assert.equal(await (await post(app, "/work", "21", headers)).json(), 42);
    }
  });

  it("A body over the limit is refused, announced or not; one at the limit is not", async () => {
    const input = z.string();
    const handler = (items: string[]) => items.map((item) => item.length);
    const app = endpoints(workerOf(handler), {
      work: { input, limits: { bodyBytes: 10 } },
    });
    const json = { "content-type": "application/json" };
    const announced = { ...json, "content-length": "11" };
    await problemIn(await post(app, "/work", '"1"', announced), 413);
    await problemIn(await post(app, "/work", '"123456789"', json), 413);
    const chunks = chunked('"12345', '6789"');
    await problemIn(await post(app, "/work", chunks, json), 413);
    assert.equal(
      await (await post(app, "/work", '"12345678"', json)).json(),
      8,
    );
    const full = { ...json, "content-length": "10" };
    assert.equal(
      await (await post(app, "/work", '"12345678"', full)).json(),
      8,
    );
    const lying = { ...json, "content-length": "9" };
    await problemIn(await post(app, "/work", '"123456789"', lying), 413);
    // Some servers let a length through that was given twice.
    const twice = { ...json, "content-length": "3, 3" };
    assert.equal(await (await post(app, "/work", '"1"', twice)).json(), 1);
    await problemIn(await post(app, "/work", '"123456789"', twice), 413);
  });

  for (
    const headers of [
      { "content-length": "3, 3" },
      { "content-length": "3", "transfer-encoding": "chunked" },
    ]
  ) {
    it(
      `A length that cannot be trusted does not make the whole body be read: ${
        Object.values(headers)
      }`,
      async () => {
        const app = endpoints(workerOf(double), {
          work: { input: z.number(), limits: { bodyBytes: 10 } },
        });
        let chunks = 0;
        const body = new ReadableStream({
          pull: (controller) => {
            if (++chunks > 50) return controller.close();
            controller.enqueue(new Uint8Array([49]));
          },
        });
        const json = { "content-type": "application/json" };
        const answer = await post(app, "/work", body, { ...json, ...headers });
        await problemIn(answer, 413);
        assert.ok(chunks < 20, `${chunks} chunks were read`);
      },
    );
  }

  it("A body that is announced as too large is told how large that is", async () => {
    const limits = { bodyBytes: 10 };
    const app = endpoints(workerOf(double), {
      work: { input: z.number(), limits },
    });
    const headers = {
      "content-type": "application/json",
      "content-length": "12",
    };
    const problem = await problemIn(
      await post(app, "/work", "1", headers),
      413,
    );
    assert.equal(problem.detail, "The body must have at most 10 bytes, not 12");
  });

  it("An announced body that is too large is not read", async () => {
    const app = endpoints(workerOf(double), {
      work: { input: z.number(), limits: { bodyBytes: 10 } },
    });
    const body = new ReadableStream({
      pull: () => assert.fail("The body was read"),
    }, { highWaterMark: 0 });
    const headers = {
      "content-type": "application/json",
      "content-length": "11",
    };
    await problemIn(await post(app, "/work", body, headers), 413);
  });

  it("A body that breaks off is told as such", async () => {
    const app = endpoints(workerOf(double), { work: { input: z.number() } });
    for (const length of [{}, { "content-length": "2" }]) {
      const body = new ReadableStream({
        pull: (controller) => controller.error(new Error("reset")),
      });
      const headers = { "content-type": "application/json", ...length };
      const answer = await post(app, "/work", body, headers);
      const { detail } = await problemIn(answer, 400);
      assert.equal(detail, "The body ended early");
    }
  });

  it("A body that middleware has read is there all the same", async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      await c.req.text();
      await next();
    });
    app.route(
      "/",
      endpoints(workerOf(double), { work: { input: z.number() } }),
    );
    assert.equal(await (await postJson(app, "/work", 21)).json(), 42);
  });

  it("Headers that middleware has set stay, on answers and on problems", async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      c.header("x-request-id", "7");
      c.header("server-timing", "edge");
      await next();
    });
    app.route(
      "/",
      endpoints(workerOf(double), { work: { input: z.number() } }),
    );
    for (const body of [21, "x"]) {
      const answer = await postJson(app, "/work", body);
      assert.equal(answer.headers.get("x-request-id"), "7");
      assert.match(answer.headers.get("server-timing")!, /^edge, .*dur=/);
    }
    for (
      const [method, path] of [
        ["GET", "/healthz"],
        ["GET", "/readyz"],
        ["GET", "/openapi.json"],
        ["GET", "/docs"],
        ["POST", "/docs"],
        ["GET", "/work"],
      ] as const
    ) {
      const answer = await app.request(path, { method });
      assert.equal(answer.headers.get("x-request-id"), "7", path);
    }
  });

  it("So they do where middleware throws, and where there is nothing", async () => {
    const app = endpoints(workerOf(double), { work: { input: z.number() } });
    app.use("/own/*", async (c, next) => {
      c.header("x-request-id", "7");
      await next();
    });
    app.get("/own/error", () => {
      throw new Error("secret");
    });
    for (const [path, status] of [["error", 500], ["nothing", 404]] as const) {
      const answer = await app.request(`/own/${path}`);
      await problemIn(answer, status);
      assert.equal(answer.headers.get("x-request-id"), "7");
    }
  });

  it("Other methods are refused and told which is right", async () => {
    const app = endpoints(workerOf(double), { work: { input: z.number() } });
    for (const path of ["/work", "/work/bulk"]) {
      for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
        const answer = await app.request(path, { method });
        const { detail } = await problemIn(answer, 405);
        assert.equal(detail, `The method must be POST, not ${method}`);
        assert.equal(answer.headers.get("allow"), "POST");
        assert.match(answer.headers.get("server-timing")!, /^total;dur=/);
      }
      for (const method of ["HEAD", "OPTIONS"]) {
        const answer = await app.request(path, { method });
        assert.equal(answer.status, 405);
        assert.equal(answer.headers.get("allow"), "POST");
      }
    }
  });

  it("What can only be read is read by GET and HEAD", async () => {
    const app = endpoints(workerOf(double), { work: { input: z.number() } });
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/docs"]) {
      for (const method of ["GET", "HEAD"]) {
        assert.equal((await app.request(path, { method })).status, 200);
      }
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        const answer = await app.request(path, { method });
        const { detail } = await problemIn(answer, 405);
        assert.equal(detail, `The method must be GET or HEAD, not ${method}`);
        assert.equal(answer.headers.get("allow"), "GET, HEAD");
      }
    }
  });

  it("There is nothing at other paths", async () => {
    const app = endpoints(workerOf(double), { work: { input: z.number() } });
    await problemIn(await app.request("/nowhere"), 404);
    await problemIn(await postJson(app, "/work/bulk/more", 1), 404);
  });

  it("A path that fits anything leaves the app its own", async () => {
    const app = endpoints(workerOf(double), {
      work: { path: "/:model", input: z.number() },
    });
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/docs"]) {
      assert.equal((await app.request(path)).status, 200);
    }
    assert.equal(await (await postJson(app, "/docs", 1)).json(), 2);
    const bulk = await postJson(app, "/a/bulk", [1]);
    assert.deepEqual(await bulk.json(), [{ value: 2 }]);
  });

  it("It may stand below a path of another app, and a path may have parameters", async () => {
    const handler = (xs: number[], { lane }: { lane?: unknown }) =>
      xs.map((x) => `${String(lane)} ${x}`);
    const service = workerOf(handler);
    const below = endpoints(service, {
      work: {
        path: "/:model/run",
        input: z.number(),
        lane: (c) => c.req.param("model"),
      },
    });
    const app = new Hono().route("/models", below);
    const answers = await Promise.all([
      postJson(app, "/models/a/run", 1),
      postJson(app, "/models/a/run", 2),
      postJson(app, "/models/b/run", 3),
      postJson(app, "/models/b/run/bulk", [4]),
    ]);
    const values = await Promise.all(answers.map((answer) => answer.json()));
    assert.deepEqual(values, ["a 1", "a 2", "b 3", [{ value: "b 4" }]]);
    assert.equal(batcherOf(service, "work").stats().batches, 2);
  });
});

describe("POST path, under load", () => {
  it("R18 A full queue refuses before the body is read, and says when to come back", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const service = workerOf(handler, { size: 1, maxQueue: 1, host });
    const app = endpoints(service, { work: { input: z.number() } });
    const first = postJson(app, "/work", 1);
    await turns(5);
    await host.advance();
    const second = postJson(app, "/work", 2);
    await turns(5);
    assert.equal(batcherOf(service, "work").full, true);
    const body = new ReadableStream({
      pull: () => assert.fail("The body was read"),
    }, { highWaterMark: 0 });
    const answer = await post(app, "/work", body);
    const { code } = await problemIn(answer, 503);
    assert.equal(code, "BATCHED_QUEUE_FULL");
    assert.match(answer.headers.get("retry-after")!, /^[1-9]\d*$/);
    assert.equal(batcherOf(service, "work").stats().refused, 1);
    for (const index of [0, 1]) {
      handler.at(index).finish();
      await host.advance();
    }
    assert.equal(await (await first).json(), 1);
    assert.equal(await (await second).json(), 2);
    assert.deepEqual(handler.items, [[1], [2]]);
  });

  it("Who is refused hears at once, with all headers, those of middleware as well", async () => {
    const service = workerOf(double);
    await batcherOf(service, "work").close();
    const routes = { work: { input: z.number() } };
    const headersOf = async (app: Hono) => {
      const { headers } = await postJson(app, "/work", 1);
      return ["content-type", "server-timing", "x-request-id"]
        .map((name) => headers.get(name)?.replace(/[\d.]+$/, ""));
    };
    const app: Hono = endpoints(service, routes);
    const type = "application/problem+json";
    assert.deepEqual(await headersOf(app), [type, "total;dur=", undefined]);
    assert(app.request("/work", { method: "POST" }) instanceof Response);
    const untimed: Hono = endpoints(service, routes, { serverTiming: false });
    assert.deepEqual(await headersOf(untimed), [type, undefined, undefined]);
    const below = new Hono();
    below.use(async (c, next) => {
      c.header("x-request-id", "id");
      await next();
    });
    below.route("/", app);
    assert.deepEqual(await headersOf(below), [type, "total;dur=", "id"]);
  });

  it("A queue that drops others does not refuse", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 1, maxQueue: 1, host };
    const service = workerOf(handler, { ...options, overflow: "drop-oldest" });
    const app = endpoints(service, { work: { input: z.number() } });
    const answers = [];
    for (const x of [1, 2, 3]) {
      answers.push(postJson(app, "/work", x));
      await turns(5);
      await host.advance();
    }
    const dropped = await problemIn(await answers[1]!, 503);
    assert.equal(dropped["code"], "BATCHED_QUEUE_FULL");
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.equal(await (await answers[2]!).json(), 3);
  });

  it("A service that is closed says so", async () => {
    const service = workerOf(double);
    const app = endpoints(service, { work: { input: z.number() } });
    await batcherOf(service, "work").close();
    const { code } = await problemIn(await postJson(app, "/work", 1), 503);
    assert.equal(code, "BATCHED_CLOSED");
  });
});
