import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, watched } from "./watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("R16: a waiting call that is aborted", () => {
  it("The second of two waiters leaves at once, and the first one is served alone", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { maxWaitMs: 10, host });
    const controller = new AbortController();
    const first = watched(batcher.run(1));
    const second = watched(batcher.run(2, { signal: controller.signal }));
    await host.advance(5);
    controller.abort("changed my mind");
    await host.advance();
    assert.deepEqual(seenOf([first, second]), ["pending", "changed my mind"]);
    assert.equal(batcher.pending, 1);
    await host.advance(5);
    assert.equal(first.value, 2);
    assert.deepEqual(handler.items, [[1]]);
  });

  it("The first of two waiters leaves, and the second keeps its own window", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { maxWaitMs: 10, host });
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    await host.advance(6);
    const second = watched(batcher.run(2));
    controller.abort();
    await host.advance(9);
    assert.equal(second.state, "pending");
    await host.advance(1);
    assert.equal(second.value, 4);
    assert.deepEqual(handler.items, [[2]]);
  });

  it("It rejects with signal.reason, whatever that is", async () => {
    for (const reason of [new Error("x"), "text", 0, null]) {
      const host = new VirtualHost();
      const batcher = new Batcher(double, { maxWaitMs: 10, host });
      const controller = new AbortController();
      const call = watched(batcher.run(1, { signal: controller.signal }));
      controller.abort(reason);
      await host.advance();
      assert.equal(call.state, "rejected");
      assert.equal(call.error, reason);
    }
  });

  it("Without a reason it rejects with an AbortError", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(double, { maxWaitMs: 10, host });
    const controller = new AbortController();
    const call = watched(batcher.run(1, { signal: controller.signal }));
    controller.abort();
    await host.advance();
    assert.equal((call.error as Error).name, "AbortError");
  });

  it("It hears in the turn of the abort, though the handler is busy", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    batcher.run(1);
    await host.advance();
    const call = watched(batcher.run(2, { signal: controller.signal }));
    await host.advance();
    controller.abort("gone");
    for (let i = 0; i < 5; i++) await undefined;
    assert.equal(call.error, "gone");
  });

  it("Its place is free for another call", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const options = { size: 2, maxQueue: 0, maxWaitMs: 10, host };
    const batcher = new Batcher(handler, options);
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = watched(batcher.run(1, { signal }));
    const second = watched(batcher.run(2, { signal }));
    assert.equal(batcher.full, true);
    controller.abort("gone");
    assert.equal(batcher.full, false);
    const others = [3, 4].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf([aborted, second, ...others]), [
      "gone",
      "gone",
      6,
      8,
    ]);
    assert.deepEqual(handler.items, [[3, 4]]);
  });

  it("The last waiter takes the window with it", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { maxWaitMs: 10, host });
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    controller.abort();
    await host.advance();
    assert.deepEqual([host.timers, batcher.pending], [0, 0]);
    await host.advance(100);
    assert.deepEqual(handler.items, []);
  });

  it("A call whose signal has aborted already is never taken", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { host });
    const signal = AbortSignal.abort("before");
    const call = watched(batcher.run(1, { signal }));
    await host.advance();
    assert.equal(call.error, "before");
    assert.deepEqual(handler.items, []);
    assert.equal(batcher.stats().calls, 0);
  });

  it("A waiter that leaves a full batch that has no slot makes room for the next in line", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 2, host });
    const controller = new AbortController();
    const { signal } = controller;
    batcher.run(0);
    await host.advance();
    batcher.run(1);
    watched(batcher.run(2, { signal }));
    for (const x of [3, 4, 5]) batcher.run(x);
    await host.advance();
    controller.abort();
    for (let batch = 0; batch < 3; batch++) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual(handler.items, [[0], [1, 3], [4, 5]]);
  });

  it("Of 1,000 waiters every second leaves, and the order of the rest holds", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 64, host });
    const controller = new AbortController();
    const { signal } = controller;
    batcher.run(-1);
    await host.advance();
    const calls = Array.from(
      { length: 1000 },
      (_, x) => watched(batcher.run(x, x % 2 === 0 ? { signal } : {})),
    );
    await host.advance();
    controller.abort("gone");
    assert.equal(batcher.pending, 501);
    for (let batch = 0; batch < handler.batches.length; batch++) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual(
      seenOf(calls),
      calls.map((_, x) => x % 2 === 0 ? "gone" : x),
    );
    const served = handler.items.slice(1);
    assert.deepEqual(
      served.flat(),
      calls.map((_, x) => x).filter((x) => x % 2),
    );
    assert.deepEqual(served.map(({ length }) => length), [
      ...Array(7).fill(64),
      52,
    ]);
  });

  it("A signal that its own lane aborts rejects the call", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const controller = new AbortController();
    const lane = () => controller.abort("by the lane") as undefined;
    const batcher = new Batcher(handler, { lane, host });
    const call = watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    assert.equal(call.error, "by the lane");
    assert.deepEqual(handler.items, []);
  });
});
