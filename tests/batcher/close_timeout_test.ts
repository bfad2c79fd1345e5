import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BatchEndEvent, Batcher, ClosedError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { turns, watched } from "./watched.ts";

/** A batcher with one batch that runs, of two calls, and a call that waits. */
async function hung() {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, { size: 2, host });
  const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
  await host.advance();
  return { host, handler, batcher, calls };
}

describe("R20: close({ timeoutMs })", () => {
  it("After it what is left rejects, waiting and running, and the signals abort", async () => {
    const { host, handler, batcher, calls } = await hung();
    const closed = watched(batcher.close({ timeoutMs: 100 }));
    await host.advance(99);
    assert.equal(handler.at(0).batch.signal.aborted, false);
    for (const { state } of calls) assert.equal(state, "pending");
    await host.advance(1);
    for (const { error } of calls) assert.ok(error instanceof ClosedError);
    assert.ok(handler.at(0).batch.signal.reason instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual([batcher.pending, host.timers], [0, 0]);
  });

  it("A call that waited is never dispatched after that", async () => {
    const { host, handler, batcher } = await hung();
    batcher.close({ timeoutMs: 100 });
    await host.advance(100);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2]]);
  });

  it("A late answer is dropped", async () => {
    const { host, handler, batcher, calls } = await hung();
    batcher.close({ timeoutMs: 100 });
    await host.advance(100);
    handler.at(0).finish();
    await host.advance();
    for (const { error } of calls) assert.ok(error instanceof ClosedError);
    assert.equal(batcher.stats().running, 0);
  });

  it("Whoever is done in time is answered", async () => {
    const { host, handler, batcher, calls } = await hung();
    const closed = watched(batcher.close({ timeoutMs: 100 }));
    await host.advance(50);
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(calls.map(({ value }) => value), [1, 2, 3]);
    assert.equal(closed.state, "fulfilled");
    await host.advance(1000);
    assert.equal(handler.at(1).batch.signal.aborted, false);
    assert.equal(batcher.stats().dropped, 0);
  });

  it("timeoutMs 0 gives up at once", async () => {
    const { host, batcher, calls } = await hung();
    const closed = watched(batcher.close({ timeoutMs: 0 }));
    await host.advance();
    for (const { error } of calls) assert.ok(error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
  });

  it("A second close with a time limit shortens a first one without", async () => {
    const { host, batcher, calls } = await hung();
    const closed = batcher.close();
    await host.advance(1000);
    assert.equal(batcher.close({ timeoutMs: 10 }), closed);
    await host.advance(10);
    for (const { error } of calls) assert.ok(error instanceof ClosedError);
    await closed;
  });

  it("A second close with a shorter one shortens the first", async () => {
    const { host, batcher, calls } = await hung();
    const closed = watched(batcher.close({ timeoutMs: 1000 }));
    await host.advance(10);
    batcher.close({ timeoutMs: 100 });
    await host.advance(99);
    assert.equal(closed.state, "pending");
    await host.advance(1);
    assert.equal(closed.state, "fulfilled");
    for (const { error } of calls) assert.ok(error instanceof ClosedError);
  });

  it("A second close with a longer one does not lengthen the first", async () => {
    const { host, batcher, calls } = await hung();
    batcher.close({ timeoutMs: 10 });
    batcher.close({ timeoutMs: 1000 });
    batcher.close();
    await host.advance(10);
    for (const { state } of calls) assert.equal(state, "rejected");
  });

  it("After the end it changes nothing", async () => {
    const { host, handler, batcher } = await hung();
    batcher.close();
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    await batcher.close({ timeoutMs: 10 });
    await host.advance(100);
    assert.equal(host.timers, 0);
    assert.equal(batcher.stats().dropped, 0);
  });

  for (
    const [what, options] of [
      ["a batch might run", { batchTimeoutMs: 1000 }],
      ["a call might wait", { deadlineMs: 1000 }],
    ] as const
  ) {
    it(`R21 It leaves no timer, however long ${what}`, async () => {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, { ...options, host });
      const call = watched(batcher.run(1));
      await host.advance();
      batcher.close({ timeoutMs: 100 });
      await host.advance(100);
      assert.ok(call.error instanceof ClosedError);
      assert.equal(host.timers, 0);
      handler.at(0).finish();
      await host.advance();
      assert.deepEqual([batcher.stats().running, host.timers], [0, 0]);
    });
  }

  it("Batches end with it, whatever their handlers do", async () => {
    const host = new VirtualHost();
    const ends: BatchEndEvent[] = [];
    const batcher = new Batcher((_: number[]) => new Promise<never>(() => {}), {
      hooks: { onBatchEnd: (batch) => ends.push(batch) },
      host,
    });
    watched(batcher.run(1));
    await host.advance();
    batcher.close({ timeoutMs: 100 });
    await host.advance(100);
    assert.equal(ends.length, 1);
    const { id, runMs, results, failures, error } = ends[0]!;
    assert.deepEqual([id, runMs, results, failures], [1, 100, 0, 0]);
    assert.ok(error instanceof ClosedError);
    assert.equal(batcher.stats().running, 0);
  });

  it("A flush that waits resolves with it", async () => {
    const { host, batcher } = await hung();
    const flushed = watched(batcher.flush());
    batcher.close({ timeoutMs: 10 });
    await host.advance(10);
    assert.equal(flushed.state, "fulfilled");
  });

  it("A window that still ran at close() does not swallow it", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    const call = watched(batcher.run(1));
    await host.advance(5);
    const closed = watched(batcher.close({ timeoutMs: 100 }));
    await host.advance(100);
    assert.ok(call.error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
  });

  it("A deadline that fires before does not swallow it", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const calls = [
      watched(batcher.run(1, { deadlineMs: 20 })),
      watched(batcher.run(2)),
    ];
    await host.advance(5);
    const closed = watched(batcher.close({ timeoutMs: 100 }));
    await host.advance(100);
    for (const { state } of calls) assert.equal(state, "rejected");
    assert.equal(closed.state, "fulfilled");
  });

  it("A timer that rings a little early does not swallow it", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const call = watched(batcher.run(1));
    await turns(2);
    const closed = watched(batcher.close({ timeoutMs: 100 }));
    host.time = 99.5;
    await host.ringEarly();
    assert.equal(closed.state, "pending");
    await host.moveTo(101);
    assert.ok(call.error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
  });

  it("Wrong options reject and close nothing", async () => {
    const { batcher } = await hung();
    const wrong: [unknown, string, RegExp][] = [
      [{ timeoutMs: -1 }, "RangeError", /"timeoutMs" must be .*>= 0, got -1/],
      [{ timeoutMs: NaN }, "RangeError", /got NaN/],
      [{ timeoutMs: "1" }, "TypeError", /"timeoutMs".*got "1"/],
      [{ timeout: 1 }, "TypeError", /unknown option "timeout"/],
      [100, "TypeError", /"options" must be an object, got 100/],
    ];
    for (const [options, name, message] of wrong) {
      await assert.rejects(batcher.close(options as object), { name, message });
    }
    assert.equal(batcher.closed, false);
  });

  it("Those who are given up have heard when it resolves", async () => {
    const { host, batcher, calls } = await hung();
    const states = watched(
      batcher.close({ timeoutMs: 10 }).then(() =>
        calls.map(({ state }) => state)
      ),
    );
    await host.advance(10);
    assert.deepEqual(states.value, ["rejected", "rejected", "rejected"]);
  });
});
