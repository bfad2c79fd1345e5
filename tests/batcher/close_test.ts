import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, type BatcherOptions, ClosedError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, type Watched, watched } from "./watched.ts";

/** A batcher that holds calls for a long time. */
function patient(options: BatcherOptions<number> = {}) {
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

  it("Whoever calls again as one of its last batches has ended is not let in", async () => {
    for (const options of [{}, { lane: () => "lane" }]) {
      const { host, handler, batcher } = patient({ size: 1, ...options });
      const late: Watched<number>[] = [];
      batcher.run(1).then(() => {
        for (const x of [3, 4]) late.push(watched(batcher.run(x)));
      });
      watched(batcher.run(2));
      await host.advance();
      watched(batcher.close());
      await host.advance();
      handler.at(0).finish();
      await host.advance();
      assert.deepEqual(handler.items, [[1], [2]]);
      assert.equal(late.length, 2);
      for (const { error } of late) assert.ok(error instanceof ClosedError);
      assert.equal(batcher.stats().refused, 2);
    }
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

  it("On a host that every caller joins each gets a promise of its own, at any time", async () => {
    class JoinedHost extends VirtualHost {
      join(): () => void {
        return () => {};
      }
    }
    const host = new JoinedHost();
    const { batcher } = patient({ host });
    watched(batcher.run(1));
    await host.advance();
    const closed = [undefined, 5].map((timeoutMs) =>
      watched(batcher.close({ timeoutMs }))
    );
    await host.advance(5);
    closed.push(watched(batcher.close()));
    await host.advance();
    assert.deepEqual(
      closed.map(({ state }) => state),
      Array(3).fill("fulfilled"),
    );
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

  for (const call of [undefined, { deadlineMs: 10 }]) {
    it(`A call is refused whose own weigh() closes it, be its options ${JSON.stringify(call)}`, async () => {
      const weigh = () => (watched(batcher.close()), 1);
      const { host, handler, batcher } = patient({ weigh });
      const seen = watched(batcher.run(1, call));
      await host.advance();
      assert.ok(seen.error instanceof ClosedError);
      const { calls, refused } = batcher.stats();
      assert.deepEqual([calls, refused, handler.items], [0, 1, []]);
    });
  }

  it("After it nobody is asked about an item", async () => {
    let asked = 0;
    const ask = () => ++asked;
    const { host, batcher } = patient({ lane: ask, weigh: ask, dedupe: ask });
    watched(batcher.close());
    watched(batcher.run(1));
    watched(batcher.run(1, { priority: 1 }));
    await host.advance();
    assert.deepEqual([asked, batcher.stats().refused], [0, 2]);
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

  it("It leaves no timer when it resolves", async () => {
    const { host, handler, batcher } = patient();
    watched(batcher.run(1, { deadlineMs: 5000 }));
    await host.advance();
    const timers = watched(
      batcher.close({ timeoutMs: 9000 }).then(() => host.timers),
    );
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.equal(timers.value, 0);
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

  it("A call after it in the same turn rejects, though others came before it", async () => {
    const { host, handler, batcher } = patient();
    const before = watched(batcher.run(1));
    batcher.close();
    const after = [watched(batcher.run(2)), watched(batcher.run(3, {}))];
    await host.advance();
    for (const { error } of after) assert.ok(error instanceof ClosedError);
    assert.deepEqual(handler.items, [[1]]);
    handler.at(0).finish();
    await host.advance();
    assert.equal(before.value, 1);
  });
});
