import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Hono } from "hono";
import { z } from "zod";
import { batcherOf } from "../../mod.ts";
import { endpoints, type Limits } from "../../src/hono/mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { ListenedSignal } from "../batcher/listened_signal.ts";
import { uncaughtIn } from "../batcher/uncaught.ts";
import { turns, watched } from "../batcher/watched.ts";
import {
  chunked,
  linesIn,
  post,
  postJson,
  postLines,
  problemIn,
} from "./requests.ts";
import { workerOf } from "./worker.ts";

const json = { "content-type": "application/json" };
const lines = { "content-type": "application/x-ndjson" };

/** An app that gives items back. */
function same(limits: Partial<Limits>): Hono {
  const service = workerOf((items: unknown[]) => items);
  return endpoints(service, { work: { input: z.unknown(), limits } });
}

/** Values and statuses of a bulk of lines. */
async function outcomesIn(answer: Response): Promise<unknown[]> {
  return (await linesIn(answer)).map(({ value, error }) =>
    error === undefined ? value : (error as { status: number }).status
  );
}

describe("The limits of a bulk", () => {
  it("Are met by what is as large as they are", async () => {
    const app = same({ bulkItems: 3, bulkBytes: 7, bodyBytes: 1 });
    const array = await postJson(app, "/work/bulk", [1, 2, 3]);
    assert.deepEqual(await array.json(), [1, 2, 3].map((value) => ({ value })));
    const announced = { ...lines, "content-length": "7" };
    const answer = await post(app, "/work/bulk", "1\n2\n\n3\n", announced);
    assert.deepEqual(await outcomesIn(answer), [1, 2, 3]);
  });

  it("Of bytes are those of a line, whatever comes in a piece with it", async () => {
    const app = same({ bodyBytes: 4 });
    const outcomesOf = async (...pieces: string[]) =>
      await outcomesIn(
        await post(app, "/work/bulk", chunked(...pieces), lines),
      );
    assert.deepEqual(await outcomesOf("1234\n2\n3\n4"), [1234, 2, 3, 4]);
    assert.deepEqual(await outcomesOf("12", "34\n2\n", "34"), [1234, 2, 34]);
    assert.deepEqual(await outcomesOf("1\n12345\n2"), [1, 413]);
    assert.deepEqual(await outcomesOf("1\n123", "45\n2"), [1, 413]);
  });

  it("Are 1 MiB a body, 16 MiB and 10,000 items a bulk and a depth of 64 where nobody says else", async () => {
    const app = same({});
    const announced = (length: number) => ({
      ...json,
      "content-length": String(length),
    });
    await problemIn(await post(app, "/work", "[", announced(2 ** 20)), 400);
    await problemIn(await post(app, "/work", "[", announced(2 ** 20 + 1)), 413);
    const bulk = "/work/bulk";
    await problemIn(await post(app, bulk, "[", announced(2 ** 24)), 400);
    await problemIn(await post(app, bulk, "[", announced(2 ** 24 + 1)), 413);
    const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    assert.equal((await post(app, "/work", deep(64), json)).status, 200);
    await problemIn(await post(app, "/work", deep(65), json), 400);
    const many = (items: number) => `[${"1,".repeat(items - 1)}1]`;
    assert.equal((await post(app, bulk, many(10_000), json)).status, 200);
    await problemIn(await post(app, bulk, many(10_001), json), 413);
  });

  it("Of depth are those of a line", async () => {
    const app = same({ depth: 1 });
    const answer = await postLines(app, "/work/bulk", "[1]", "[[1]]");
    assert.deepEqual(await outcomesIn(answer), [[1], 400]);
  });

  it("That its announced length passes refuse it as a whole", async () => {
    const headers = { ...lines, "content-length": "8" };
    const body = new ReadableStream({
      pull: () => assert.fail("The body was read"),
    }, { highWaterMark: 0 });
    const app = same({ bulkBytes: 7 });
    await problemIn(await post(app, "/work/bulk", body, headers), 413);
  });

  it("End what is read of it", async () => {
    let isLeft = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array([49, 10])),
      cancel: () => void (isLeft = true),
    });
    const app = same({ bulkItems: 2 });
    const answer = await post(app, "/work/bulk", body, lines);
    assert.deepEqual(await outcomesIn(answer), [1, 1, 413]);
    assert.equal(isLeft, true);
  });
});

describe("The body of a bulk", () => {
  it("May have blank lines that lie across chunks", async () => {
    const body = chunked("1\n ", "\t\n\r", "\n2\n \r");
    const answer = await post(same({}), "/work/bulk", body, lines);
    assert.deepEqual(await outcomesIn(answer), [1, 2]);
  });

  it("Is there all the same when middleware has read it", async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      await c.req.text();
      await next();
    });
    app.route("/", same({}));
    const array = await post(app, "/work/bulk", "[1]", json);
    assert.deepEqual(await array.json(), [{ value: 1 }]);
    const answer = await post(app, "/work/bulk", "1\n2", lines);
    assert.deepEqual(await outcomesIn(answer), [1, 2]);
  });
});

describe("A bulk", () => {
  it("Fills all slots", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 1, concurrency: 4, host };
    const service = workerOf(handler, options);
    const app = endpoints(service, { work: { input: z.number() } });
    watched(postJson(app, "/work/bulk", Array(12).fill(1)));
    await turns(10);
    await host.advance();
    assert.equal(batcherOf(service, "work").stats().running, 4);
  });

  it("Whose client has gone is done to its end, where that is wanted", async () => {
    const handler = recordingHandler((xs: number[]) => xs);
    const service = workerOf(handler, { size: 2 });
    const app = endpoints(service, { work: { input: z.number() } });
    const items = Array.from({ length: 100 }, (_, i) => i);
    const uncaught = await uncaughtIn(async () => {
      const { body } = await postJson(app, "/work/bulk", items);
      await body!.cancel();
      for (let turn = 0; turn < 1000; turn++) {
        if (handler.items.flat().length === items.length) break;
        await turns();
      }
      await turns(5);
    });
    assert.deepEqual(handler.items.flat(), items);
    assert.deepEqual(uncaught, []);
  });

  for (const deadline of [{}, { "x-deadline-ms": "600000" }]) {
    it(
      `R16 Whose client has gone waits for no place, ${
        "x-deadline-ms" in deadline ? "with" : "without"
      } a deadline`,
      async () => {
        const host = new VirtualHost();
        const handler = heldHandler((x: number) => x);
        const service = workerOf(handler, { size: 1, maxQueue: 0, host });
        const app = endpoints(service, { work: { input: z.number() } }, {
          abortGone: true,
        });
        const { readable, writable } = new TransformStream();
        const gone = new AbortController();
        const headers = { ...json, ...deadline };
        const init = {
          method: "POST",
          headers,
          body: readable,
          duplex: "half",
        };
        const request = new Request("http://localhost/work/bulk", {
          ...init,
          signal: gone.signal,
        });
        const answer = watched(Promise.resolve(app.request(request)));
        watched(service.work(0));
        await turns(3);
        const writer = writable.getWriter();
        writer.write(new TextEncoder().encode("[1,2]")).catch(() => {});
        await writer.close();
        await turns(5);
        assert.equal(answer.state, "pending");
        gone.abort();
        await turns(5);
        const { status, detail } = {
          status: 499,
          detail: "The client has gone",
        };
        const title = "Client Closed Request";
        assert.deepEqual(
          await answer.value!.json(),
          Array(2).fill({ error: { title, status, detail } }),
        );
        const next = watched(batcherOf(service, "work").ready());
        handler.at(0).finish();
        await host.advance();
        assert.equal(next.state, "fulfilled");
      },
    );
  }

  it("R16 Leaves no listener on the signal of its request, nor does an item", async () => {
    const app = endpoints(workerOf((xs: unknown[]) => xs), {
      work: { input: z.unknown() },
    }, { abortGone: true });
    const bodies = [["/work", "1"], ["/work/bulk", "[1,2]"]] as const;
    for (const [path, body] of bodies) {
      const init = { method: "POST", headers: json, body };
      const request = new Request(`http://localhost${path}`, init);
      const listened = new ListenedSignal();
      Object.defineProperty(request, "signal", { value: listened.signal });
      await (await app.request(request)).text();
      assert.deepEqual(
        [listened.added > 0, listened.listeners],
        [true, 0],
        path,
      );
    }
  });

  it("R16 Whose client has gone ends at once and is read no further, where that is wanted", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const service = workerOf(handler, { size: 2, host });
    const app = endpoints(service, { work: { input: z.number() } }, {
      abortGone: true,
    });
    let isLeft = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array([49, 10])),
      cancel: () => void (isLeft = true),
    });
    const gone = new AbortController();
    const init = { method: "POST", headers: lines, body, duplex: "half" };
    const request = new Request("http://localhost/work/bulk", {
      ...init,
      signal: gone.signal,
    });
    watched(Promise.resolve(app.request(request)));
    await turns(20);
    await host.advance();
    const batcher = batcherOf(service, "work");
    assert.deepEqual([batcher.pending, isLeft], [4, false]);
    gone.abort();
    await turns(5);
    assert.deepEqual([batcher.pending, isLeft], [0, true]);
    assert.equal(batcher.stats().calls, 4);
    assert.equal(handler.at(0).batch.signal.aborted, true);
  });
});
