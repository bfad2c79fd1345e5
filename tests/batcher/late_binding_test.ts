import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, watched } from "./watched.ts";

describe("R3: late binding", () => {
  it("While no slot is free one batch grows, and leaves whole when one frees", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 8, maxWaitMs: 10, host });
    batcher.run(0);
    await host.advance(10);
    for (const x of [1, 2, 3, 4, 5]) {
      batcher.run(x);
      await host.advance(10);
    }
    assert.deepEqual(handler.items, [[0]]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1, 2, 3, 4, 5]]);
    assert.equal(handler.at(1).batch.reason, "window");
  });

  it("The growing batch stops at size, and the rest makes the next", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 3, host });
    batcher.run(0);
    await host.advance();
    for (let x = 1; x <= 7; x++) batcher.run(x);
    for (let batch = 0; batch < 3; batch++) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual(handler.items, [[0], [1, 2, 3], [4, 5, 6], [7]]);
  });

  it("A batch whose window still runs stays to its end when a slot frees", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    batcher.run(0);
    await host.advance(20);
    await host.advance(5);
    batcher.run(1);
    await host.advance(10);
    handler.at(0).finish();
    await host.advance(9);
    assert.deepEqual(handler.items, [[0]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[0], [1]]);
  });

  it("Time spent waiting for a slot counts towards the window", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    batcher.run(0);
    await host.advance(20);
    batcher.run(1);
    await host.advance(25);
    batcher.run(2);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1, 2]]);
    assert.equal(batcher.stats().waitMs.max, 25);
  });

  it("The second slot takes a batch while the first is busy, a third batch waits", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 2, concurrency: 2, host });
    for (const x of [1, 2, 3, 4, 5]) batcher.run(x);
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2], [3, 4]]);
    assert.equal(batcher.stats().running, 2);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2], [3, 4], [5]]);
  });

  it("concurrency Infinity sends every batch at once", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 1, concurrency: Infinity, host };
    const batcher = new Batcher(handler, options);
    for (let x = 0; x < 100; x++) batcher.run(x);
    await host.advance();
    assert.equal(handler.batches.length, 100);
  });

  it("A handler that fails gives its slot back", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, host });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    handler.at(1).answer([]);
    await host.advance();
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(calls.map(({ state }) => state), [
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    assert.equal(batcher.stats().running, 0);
  });
});

describe("R5: order", () => {
  it("Items leave in the order in which they came", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 4, host });
    const xs = Array.from({ length: 12 }, (_, i) => i);
    for (const x of xs) batcher.run(x);
    for (let batch = 0; batch < 3; batch++) {
      await host.advance();
      handler.at(batch).finish();
    }
    assert.deepEqual(handler.items.flat(), xs);
  });

  it("Results belong to their items, whatever order batches end in", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 10 * x);
    const batcher = new Batcher(handler, { size: 2, concurrency: 3, host });
    const calls = [1, 2, 3, 4, 5, 6].map((x) => watched(batcher.run(x)));
    await host.advance();
    handler.at(2).finish();
    await host.advance();
    const pending = Array(4).fill("pending");
    assert.deepEqual(seenOf(calls), [...pending, 50, 60]);
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [10, 20, 30, 40, 50, 60]);
  });

  it("Calls with demands of their own keep their place among plain ones", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const { signal } = new AbortController();
    batcher.run(1);
    batcher.run(2, { signal });
    batcher.run(3);
    batcher.run(4, { deadlineMs: 1000 });
    batcher.run(5);
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2, 3, 4, 5]]);
  });
});
