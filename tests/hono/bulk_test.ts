import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { batcherOf, failed } from "../../mod.ts";
import { gathered, linesOf } from "../../src/hono/body.ts";
import { endpoints, Problem, type Schema } from "../../src/hono/mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { uncaughtIn } from "../batcher/uncaught.ts";
import { turns } from "../batcher/watched.ts";
import {
  chunked,
  linesIn,
  post,
  postJson,
  postLines,
  problemIn,
} from "./requests.ts";
import { workerOf } from "./worker.ts";

const input = z.number();
const json: Record<string, string> = { "content-type": "application/json" };
const lines = { "content-type": "application/x-ndjson" };
const double = (xs: number[]) =>
  xs.map((x) => x < 0 ? new Error("secret") : 2 * x);

/** A schema that makes numbers of numbers, later. */
function schemaOf(
  make: (x: number) => Promise<number>,
): Schema<unknown, number> {
  const validate = async (x: unknown) => ({ value: await make(x as number) });
  return { "~standard": { version: 1, vendor: "test", validate } };
}

describe("POST path/bulk with an array", () => {
  it("Answers an array in the order of the items, a value or a problem for each", async () => {
    const handler = recordingHandler(double);
    const app = endpoints(workerOf(handler), { work: { input } });
    const answer = await postJson(app, "/work/bulk", [1, "x", -3, 4]);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "application/json");
    const [one, text, negative, four] = await answer.json();
    assert.deepEqual([one, four], [{ value: 2 }, { value: 8 }]);
    assert.equal(text.error.status, 422);
    assert.equal(text.error.errors[0].pointer, "#");
    assert.deepEqual(negative, {
      error: {
        title: "Internal Server Error",
        status: 500,
        detail: "Something went wrong here",
      },
    });
    assert.deepEqual(handler.items, [[1, -3, 4]]);
  });

  it("Answers lines, each with its index, to clients that ask for them", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    const headers = { accept: "application/x-ndjson" };
    const answer = await postJson(app, "/work/bulk", [1, 2], headers);
    assert.deepEqual(await linesIn(answer), [
      { index: 0, value: 2 },
      { index: 1, value: 4 },
    ]);
  });

  it("Answers in the form that the client likes best", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    for (
      const [accept, type] of [
        ["*/*", "application/json"],
        ["text/html", "application/json"],
        ["application/json, application/jsonl;q=0.5", "application/json"],
        ["application/x-ndjson;q=0, text/html", "application/json"],
        ["application/json;q=0.5, application/ndjson", "application/x-ndjson"],
        ["application/json;q=0", "application/x-ndjson"],
        ["Application/JSONL ; q=0.1", "application/x-ndjson"],
        [
          "application/jsonl, application/json;q=0.5, application/ndjson;q=0.1",
          "application/x-ndjson",
        ],
        ["application/json, application/x-ndjson", "application/x-ndjson"],
        ["application/x-ndjson;q=0.2, */*;q=0.9", "application/json"],
        ["application/json;q=0.2, application/*", "application/x-ndjson"],
        ["application/json;q=0.2, application/*;q=0, */*", "application/json"],
        ["application/jsonl, */*", "application/x-ndjson"],
        ["application/json;q=0.9, */*;q=0.9", "application/json"],
        [
          "application/jsonl, application/ndjson;q=much, application/json;q=0.5",
          "application/x-ndjson",
        ],
        [
          "application/json;q=0.5, application/jsonl;q=1",
          "application/x-ndjson",
        ],
        [",;q, ;", "application/json"],
      ] as const
    ) {
      const answer = await postJson(app, "/work/bulk", [1], { accept });
      assert.equal(answer.headers.get("content-type"), type, accept);
      await answer.text();
    }
  });

  it("Lines may go by any of their names", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    for (const name of ["x-ndjson", "ndjson", "jsonl"]) {
      const headers = { "content-type": `application/${name}` };
      const answer = await post(app, "/work/bulk", "1\n2", headers);
      assert.deepEqual(await linesIn(answer), [
        { index: 0, value: 2 },
        { index: 1, value: 4 },
      ]);
    }
  });

  it("Answers an empty array with one", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    const answer = await postJson(app, "/work/bulk", []);
    assert.deepEqual(await answer.json(), []);
  });

  it("Has null for a result of nothing", async () => {
    const handler = (xs: number[]) => xs.map(() => undefined);
    const app = endpoints(workerOf(handler), { work: { input } });
    const answer = await postJson(app, "/work/bulk", [1]);
    assert.deepEqual(await answer.json(), [{ value: null }]);
  });

  it("A result for which JSON has no word fails alone", async () => {
    const handler = (xs: number[]) => xs.map((x) => x === 1 ? 1n : x);
    const app = endpoints(workerOf<number, unknown>(handler), {
      work: { input },
    });
    const answer = await postJson(app, "/work/bulk", [1, 2]);
    const [bad, good] = await answer.json();
    assert.deepEqual([bad.error.status, good], [500, { value: 2 }]);
  });

  it("So does one that is a function or a symbol", async () => {
    const handler = (xs: number[]) =>
      xs.map((x) => [x, () => x, Symbol()][x] as unknown);
    const app = endpoints(workerOf<number, unknown>(handler), {
      work: { input },
    });
    const answer = await postJson(app, "/work/bulk", [0, 1, 2]);
    const [good, ...bad] = await answer.json();
    assert.deepEqual(good, { value: 0 });
    for (const { error } of bad) assert.equal(error.status, 500);
  });

  it("An error that cannot be told, or is no error at all, fails alone", async () => {
    const members = { id: 1n };
    const thrown = [
      new Problem(422, "No", { members }),
      Object.create(null),
      Symbol("s"),
      undefined,
      {
        toString() {
          throw new Error("no words");
        },
      },
    ];
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    thrown.push(proxy);
    const handler = (xs: number[]) =>
      xs.map((x) => x < 0 ? x : failed(thrown[x]));
    const reported: unknown[] = [];
    const app = endpoints(workerOf<number, number>(handler), {
      work: { input },
    }, { report: (error) => reported.push(error) });
    const items = [-1, ...thrown.keys()];
    const uncaught = await uncaughtIn(async () => {
      const answer = await postJson(app, "/work/bulk", items);
      const [good, ...bad] = await answer.json();
      assert.deepEqual(good, { value: -1 });
      for (const { error } of bad) {
        assert.deepEqual([error.status, error.detail], [
          500,
          "Something went wrong here",
        ]);
      }
    });
    assert.deepEqual(uncaught, []);
    assert.equal(reported.length, thrown.length);
  });

  it("Writes what has settled while the rest has not", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const service = workerOf(handler, { size: 2, host });
    const app = endpoints(service, { work: { input } });
    const answering = postJson(app, "/work/bulk", [1, 2, 3]);
    await turns(10);
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    const reader = (await answering).body!.getReader();
    const decoder = new TextDecoder();
    const first = decoder.decode((await reader.read()).value);
    assert.equal(first, '[{"value":1},\n{"value":2}');
    handler.at(1).finish();
    await host.advance();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += decoder.decode(value, { stream: true });
    }
    assert.equal(rest, ',\n{"value":3}]');
  });

  it("What is no array, no JSON, too long or too large is refused as a whole", async () => {
    const handler = recordingHandler(double);
    const app = endpoints(workerOf(handler), {
      work: { input, limits: { bulkItems: 3, bulkBytes: 20 } },
    });
    const detailOf = async (body: string, status: number, headers = json) => {
      const answer = await post(app, "/work/bulk", body, headers);
      return (await problemIn(answer, status))["detail"];
    };
    for (
      const [body, came] of [
        ["1", "a number"],
        ["{}", "an object"],
        ["null", "null"],
      ] as const
    ) {
      const detail = await detailOf(body, 422);
      assert.equal(detail, `The body must be an array, not ${came}`);
    }
    for (const body of ["[1,", "", "[1]]"]) await detailOf(body, 400);
    assert.equal(
      await detailOf("[1,2,3,4]", 413),
      "A bulk must have at most 3 items, not 4",
    );
    await detailOf(`[1${" ".repeat(20)}]`, 413);
    await detailOf("[1]", 415, {});
    assert.deepEqual(handler.items, []);
  });

  it("Items are not nested deeper for being in an array", async () => {
    const app = endpoints(workerOf((xs: unknown[]) => xs), {
      work: { input: z.any(), limits: { depth: 2 } },
    });
    const answer = await post(app, "/work/bulk", "[[[1]]]");
    assert.deepEqual(await answer.json(), [{ value: [[1]] }]);
    await problemIn(await post(app, "/work/bulk", "[[[[1]]]]"), 400);
  });

  it("May be left out", async () => {
    const app = endpoints(workerOf(double), { work: { input, bulk: false } });
    await problemIn(await postJson(app, "/work/bulk", [1]), 404);
  });

  it("R18 A full queue refuses it before the body is read", async () => {
    const host = new VirtualHost();
    const service = workerOf(heldHandler((x: number) => x), {
      maxQueue: 0,
      size: 1,
      host,
    });
    const app = endpoints(service, { work: { input } });
    const first = postJson(app, "/work", 1);
    void first;
    await turns(10);
    await host.advance();
    const body = new ReadableStream({
      pull: () => assert.fail("The body was read"),
    }, { highWaterMark: 0 });
    await problemIn(await post(app, "/work/bulk", body), 503);
  });
});

describe("POST path/bulk with lines", () => {
  it("Answers lines, each with the index of its item", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    const answer = await postLines(app, "/work/bulk", "1", '"x"', "-3", "4");
    const [one, text, negative, four] = await linesIn(answer);
    assert.deepEqual(one, { index: 0, value: 2 });
    assert.deepEqual(four, { index: 3, value: 8 });
    for (const [line, index, status] of [[text, 1, 422], [negative, 2, 500]]) {
      const { error, ...rest } = line as { error: { status: number } };
      assert.deepEqual([rest, error.status], [{ index }, status]);
    }
  });

  it("Answers an array to clients that ask for one", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    const headers = { ...lines, accept: "application/json" };
    const answer = await post(app, "/work/bulk", "1\n2", headers);
    assert.deepEqual(await answer.json(), [{ value: 2 }, { value: 4 }]);
  });

  it("Lines may end as on Windows, be blank, and lie across chunks", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    const body = chunked("1", "2\r", "\n\n \t\r\n3\n", "", "4\n5");
    const answer = await post(app, "/work/bulk", body, lines);
    const values = (await linesIn(answer)).map(({ value }) => value);
    assert.deepEqual(values, [24, 6, 8, 10]);
  });

  it("Blank lines are passed over at once, as a body may have millions of them", async () => {
    const body = chunked("\n\n \t\r\n", "1\n\n", "\n  \n2");
    const found: string[] = [];
    for await (const line of linesOf(body, 100)) {
      found.push(new TextDecoder().decode(line));
    }
    assert.deepEqual(found, ["1", "2"]);
  });

  it("What comes byte by byte is copied: a byte would keep the buffer that it came in", async () => {
    const decoder = new TextDecoder();
    async function* bytesIn(text: string): AsyncGenerator<Uint8Array> {
      const buffer = new Uint8Array(1);
      for (const byte of new TextEncoder().encode(text)) {
        buffer[0] = byte;
        yield await buffer;
      }
    }
    const found = [];
    for await (const line of linesOf(bytesIn("12\n\n345\n6"), 3)) {
      found.push(decoder.decode(line));
    }
    assert.deepEqual(found, ["12", "345", "6"]);
    const whole = await gathered(bytesIn("a whole body"));
    assert.equal(decoder.decode(whole), "a whole body");
    await assert.rejects(async () => {
      for await (const _ of linesOf(bytesIn("1\n2345\n6"), 3));
    }, { status: 413 });
  });

  it("A character may lie across chunks", async () => {
    const bytes = new TextEncoder().encode('"€"\n');
    const app = endpoints(workerOf((xs: string[]) => xs), {
      work: { input: z.string() },
    });
    const body = chunked(bytes.subarray(0, 2), bytes.subarray(2));
    const answer = await post(app, "/work/bulk", body, lines);
    assert.deepEqual(await linesIn(answer), [{ index: 0, value: "€" }]);
  });

  it("A line that is no JSON fails alone", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    const answer = await postLines(app, "/work/bulk", "1", "{", "3");
    const [one, two, three] = await linesIn(answer);
    assert.deepEqual([one!["value"], three!["value"]], [2, 6]);
    const { status, detail } = two!["error"] as Record<string, unknown>;
    assert.deepEqual([status, detail], [400, "The line must be JSON"]);
  });

  it("Where a limit is passed the rest is not read, and that is told", async () => {
    const handler = recordingHandler(double);
    const app = endpoints(workerOf(handler), {
      work: { input, limits: { bulkItems: 2, bulkBytes: 100, bodyBytes: 10 } },
    });
    const statusesOf = async (...parts: string[]) => {
      const answer = await post(app, "/work/bulk", chunked(...parts), lines);
      return (await linesIn(answer)).map((line) =>
        line["value"] ?? (line["error"] as { status: number }).status
      );
    };
    assert.deepEqual(await statusesOf("1\n2\n", "3\n4\n"), [2, 4, 413]);
    assert.deepEqual(await statusesOf("1\n", " ".repeat(11), "2"), [2, 413]);
    const long = Array<string>(20).fill(" ".repeat(9) + "\n");
    assert.deepEqual(await statusesOf("1\n", ...long), [2, 413]);
  });

  it("Answers an item while the client still holds back the next one", async () => {
    const app = endpoints(workerOf(double), { work: { input } });
    const { readable, writable } = new TransformStream<
      Uint8Array,
      Uint8Array
    >();
    const writer = writable.getWriter();
    const encoder = new TextEncoder();
    const answering = post(app, "/work/bulk", readable, lines);
    writer.write(encoder.encode("1\n")).catch(() => {});
    const reader = (await answering).body!.getReader();
    const decoder = new TextDecoder();
    const first = decoder.decode((await reader.read()).value);
    assert.equal(first, '{"index":0,"value":2}\n');
    writer.write(encoder.encode("2\n")).catch(() => {});
    const second = decoder.decode((await reader.read()).value);
    assert.equal(second, '{"index":1,"value":4}\n');
    await writer.close();
    assert.equal((await reader.read()).done, true);
  });

  it("Answers what settles first first", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 1, concurrency: 2, host };
    const app = endpoints(workerOf(handler, options), { work: { input } });
    const answering = postLines(app, "/work/bulk", "1", "2");
    await turns(10);
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    const answer = await answering;
    await turns(5);
    handler.at(0).finish();
    await host.advance();
    const text = await answer.text();
    assert.equal(
      text,
      '{"index":1,"value":2}\n{"index":0,"value":1}\n',
    );
  });

  it("A bulk waits for places in a queue that is short, and takes all the room it is given", async () => {
    const handler = recordingHandler(double);
    const service = workerOf(handler, { size: 4, maxQueue: 2 });
    const app = endpoints(service, { work: { input } });
    const items = Array.from({ length: 50 }, (_, i) => i);
    const answer = await postJson(app, "/work/bulk", items);
    const values = (await answer.json()).map((entry: { value: number }) =>
      entry.value
    );
    assert.deepEqual(values, items.map((x) => 2 * x));
    assert.equal(batcherOf(service, "work").stats().refused, 0);
  });

  for (const deadlineMs of [undefined, 60_000]) {
    it(
      `A place that a bulk has waited for is taken by nobody else${
        deadlineMs ? ", and its deadline is far" : ""
      }`,
      async () => {
        for (let steps = 0; steps < 10; steps++) {
          const handler = heldHandler((x: number) => x);
          const service = workerOf(handler, { size: 1, maxQueue: 0 });
          const open: (() => void)[] = [];
          const gates = [0, 1].map(() =>
            new Promise<void>((resolve) => open.push(resolve))
          );
          const gated = schemaOf(async (x) => (await gates[x], x));
          const routes = { work: { input: gated } };
          const app = endpoints(service, routes, { deadlineMs });
          const single = postJson(app, "/work", 0);
          const bulk = postJson(app, "/work/bulk", [1]);
          await turns(5);
          service.work(2);
          open[1]!();
          await turns(5);
          handler.at(0).finish();
          // The other one comes while the bulk hears of its place.
          for (let step = 0; step < steps; step++) await undefined;
          open[0]!();
          for (const index of [1, 2]) {
            await turns(5);
            handler.batches[index]?.finish();
          }
          assert.deepEqual(await (await bulk).json(), [{ value: 1 }]);
          await single;
        }
      },
    );
  }

  it("A long bulk leaves room for others between its items", async () => {
    const handler = recordingHandler(double);
    const service = workerOf(handler, { size: 4 });
    const app = endpoints(service, { work: { input } });
    const items = Array.from({ length: 400 }, (_, i) => i);
    const bulk = postJson(app, "/work/bulk", items);
    const single = postJson(app, "/work", 1000);
    assert.equal(await (await single).json(), 2000);
    await (await bulk).json();
    const at = handler.items.findIndex((batch) => batch.includes(1000));
    assert.ok(at < 10, `The single item went in batch ${at}`);
  });

  it("Batches of a bulk grow with the size that is configured", async () => {
    const handler = recordingHandler(double);
    const service = workerOf(handler, { size: 2 });
    const app = endpoints(service, { work: { input } });
    batcherOf(service, "work").configure({ size: 20 });
    const items = Array.from({ length: 100 }, (_, i) => i);
    await (await postJson(app, "/work/bulk", items)).json();
    const sizes = handler.items.map((batch) => batch.length);
    assert.equal(Math.max(...sizes), 20);
  });

  it("A client that does not read holds up the rest of its bulk, and nobody else", async () => {
    const handler = recordingHandler((xs: number[]) =>
      xs.map(() => "x".repeat(1000))
    );
    const service = workerOf(handler, { size: 4 });
    const app = endpoints(service, { work: { input } });
    const items = Array.from({ length: 1000 }, (_, i) => i);
    const { body } = await postJson(app, "/work/bulk", items);
    await turns(200);
    const served = handler.items.flat().length;
    assert.ok(served < 200, `${served} items were served`);
    assert.equal((await postJson(app, "/work", 1)).status, 200);
    const text = await new Response(body).text();
    assert.equal(JSON.parse(text).length, 1000);
  });

  it("A closing batcher fails what is left of a bulk, each item for itself", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const service = workerOf(handler, { size: 1, host });
    const app = endpoints(service, { work: { input } });
    const answering = postLines(app, "/work/bulk", "1", "2", "3", "4");
    await turns(10);
    await host.advance();
    const closed = batcherOf(service, "work").close();
    for (const index of [0, 1]) {
      handler.at(index).finish();
      await host.advance();
      await turns(5);
    }
    await closed;
    const answers = (await linesIn(await answering)).map((line) =>
      line["value"] ?? (line["error"] as { code: string }).code
    );
    assert.deepEqual(answers, [1, 2, "BATCHED_CLOSED", "BATCHED_CLOSED"]);
  });
});
