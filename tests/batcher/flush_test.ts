import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, type BatcherOptions } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { turns, watched } from "./watched.ts";

/** A batcher that holds calls for a long time. */
function patient(options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, { maxWaitMs: 1e6, host, ...options });
  return { host, handler, batcher };
}

describe("R20: flush()", () => {
  it("Sends what waits now, and resolves when that is answered", async () => {
    const { host, handler, batcher } = patient();
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    const flushed = watched(batcher.flush());
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2]]);
    assert.equal(handler.at(0).batch.reason, "flush");
    assert.equal(flushed.state, "pending");
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(calls.map(({ value }) => value), [1, 2]);
    assert.equal(flushed.state, "fulfilled");
    assert.equal(host.now(), 0);
  });

  it("Idle it resolves at once", async () => {
    const { host, handler, batcher } = patient();
    const flushed = watched(batcher.flush());
    await turns(1);
    assert.equal(flushed.state, "fulfilled");
    await host.advance();
    assert.deepEqual(handler.items, []);
  });

  it("Does not wait for what runs already", async () => {
    const { host, handler, batcher } = patient({ size: 1 });
    batcher.run(1);
    await host.advance();
    const flushed = watched(batcher.flush());
    await turns(1);
    assert.equal(flushed.state, "fulfilled");
    handler.at(0).finish();
  });

  it("What waits leaves when a slot is free, and not before", async () => {
    const { host, handler, batcher } = patient({ size: 2 });
    for (const x of [1, 2, 3]) batcher.run(x);
    await host.advance();
    const flushed = watched(batcher.flush());
    await host.advance(1000);
    assert.deepEqual(handler.items, [[1, 2]]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2], [3]]);
    assert.equal(flushed.state, "pending");
    handler.at(1).finish();
    await host.advance();
    assert.equal(flushed.state, "fulfilled");
  });

  it("Waits for every batch that what waits makes", async () => {
    const { host, handler, batcher } = patient({ size: 2 });
    for (const x of [1, 2, 3, 4, 5]) batcher.run(x);
    const flushed = watched(batcher.flush());
    for (let batch = 0; batch < 3; batch++) {
      await host.advance();
      assert.equal(flushed.state, "pending");
      handler.at(batch).finish();
    }
    await host.advance();
    assert.equal(flushed.state, "fulfilled");
    assert.deepEqual(handler.items, [[1, 2], [3, 4], [5]]);
  });

  it("Does not wait for a call that comes after it, though that may join", async () => {
    const { host, handler, batcher } = patient({ size: 2 });
    batcher.run(1);
    const flushed = watched(batcher.flush());
    for (const x of [2, 3]) batcher.run(x);
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.equal(flushed.state, "fulfilled");
    assert.deepEqual(handler.items, [[1, 2]]);
    assert.equal(batcher.pending, 1);
  });

  it("R27 does not wait for a call that comes to share a place, when those have left who waited there", async () => {
    const { host, handler, batcher } = patient({ dedupe: (x) => x });
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    const flushed = watched(batcher.flush());
    const later = watched(batcher.run(1));
    await host.advance();
    assert.equal(flushed.state, "pending");
    controller.abort();
    await host.advance();
    assert.equal(flushed.state, "fulfilled");
    assert.equal(later.state, "pending");
    handler.at(0).finish();
    await host.advance();
    assert.equal(later.value, 1);
  });

  it("R27 waits for all who share a place", async () => {
    const { host, handler, batcher } = patient({ dedupe: (x) => x });
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    watched(batcher.run(1));
    const flushed = watched(batcher.flush());
    await host.advance();
    controller.abort();
    await host.advance();
    assert.equal(flushed.state, "pending");
    handler.at(0).finish();
    await host.advance();
    assert.equal(flushed.state, "fulfilled");
  });

  it("R9 all of them resolve, however many there are while a slot is busy", async () => {
    const { host, handler, batcher } = patient({ size: 1 });
    for (const x of [1, 2]) batcher.run(x);
    await host.advance();
    let resolved = 0;
    for (let i = 0; i < 50_000; i++) batcher.flush().then(() => resolved++);
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.equal(resolved, 50_000);
  });

  it("Sends all lanes", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const lane = (x: number) => x % 3;
    const options = { lane, concurrency: 3, maxWaitMs: 1e6, host };
    const batcher = new Batcher(handler, options);
    for (const x of [0, 1, 2, 3]) batcher.run(x);
    batcher.flush();
    await host.advance();
    const batches = handler.items.sort(([a], [b]) => a! - b!);
    assert.deepEqual(batches, [[0, 3], [1], [2]]);
  });

  it("Two at once both wait for the same", async () => {
    const { host, handler, batcher } = patient();
    batcher.run(1);
    const flushes = [watched(batcher.flush()), watched(batcher.flush())];
    await host.advance();
    assert.deepEqual(handler.items, [[1]]);
    handler.at(0).finish();
    await host.advance();
    for (const { state } of flushes) assert.equal(state, "fulfilled");
  });

  it("Resolves when the calls are rejected, too", async () => {
    const { host, handler, batcher } = patient();
    const call = watched(batcher.run(1));
    const flushed = watched(batcher.flush());
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    assert.equal(call.error, "broken");
    assert.equal(flushed.state, "fulfilled");
  });

  it("Resolves when what it waits for has left", async () => {
    const { host, batcher } = patient();
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    watched(batcher.run(2, { deadlineMs: 50 }));
    const flushed = watched(batcher.flush());
    await host.advance();
    controller.abort();
    await host.advance(49);
    assert.equal(flushed.state, "pending");
    await host.advance(1);
    assert.equal(flushed.state, "fulfilled");
  });

  it("The window of calls that come later runs as ever", async () => {
    const { host, handler, batcher } = patient();
    batcher.run(1);
    batcher.flush();
    await host.advance();
    handler.at(0).finish();
    batcher.run(2);
    await host.advance(1e6 - 1);
    assert.deepEqual(handler.items, [[1]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1], [2]]);
  });

  it("During close() it resolves with what waited, after close() at once", async () => {
    const { host, handler, batcher } = patient();
    batcher.run(1);
    const closed = watched(batcher.close());
    const flushed = watched(batcher.flush());
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.equal(flushed.state, "fulfilled");
    assert.equal(closed.state, "fulfilled");
    const after = watched(batcher.flush());
    await host.advance();
    assert.equal(after.state, "fulfilled");
  });

  it("From inside a handler, what waits leaves with a slot of its own", async () => {
    const host = new VirtualHost();
    const seen: number[][] = [];
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      seen.push([...xs]);
      if (xs.includes(1)) await batcher.flush();
      return xs;
    }, { size: 2, host, maxWaitMs: 1e6 });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seen, [[1, 2], [3]]);
    assert.deepEqual(calls.map(({ value }) => value), [1, 2, 3]);
  });

  it("From inside a handler with nothing else waiting it resolves at once", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      await batcher.flush();
      return xs;
    }, { host });
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal(call.value, 1);
  });

  for (const how of ["answered", "rejected", "refused by a wrong answer"]) {
    it(`Callers who are ${how} have heard when it resolves`, async () => {
      const { host, handler, batcher } = patient();
      const calls = [1, 2].map((x) => watched(batcher.run(x)));
      const states = watched(
        batcher.flush().then(() => calls.map(({ state }) => state)),
      );
      await host.advance();
      if (how === "answered") handler.at(0).finish();
      else if (how === "rejected") handler.at(0).fail("broken");
      else handler.at(0).answer([]);
      await host.advance();
      const state = how === "answered" ? "fulfilled" : "rejected";
      assert.deepEqual(states.value, [state, state]);
    });
  }

  it("A caller who leaves has heard when it resolves", async () => {
    const { host, batcher } = patient();
    const controller = new AbortController();
    const call = watched(batcher.run(1, { signal: controller.signal }));
    const state = watched(batcher.flush().then(() => call.state));
    controller.abort();
    await host.advance();
    assert.equal(state.value, "rejected");
  });

  it("A caller who has left just before has heard when it resolves", async () => {
    const { host, batcher } = patient();
    const controller = new AbortController();
    const call = watched(batcher.run(1, { signal: controller.signal }));
    controller.abort();
    const state = watched(batcher.flush().then(() => call.state));
    await host.advance();
    assert.equal(state.value, "rejected");
  });
});
