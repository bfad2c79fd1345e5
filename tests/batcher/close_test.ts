import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, ClosedError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

/** A batcher that holds calls for a long time. */
function patient(options: { size?: number; concurrency?: number } = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, { maxWaitMs: 1e6, host, ...options });
  return { host, handler, batcher };
}

describe("R20: close()", () => {
  it("Idle it resolves within the turn, without a timer or a handler", async () => {
    const { host, handler, batcher } = patient();
    assert.equal(batcher.closed, false);
    const closed = watched(batcher.close());
    assert.equal(batcher.closed, true);
    await turns(1);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual([host.timers, handler.batches.length], [0, 0]);
  });

  it("Waiting calls leave now, without waiting for timers, and are answered", async () => {
    const { host, handler, batcher } = patient();
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance(10);
    const closed = watched(batcher.close());
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2]]);
    assert.equal(handler.at(0).batch.reason, "close");
    assert.equal(closed.state, "pending");
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(seenOf([...calls, closed]), [1, 2, undefined]);
    assert.deepEqual([host.now(), host.timers], [10, 0]);
  });

  it("Running batches are waited for, and what waits behind them still leaves", async () => {
    const { host, handler, batcher } = patient({ size: 2 });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    const closed = watched(batcher.close());
    await host.advance(1e5);
    assert.deepEqual(handler.items, [[1, 2]]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2], [3]]);
    assert.equal(closed.state, "pending");
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf([...calls, closed]), [1, 2, 3, undefined]);
  });

  it("A batch whose callers have all left is waited for: its handler still works", async () => {
    const { host, handler, batcher } = patient({ size: 1 });
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    controller.abort();
    const closed = watched(batcher.close());
    await host.advance(1000);
    assert.equal(closed.state, "pending");
    handler.at(0).finish();
    await host.advance();
    assert.equal(closed.state, "fulfilled");
  });

  it("Twice is the same promise, at any time", async () => {
    const { host, batcher } = patient();
    watched(batcher.run(1));
    const first = batcher.close();
    assert.equal(batcher.close(), first);
    assert.equal(batcher[Symbol.asyncDispose](), first);
    await host.advance();
    assert.equal(batcher.close({ timeoutMs: 0 }), first);
    await first;
    assert.equal(batcher.close(), first);
  });

  it("A call after it rejects with ClosedError, during and after the closing", async () => {
    const { host, handler, batcher } = patient();
    batcher.run(1);
    await host.advance();
    batcher.close();
    const during = watched(batcher.run(2));
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    const after = watched(batcher.run(3, { deadlineMs: 10 }));
    const many = watched(batcher.runMany([4]));
    await host.advance();
    for (const { error } of [during, after, many]) {
      assert.ok(error instanceof ClosedError);
      assert.match(error.message, /closed/);
    }
    assert.deepEqual(handler.items, [[1]]);
    assert.equal(batcher.stats().refused, 3);
  });

  it("During a flush both resolve, with one batch", async () => {
    const { host, handler, batcher } = patient();
    batcher.run(1);
    const flushed = watched(batcher.flush());
    const closed = watched(batcher.close());
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(seenOf([flushed, closed]), [undefined, undefined]);
    assert.deepEqual(handler.items, [[1]]);
  });

  it("A failing handler does not make it fail", async () => {
    const { host, handler, batcher } = patient();
    const call = watched(batcher.run(1));
    const closed = watched(batcher.close());
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    assert.deepEqual([call.error, closed.state], ["broken", "fulfilled"]);
  });

  it("A long queue is worked off to its end", async () => {
    const { host, handler, batcher } = patient({ size: 10 });
    const calls = Array.from({ length: 95 }, (_, x) => watched(batcher.run(x)));
    const closed = watched(batcher.close());
    for (let batch = 0; batch < 10; batch++) {
      await host.advance();
      handler.at(batch).finish();
    }
    await host.advance();
    assert.deepEqual(seenOf(calls), calls.map((_, x) => x));
    assert.equal(closed.state, "fulfilled");
  });

  it("await using closes at the end of the block", async () => {
    const handled: number[] = [];
    let outside: Batcher<number, number>;
    {
      await using batcher = new Batcher((xs: number[]) => {
        handled.push(...xs);
        return xs;
      }, { maxWaitMs: 1e6 });
      batcher.run(1);
      outside = batcher;
    }
    assert.deepEqual(handled, [1]);
    assert.equal(outside.closed, true);
  });
});

describe("R20: close() from inside the handler", () => {
  /** Closes itself from inside the batch that has the item 1. */
  function selfClosing(options?: { timeoutMs: number }) {
    const host = new VirtualHost();
    const seen: number[][] = [];
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      seen.push([...xs]);
      if (xs.includes(1)) await batcher.close(options);
      return xs;
    }, { size: 2, maxWaitMs: 1e6, host });
    return { host, seen, batcher };
  }

  it("Does not wait for the batch that it runs in", async () => {
    const { host, batcher } = selfClosing();
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2]);
    assert.equal(batcher.closed, true);
  });

  it("What waits leaves with a slot of its own and is answered", async () => {
    const { host, seen, batcher } = selfClosing();
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seen, [[1, 2], [3]]);
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
  });

  it("Its promise is its own; those outside share the one of all", async () => {
    const host = new VirtualHost();
    let inside: Promise<void> | undefined;
    const handler = heldHandler((x: number) => x);
    const batcher: Batcher<number, number> = new Batcher((xs, batch) => {
      inside = batcher.close();
      return handler(xs, batch);
    }, { host });
    batcher.run(1);
    await host.advance();
    const outside = batcher.close();
    assert.notEqual(inside, outside);
    const seen = [watched(inside!), watched(outside)];
    await host.advance();
    assert.deepEqual(seen.map(({ state }) => state), ["fulfilled", "pending"]);
    handler.at(0).finish();
    await host.advance();
    assert.equal(seen[1]!.state, "fulfilled");
  });

  it("A time limit given there counts for all", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher((_) => {
      batcher.close({ timeoutMs: 50 });
      return new Promise(() => {});
    }, { host });
    const call = watched(batcher.run(1));
    await host.advance(49);
    assert.equal(call.state, "pending");
    await host.advance(1);
    assert.ok(call.error instanceof ClosedError);
  });

  it("A call that the closing handler makes is refused, and not waited for", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      batcher.close();
      await batcher.run(2);
      return xs;
    }, { host });
    const call = watched(batcher.run(1));
    const closed = watched(
      host.advance().then(() => batcher.close()),
    );
    await host.advance();
    await host.advance();
    assert.ok(call.error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
  });
});
