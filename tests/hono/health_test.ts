import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { batcherOf } from "../../mod.ts";
import { endpoints } from "../../src/hono/mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { watched } from "../batcher/watched.ts";
import { problemIn } from "./requests.ts";
import { workerOf } from "./worker.ts";

const routes = { work: { input: z.number() } };

/** An app whose only slot is busy. */
async function busyApp(serving = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const service = workerOf(handler, { size: 1, maxQueue: 1, host });
  const app = endpoints(service, routes, serving);
  watched(service.work(0));
  await host.advance();
  return { host, handler, service, app };
}

describe("/healthz", () => {
  it("Is fine while batches end in time", async () => {
    const { host, app } = await busyApp();
    await host.advance(30_000);
    const answer = await app.request("/healthz");
    assert.deepEqual([answer.status, await answer.json()], [200, {
      status: "ok",
    }]);
    assert.equal(answer.headers.get("cache-control"), "no-store");
  });

  it("Fails when a batch runs for too long, until it has ended", async () => {
    const { host, handler, app } = await busyApp({
      health: { overdueMs: 100 },
    });
    await host.advance(101);
    for (const path of ["/healthz", "/readyz"]) {
      const answer = await app.request(path);
      const { detail } = await problemIn(answer, 503);
      assert.equal(detail, "A batch of work() is overdue");
      assert.equal(answer.headers.get("cache-control"), "no-store");
    }
    handler.at(0).finish();
    await host.advance();
    assert.equal((await app.request("/healthz")).status, 200);
  });

  it("Does not fail for a queue that is full, or a service that is closing", async () => {
    const { app, service } = await busyApp();
    watched(service.work(1));
    assert.equal((await app.request("/healthz")).status, 200);
    batcherOf(service, "work").close();
    assert.equal((await app.request("/healthz")).status, 200);
  });
});

describe("/readyz", () => {
  it("Is fine while there is room", async () => {
    const { app } = await busyApp();
    assert.equal((await app.request("/readyz")).status, 200);
  });

  it("Fails while the queue is full", async () => {
    const { app, service, host, handler } = await busyApp();
    watched(service.work(1));
    const { detail } = await problemIn(await app.request("/readyz"), 503);
    assert.equal(detail, "The queue of work() is full");
    handler.at(0).finish();
    await host.advance();
    assert.equal((await app.request("/readyz")).status, 200);
  });

  it("Fails from the moment when the service begins to close", async () => {
    const { app, service } = await busyApp();
    batcherOf(service, "work").close();
    const { detail } = await problemIn(await app.request("/readyz"), 503);
    assert.equal(detail, "work() is closing");
  });
});

describe("health: false", () => {
  it("Leaves both out", async () => {
    const { app } = await busyApp({ health: false });
    for (const path of ["/healthz", "/readyz"]) {
      await problemIn(await app.request(path), 404);
    }
  });
});
