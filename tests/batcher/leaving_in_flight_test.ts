import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

describe("R16: a call in flight that is aborted", () => {
  it("It is detached: it hears at once, and its batch mates get their own results", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 2 * x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      watched(batcher.run(1)),
      watched(batcher.run(2, { signal })),
      watched(batcher.run(3)),
    ];
    await host.advance();
    controller.abort("gone");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["pending", "gone", "pending"]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [2, "gone", 6]);
  });

  it("Its batch mates hear of a failure, and it does not", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [1, 2, 3, 4, 5].map((x) =>
      watched(batcher.run(x, x === 3 ? { signal } : {}))
    );
    await host.advance();
    controller.abort("gone");
    handler.at(0).fail("broken");
    await host.advance();
    assert.deepEqual(seenOf(calls), [
      ...["broken", "broken"],
      "gone",
      ...["broken", "broken"],
    ]);
  });

  it("The batch's own signal aborts only when the last caller has left, with its reason", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const one = new AbortController();
    const two = new AbortController();
    watched(batcher.run(1, { signal: one.signal }));
    watched(batcher.run(2, { signal: two.signal }));
    await host.advance();
    const { signal } = handler.at(0).batch;
    one.abort("first");
    await host.advance();
    assert.equal(signal.aborted, false);
    two.abort("second");
    assert.equal(signal.aborted, true);
    assert.equal(signal.reason, "second");
  });

  it("A handler that asks for the signal after everybody has left finds it aborted", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    controller.abort("gone");
    await host.advance();
    assert.equal(handler.at(0).batch.signal.reason, "gone");
  });

  it("The signal of a batch that was answered never aborts", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    const call = watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    controller.abort("too late");
    await host.advance();
    assert.equal(call.value, 1);
    assert.equal(handler.at(0).batch.signal.aborted, false);
  });

  it("Its slot stays taken until the handler settles", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    controller.abort();
    const next = watched(batcher.run(2));
    await host.advance(1000);
    assert.deepEqual(handler.items, [[1]]);
    assert.deepEqual([batcher.stats().running, batcher.pending], [1, 1]);
    handler.at(0).fail("nobody hears this");
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.equal(next.value, 2);
  });

  it("A clock that starts below zero is a clock", async () => {
    const host = new FrailHost();
    host.time = -1e6;
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    const calls = [
      watched(batcher.run(1, { signal: controller.signal })),
      watched(batcher.run(2, { deadlineMs: 10 })),
      watched(batcher.run(3)),
    ];
    await turns(2);
    controller.abort("gone");
    await host.moveTo(-1e6 + 10);
    assert.deepEqual(calls.map(({ state }) => state), [
      "rejected",
      "rejected",
      "pending",
    ]);
    const { waiting, running } = batcher.stats();
    assert.deepEqual([waiting, running, batcher.pending], [0, 1, 1]);
    handler.at(0).finish();
    await turns(2);
    assert.equal(calls[2]!.value, 3);
  });

  it("The signal of a batch is one signal, and every batch has its own", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 1, concurrency: 2, host };
    const batcher = new Batcher(handler, options);
    for (const x of [1, 2]) batcher.run(x);
    await host.advance();
    const [one, two] = [handler.at(0).batch, handler.at(1).batch];
    assert.equal(one.signal, one.signal);
    assert.notEqual(one.signal, two.signal);
    assert.deepEqual([one.id, two.id], [1, 2]);
  });

  it("The batch's signal aborts also when the last caller leaves as it starts", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const controller = new AbortController();
    const onBatchStart = () => controller.abort("at the start");
    const batcher = new Batcher(handler, { host, hooks: { onBatchStart } });
    const call = watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    assert.equal(call.error, "at the start");
    assert.equal(handler.at(0).batch.signal.reason, "at the start");
  });
});
