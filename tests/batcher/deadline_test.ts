import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, DeadlineError } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

const echo = (xs: number[]) => xs;

describe("R17: a deadline while waiting", () => {
  it("It fires by itself and on time, though no slot frees", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    batcher.run(0);
    await host.advance();
    const call = watched(batcher.run(1, { deadlineMs: 30 }));
    await host.advance(29.9);
    assert.equal(call.state, "pending");
    await host.advance(0.1);
    const error = call.error;
    assert.ok(error instanceof DeadlineError);
    assert.equal(error.deadlineMs, 30);
  });

  it("R17 it counts from the call, however long its turn has worked before", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host, maxWaitMs: 1000 });
    watched(batcher.run(0));
    host.time = 30;
    const call = watched(batcher.run(1, { deadlineMs: 20 }));
    await host.moveTo(49);
    assert.equal(call.state, "pending");
    await host.moveTo(50);
    assert.ok(call.error instanceof DeadlineError);
  });

  it("A call whose deadline has passed is never dispatched", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    batcher.run(0);
    await host.advance();
    watched(batcher.run(1, { deadlineMs: 30 }));
    batcher.run(2);
    await host.advance(30);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [2]]);
  });

  it("A slot that frees at the very end of it comes too late", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    batcher.run(0);
    await host.advance();
    const call = watched(batcher.run(1, { deadlineMs: 30 }));
    const free = host.timer(() => handler.at(0).finish(), 30);
    await host.advance(30);
    assert.ok(call.error instanceof DeadlineError);
    assert.deepEqual(handler.items, [[0]]);
    free.cancel();
  });

  it("Calls with deadlines of their own each hear on their own time", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    batcher.run(0);
    await host.advance();
    const times: Record<number, number> = {};
    for (const deadlineMs of [50, 10, 40, 20, 30]) {
      batcher.run(deadlineMs, { deadlineMs })
        .catch(() => times[deadlineMs] = host.now());
    }
    await host.advance(100);
    assert.deepEqual(times, { 10: 10, 20: 20, 30: 30, 40: 40, 50: 50 });
  });

  it("It counts from the call, not from the batch", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { deadlineMs: 30, host });
    const first = watched(batcher.run(0));
    await host.advance(20);
    const second = watched(batcher.run(1));
    await host.advance(10);
    assert.deepEqual([first.state, second.state], ["rejected", "pending"]);
    await host.advance(19);
    assert.equal(second.state, "pending");
    await host.advance(1);
    assert.equal(second.state, "rejected");
  });

  it("A call's own deadline goes before the option, in both directions", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { deadlineMs: 30, host });
    const calls = [
      watched(batcher.run(0, { deadlineMs: 10 })),
      watched(batcher.run(1)),
      watched(batcher.run(2, { deadlineMs: 50 })),
      watched(batcher.run(3, { deadlineMs: Infinity })),
    ];
    const states = () => calls.map(({ state }) => state);
    await host.advance(10);
    assert.deepEqual(states(), ["rejected", ...Array(3).fill("pending")]);
    await host.advance(20);
    assert.deepEqual(states().slice(1), ["rejected", "pending", "pending"]);
    await host.advance(1e6);
    assert.deepEqual(states().slice(2), ["rejected", "pending"]);
  });
});

describe("R17: a deadline in flight", () => {
  it("It fires on time, and its batch mates are not touched", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const calls = [
      watched(batcher.run(1, { deadlineMs: 30 })),
      watched(batcher.run(2)),
    ];
    await host.advance(29.9);
    assert.deepEqual(seenOf(calls), ["pending", "pending"]);
    await host.advance(0.1);
    assert.ok(calls[0]!.error instanceof DeadlineError);
    handler.at(0).finish();
    await host.advance();
    assert.equal(calls[1]!.value, 2);
  });

  it("The last one aborts the batch's signal and leaves the slot taken", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { deadlineMs: 30, host });
    watched(batcher.run(1));
    await host.advance(30);
    assert.ok(handler.at(0).batch.signal.reason instanceof DeadlineError);
    watched(batcher.run(2));
    await host.advance(20);
    assert.deepEqual(handler.items, [[1]]);
  });

  it("An answer before it is an answer, and no timer is left", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { deadlineMs: 30, host });
    const call = watched(batcher.run(1));
    await host.advance(29);
    handler.at(0).finish();
    await host.advance();
    assert.equal(call.value, 1);
    assert.equal(host.timers, 0);
    await host.advance(1000);
    assert.equal(batcher.stats().expired, 0);
  });
});

describe("R17: a deadline pulls its batch forward", () => {
  it("By half of the deadline as long as no batch was measured", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { maxWaitMs: 1000, host });
    batcher.run(1, { deadlineMs: 100 });
    batcher.run(2);
    await host.advance(49);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1, 2]]);
    assert.equal(handler.batches[0]!.batch.reason, "deadline");
  });

  it("By a quarter of it once batches are known to be quick", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { maxWaitMs: 1000, host });
    batcher.run(0);
    await host.advance(1000);
    batcher.run(1, { deadlineMs: 100 });
    await host.advance(74);
    assert.deepEqual(handler.items, [[0]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[0], [1]]);
  });

  it("By twice the measured batch time when that is more", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 1000, host });
    batcher.run(0);
    await host.advance(1000 + 40);
    handler.at(0).finish();
    await host.advance();
    batcher.run(1, { deadlineMs: 100 });
    await host.advance(19);
    assert.deepEqual(handler.items, [[0]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[0], [1]]);
  });

  it("At the end of the turn when there is no time at all", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 1000, host });
    batcher.run(0);
    await host.advance(1000 + 80);
    handler.at(0).finish();
    await host.advance();
    batcher.run(1, { deadlineMs: 100 });
    await turns(2);
    assert.deepEqual(handler.items, [[0], [1]]);
  });

  it("Not when the window ends before", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { maxWaitMs: 10, host });
    batcher.run(1, { deadlineMs: 100 });
    await host.advance(10);
    assert.equal(handler.batches[0]!.batch.reason, "window");
  });

  it("A failed batch teaches nothing about how long one takes", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 1000, host });
    watched(batcher.run(0));
    await host.advance(1000 + 500);
    handler.at(0).fail("broken");
    await host.advance();
    batcher.run(1, { deadlineMs: 100 });
    await host.advance(49);
    assert.deepEqual(handler.items, [[0]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[0], [1]]);
  });

  it("A caller who leaves takes the hurry along", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 1000, host });
    batcher.run(0);
    await host.advance(1000);
    const controller = new AbortController();
    const { signal } = controller;
    watched(batcher.run(1, { deadlineMs: 100, signal }));
    batcher.run(2);
    await host.advance(80);
    controller.abort();
    handler.at(0).finish();
    await host.advance(919);
    assert.deepEqual(handler.items, [[0]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[0], [2]]);
  });
});
