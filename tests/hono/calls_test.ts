import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Hono } from "hono";
import { z } from "zod";
import { batcherOf } from "../../mod.ts";
import {
  type EndpointOptions,
  endpoints,
  type Problem,
} from "../../src/hono/mod.ts";
import { timingOf } from "../../src/hono/timing.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { turns, watched } from "../batcher/watched.ts";
import { post, postJson, postLines, problemIn } from "./requests.ts";
import { type Worker, workerOf } from "./worker.ts";

const input = z.number();

/** A service whose batches the test answers. */
function held(options = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const service = workerOf(handler, { host, ...options });
  return { host, handler, service, batcher: batcherOf(service, "work") };
}

/** Some turns, so that a request is read and its call made. */
async function arrived(host: VirtualHost): Promise<void> {
  await turns(10);
  await host.advance();
}

describe("R17 The deadline of a request", () => {
  it("Is what its header asks for", async () => {
    const { host, service } = held();
    const app = endpoints(service, { work: { input } });
    // Long enough for the time that passes until the call is made not to count.
    const headers = { "x-deadline-ms": "600000" };
    const answer = watched(postJson(app, "/work", 1, headers));
    await arrived(host);
    await host.advance(300_000);
    await turns(5);
    assert.equal(answer.state, "pending");
    await host.advance(300_000);
    await turns(5);
    const { code } = await problemIn(answer.value!, 504);
    assert.equal(code, "BATCHED_DEADLINE");
  });

  for (
    const [whose, batcher, serving, endpoint] of [
      ["the batcher's", { deadlineMs: 50 }, {}, {}],
      ["the app's", {}, { deadlineMs: 50 }, {}],
      ["the endpoint's", {}, { deadlineMs: 10_000 }, { deadlineMs: 50 }],
      ["the earliest", { deadlineMs: 50 }, {}, { deadlineMs: 10_000 }],
    ] as const
  ) {
    it(`Is never later than ${whose}, with a header and without`, async () => {
      const { host, service } = held(batcher);
      const routes = { work: { input, ...endpoint } };
      const app = endpoints(service, routes, serving);
      const answers = [{}, { "x-deadline-ms": "60000" }].map((headers) =>
        watched(postJson(app, "/work", 1, headers))
      );
      await arrived(host);
      await host.advance(50);
      await turns(5);
      for (const { value } of answers) await problemIn(value!, 504);
    });
  }

  it("That has passed when the item has been read makes no call", async () => {
    const { host, service, batcher } = held();
    const app = endpoints(service, { work: { input } });
    const answer = await postJson(app, "/work", 1, { "x-deadline-ms": "0" });
    await problemIn(answer, 504);
    await arrived(host);
    assert.equal(batcher.stats().calls, 0);
  });

  it("Must be a number", async () => {
    const { service } = held();
    const app = endpoints(service, { work: { input } });
    for (const wrong of ["", "soon", "-1", "1.5", "1e3", "9".repeat(20)]) {
      const headers = { "x-deadline-ms": wrong };
      const answer = await postJson(app, "/work", 1, headers);
      const came = wrong === "" ? "but there is none" : `not ${wrong}`;
      assert.equal(
        (await problemIn(answer, 400)).detail,
        `The header x-deadline-ms must be a whole number of ms, ${came}`,
      );
    }
  });

  it("May be asked for by another header, or by none", async () => {
    for (const deadlineHeader of ["x-timeout", false] as const) {
      const { host, service, handler } = held();
      const app = endpoints(service, { work: { input } }, { deadlineHeader });
      const headers = { "x-deadline-ms": "0" };
      const answer = postJson(app, "/work", 1, headers);
      await arrived(host);
      handler.at(0).finish();
      await host.advance();
      assert.equal(await (await answer).json(), 1);
    }
    const app = endpoints(held().service, { work: { input } }, {
      deadlineHeader: "x-timeout",
    });
    await problemIn(await postJson(app, "/work", 1, { "x-timeout": "0" }), 504);
  });

  it("Holds for each item of a bulk, even while it waits for a place", async () => {
    const { host, service } = held({ size: 1, maxQueue: 0 });
    const app = endpoints(service, { work: { input } });
    const headers = { "x-deadline-ms": "30" };
    const answer = postJson(app, "/work/bulk", [1, 2], headers);
    await arrived(host);
    await host.advance(30);
    // The second one waits outside of the batcher, where the time is real.
    const body = await (await answer).json();
    const statuses = body.map((entry: { error: { status: number } }) =>
      entry.error.status
    );
    assert.deepEqual(statuses, [504, 504]);
  });
});

describe("The lane of a request", () => {
  it("Is a function of the request and of its item", async () => {
    const { host, service, handler } = held();
    const app = endpoints(service, {
      work: {
        input,
        lane: (c, item) => `${c.req.header("x-tenant")} ${item % 2}`,
      },
    });
    const send = (tenant: string, x: number) =>
      watched(postJson(app, "/work", x, { "x-tenant": tenant }));
    [send("a", 1), send("a", 3), send("b", 5), send("a", 2)];
    await arrived(host);
    while (handler.batches.some(({ batch }) => !batch.signal.aborted)) {
      const before = handler.batches.length;
      handler.at(before - 1).finish();
      await host.advance();
      if (handler.batches.length === before) break;
    }
    assert.deepEqual(
      new Set(handler.items.map(String)),
      new Set(["1,3", "5", "2"]),
    );
  });

  it("That throws is an error of ours, of this request alone", async () => {
    const app = endpoints(workerOf((xs: number[]) => xs), {
      work: {
        input,
        lane: (_, item) => {
          if (item === 1) throw new Error("secret");
          return "lane";
        },
      },
    });
    await problemIn(await postJson(app, "/work", 1), 500);
    assert.equal(await (await postJson(app, "/work", 2)).json(), 2);
    const bulk = await postJson(app, "/work/bulk", [1, 2]);
    const [bad, good] = await bulk.json();
    assert.deepEqual([bad.error.status, good.value], [500, 2]);
  });
});

describe("R8 The priority of a request", () => {
  it("Is a function of the request", async () => {
    const { host, service, handler } = held({ size: 1 });
    const app = endpoints(service, {
      work: { input, priority: (c) => Number(c.req.header("x-priority")) },
    });
    const send = (x: number, priority: number) =>
      watched(postJson(app, "/work", x, { "x-priority": String(priority) }));
    for (const [x, priority] of [[1, 0], [2, -1], [3, 0], [4, 5]] as const) {
      send(x, priority);
      await arrived(host);
    }
    for (const index of [0, 1, 2]) {
      handler.at(index).finish();
      await host.advance();
    }
    assert.deepEqual(handler.items, [[1], [4], [3], [2]]);
  });

  it("That is none is an error of ours", async () => {
    const app = endpoints(workerOf((xs: number[]) => xs), {
      work: { input, priority: () => 11 },
    });
    await problemIn(await postJson(app, "/work", 1), 500);
  });
});

describe("R18 A place that an item of a bulk has waited for", () => {
  /** Sends a bulk of two while a batch runs and nobody may wait, and tells what becomes of them when it ends. */
  async function waited(
    service: Worker<number, number>,
    endpoint: Partial<EndpointOptions<number>>,
    end: () => Promise<void>,
  ): Promise<number[]> {
    const app = endpoints(service, { work: { input, ...endpoint } });
    const { readable, writable } = new TransformStream();
    const bulk = watched(post(app, "/work/bulk", readable));
    const running = watched(service.work(1));
    await turns(3);
    const batcher = batcherOf(service, "work");
    assert.equal(batcher.full, true);
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode("[2,3]")).catch(() => {});
    await writer.close();
    await end();
    await turns(10);
    assert.equal(running.value, 1);
    assert.equal(batcher.full, false);
    const entries = await bulk.value!.json();
    return entries.map(({ error }: { error: Problem }) => error.status);
  }

  const fail = () => {
    throw new Error("secret");
  };
  const wrong: Record<string, Partial<EndpointOptions<number>>> = {
    "lane throws": { lane: fail },
    "priority throws": { priority: fail },
    "lane is no primitive": { lane: () => [] as never },
    "priority is no integer": { priority: () => 0.5 },
  };
  for (const [what, endpoint] of Object.entries(wrong)) {
    it(`Is not kept for one whose ${what}`, async () => {
      const { host, service, handler } = held({ size: 1, maxQueue: 0 });
      const statuses = await waited(service, endpoint, async () => {
        await arrived(host);
        handler.at(0).finish();
        await host.advance();
      });
      assert.deepEqual(statuses, [500, 500]);
    });
  }

  it("Is not kept for one that gets it too late", async () => {
    const deadlineMs = 30;
    const service = workerOf(async (xs: number[]) => {
      await turns(30);
      // The timer of the deadline cannot ring before the place is given.
      const until = performance.now() + deadlineMs;
      while (performance.now() < until);
      return xs;
    }, { size: 1, maxQueue: 0 });
    const statuses = await waited(service, { deadlineMs }, () => turns(40));
    assert.deepEqual(statuses, [504, 504]);
  });
});

describe("R16 A client that has gone", () => {
  it("Leaves the queue, where that is asked for", async () => {
    const { host, service, batcher } = held({ size: 1 });
    const app = endpoints(service, { work: { input } }, { abortGone: true });
    const gone = new AbortController();
    const first = postJson(app, "/work", 1);
    await arrived(host);
    const request = new Request("http://localhost/work", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "2",
      signal: gone.signal,
    });
    const second = app.request(request);
    await arrived(host);
    assert.equal(batcher.stats().waiting, 1);
    gone.abort();
    assert.equal((await second).status, 499);
    assert.equal(batcher.stats().waiting, 0);
    assert.equal(batcher.stats().aborted, 1);
    void first;
  });

  it("Is served all the same, where it is not", async () => {
    const { host, service, handler } = held({ size: 1 });
    const app = endpoints(service, { work: { input } });
    const gone = new AbortController();
    const request = new Request("http://localhost/work", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "1",
      signal: gone.signal,
    });
    const answer = app.request(request);
    await arrived(host);
    gone.abort();
    handler.at(0).finish();
    await host.advance();
    assert.equal(await (await answer).json(), 1);
  });

  it("Takes its whole bulk with it, where that is asked for", async () => {
    const { host, service, batcher, handler } = held({ size: 2 });
    const app = endpoints(service, { work: { input } }, { abortGone: true });
    const answer = postLines(app, "/work/bulk", "1", "2", "3", "4", "5", "6");
    await arrived(host);
    handler.at(0).finish();
    await host.advance();
    const { body } = await answer;
    await body!.cancel();
    await arrived(host);
    assert.equal(batcher.stats().waiting, 0);
    assert.equal(handler.batches.length, 2);
    assert.equal(handler.at(1).batch.signal.aborted, true);
  });

  it("Takes a bulk with it that has not begun, as it went while something else was done", async () => {
    const { host, service, batcher } = held();
    const below = endpoints(service, { work: { input } }, { abortGone: true });
    const gone = new AbortController();
    const app = new Hono();
    app.use(async (c, next) => {
      await c.req.text();
      gone.abort();
      await next();
    });
    app.route("/", below);
    const request = new Request("http://localhost/work/bulk", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "[1,2]",
      signal: gone.signal,
    });
    const answer = watched(Promise.resolve(app.request(request)));
    await arrived(host);
    assert.equal(batcher.stats().calls, 0);
    assert.equal(answer.state, "fulfilled");
  });

  it("Leaves its bulk to be done, where it is not", async () => {
    const { host, service, handler } = held({ size: 2 });
    const app = endpoints(service, { work: { input } });
    const answer = postLines(app, "/work/bulk", "1", "2", "3", "4", "5", "6");
    for (const index of [0, 1, 2]) {
      await arrived(host);
      handler.at(index).finish();
      await host.advance();
      if (index === 0) await (await answer).body!.cancel();
    }
    assert.deepEqual(handler.items.flat(), [1, 2, 3, 4, 5, 6]);
  });
});

describe("Server-Timing", () => {
  it("Tells the time in the queue and in the batch, and why the batch left", async () => {
    const { host, service, handler } = held({ size: 8, maxWaitMs: 20 });
    const app = endpoints(service, { work: { input } });
    const answers = [1, 2].map((x) => postJson(app, "/work", x));
    await arrived(host);
    await host.advance(20);
    await host.advance(35);
    handler.at(0).finish();
    await host.advance();
    for (const answer of await Promise.all(answers)) {
      assert.equal(
        answer.headers.get("server-timing"),
        'queue;dur=20, batch;dur=35;desc="2 window"',
      );
    }
  });

  it("Tells it of the first batch of a bulk", async () => {
    const { host, service, handler } = held({ size: 2 });
    const app = endpoints(service, { work: { input } });
    const answer = postJson(app, "/work/bulk", [1, 2, 3]);
    await arrived(host);
    await host.advance(35);
    handler.at(0).finish();
    await host.advance();
    assert.equal(
      (await answer).headers.get("server-timing"),
      'queue;dur=0, batch;dur=35;desc="2 full"',
    );
    handler.at(1).finish();
  });

  it("Tells the whole time where there was no batch", async () => {
    const { service } = held();
    const app = endpoints(service, { work: { input } });
    const answers = [
      await postJson(app, "/work", "x"),
      await post(app, "/work", "1", {}),
      await postJson(app, "/work/bulk", []),
    ];
    for (const { headers } of answers) {
      assert.match(headers.get("server-timing")!, /^total;dur=[\d.]+$/);
    }
  });

  it("Tells times to the microsecond", () => {
    const info = {
      batchId: 0,
      size: 1,
      reason: "idle",
      runMs: 2.00049,
    } as const;
    assert.equal(
      timingOf({ ...info, waitMs: 1.23456 }, 5),
      'queue;dur=1.235, batch;dur=2;desc="1 idle"',
    );
    assert.equal(timingOf(undefined, 1.23456), "total;dur=1.235");
  });

  it("May be left out", async () => {
    const service = workerOf((xs: number[]) => xs);
    const app = endpoints(service, { work: { input } }, {
      serverTiming: false,
    });
    for (const body of [1, "x"]) {
      const { headers } = await postJson(app, "/work", body);
      assert.equal(headers.get("server-timing"), null);
    }
  });
});
