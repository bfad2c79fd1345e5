import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { z } from "zod";
import { batcherOf } from "../../mod.ts";
import { bytes, endpoints } from "../../src/hono/mod.ts";
import { Patience } from "../../src/hono/patience.ts";
import { turns, watched } from "../batcher/watched.ts";
import { linesIn, post, problemIn } from "./requests.ts";
import { workerOf } from "./worker.ts";

// These do wait, but for one ms: that something ends at all can be seen on a real clock alone.
const limits = { bodyMs: 1 };
const json = { "content-type": "application/json" };
const lines = { "content-type": "application/x-ndjson" };

/** A body that begins and then never goes on. */
function begun(text: string): ReadableStream {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
  });
}

/** A body that goes on for ever, blank by blank; `cancel` hears when nobody reads it any more. */
function endless(cancel: () => void): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve));
      controller.enqueue(new TextEncoder().encode(" "));
    },
    cancel,
  });
}

function doubler() {
  const service = workerOf((xs: number[]) => xs.map((x) => 2 * x));
  const app = endpoints(service, { work: { input: z.number(), limits } });
  return { app, batcher: batcherOf(service, "work") };
}

describe("Patience", () => {
  it("Has one timer for all who are waited for, and none when all has come", async () => {
    const timers: (() => void)[] = [];
    const { setTimeout } = globalThis;
    Object.assign(globalThis, {
      setTimeout: (run: () => void) => {
        timers.push(run);
        return {};
      },
    });
    try {
      const patience = new Patience(600_000);
      const reads = [1, 2].map((x) => patience.within(Promise.resolve(x)));
      const failed = patience.within(Promise.reject(new Error("broken")));
      await assert.rejects(failed, /broken/);
      assert.deepEqual(await Promise.all(reads), [1, 2]);
      assert.equal(timers.length, 1);
      timers[0]!();
      assert.equal(timers.length, 1);
      const late = watched(patience.within(new Promise(() => {})));
      timers[1]!();
      await turns();
      assert.deepEqual([late.state, timers.length], ["pending", 3]);
    } finally {
      Object.assign(globalThis, { setTimeout });
    }
  });
});

describe("A client that is too slow", () => {
  // On a server it is the sockets that keep the process, never the wait for a client.
  const socket = setInterval(() => {}, 1000);
  after(() => clearInterval(socket));

  it("Is told so where its body does not come, announced or not, and reaches no batch", async () => {
    const { app, batcher } = doubler();
    for (const length of [{}, { "content-length": "2" }]) {
      const headers = { ...json, ...length };
      const answer = await post(app, "/work", begun("1"), headers);
      const { detail } = await problemIn(answer, 408);
      assert.equal(detail, "The body did not come within 1 ms");
      assert.equal(answer.headers.get("connection"), "close");
    }
    assert.equal(batcher.stats().calls, 0);
  });

  it("Does not help itself by sending a little now and then", async () => {
    const { app, batcher } = doubler();
    let leave = () => {};
    const left = new Promise<void>((resolve) => leave = resolve);
    const body = endless(() => leave());
    await problemIn(await post(app, "/work", body, json), 408);
    await left;
    assert.equal(batcher.stats().calls, 0);
  });

  it("Does not help itself by sending more at every turn", async () => {
    const service = workerOf((xs: number[]) => xs);
    const app = endpoints(service, {
      work: { input: z.number(), limits: { bodyMs: 250 } },
    });
    const body = new ReadableStream({
      async pull(controller) {
        await turns();
        controller.enqueue(new TextEncoder().encode(" "));
      },
    });
    await problemIn(await post(app, "/work", body, json), 408);
  });

  it("Is told so in time, though another one had begun to wait before", async () => {
    const service = workerOf((xs: number[]) => xs);
    const app = endpoints(service, {
      work: { input: z.number(), limits: { bodyMs: 40 } },
    });
    const before = post(app, "/work", begun("1"), json);
    const later = performance.now() + 20;
    while (performance.now() < later) await turns();
    const answer = post(app, "/work", begun("1"), json);
    await problemIn(await before, 408);
    await problemIn(await answer, 408);
  });

  it("Gets what it has sent of a bulk, and the rest is told as one more item", async () => {
    const { app } = doubler();
    const answer = await post(app, "/work/bulk", begun("1\n2\n3"), lines);
    const [one, two, rest, ...more] = await linesIn(answer);
    assert.deepEqual([one!["value"], two!["value"]], [2, 4]);
    assert.equal((rest!["error"] as { status: number }).status, 408);
    assert.deepEqual(more, []);
  });

  it("Is told so of a bulk that is an array, or bytes", async () => {
    const { app } = doubler();
    const array = await post(app, "/work/bulk", begun("[1,2"), json);
    await problemIn(array, 408);
    const images = endpoints(
      workerOf((items: Uint8Array[]) => items.map(({ length }) => length)),
      { work: { input: bytes({ length: 2 }), limits } },
    );
    const answer = await post(images, "/work/bulk", begun("abc"), {
      "content-type": "application/octet-stream",
    });
    const [whole, rest] = await answer.json();
    assert.equal(whole.value, 2);
    assert.equal(rest.error.status, 408);
  });

  it("May take all the time of the world, where nobody minds", async () => {
    const service = workerOf((xs: number[]) => xs.map((x) => 2 * x));
    const app = endpoints(service, {
      work: { input: z.number(), limits: { bodyMs: Infinity } },
    });
    assert.equal(await (await post(app, "/work", "21", json)).json(), 42);
  });
});
