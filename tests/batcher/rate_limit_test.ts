import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, type BatcherOptions, QueueFullError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

/** Two batches in any 100 ms, of up to 3 calls; when each of them started. */
function limited(options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const starts: [time: number, items: number[]][] = [];
  const handler = (xs: number[]) => {
    starts.push([host.now(), [...xs]]);
    return xs;
  };
  const rateLimit = { batches: 2, perMs: 100 };
  const batcher = new Batcher(handler, {
    ...{ size: 3, concurrency: Infinity, rateLimit, host },
    ...options,
  });
  const run = (...items: number[]) => items.map((x) => watched(batcher.run(x)));
  return { host, starts, batcher, run };
}

describe("rateLimit", () => {
  it("So many batches start at once, the next ones by themselves when the span has passed", async () => {
    const { host, starts, run } = limited();
    const calls = run(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    await host.advance(1000);
    assert.deepEqual(starts, [
      [0, [1, 2, 3]],
      [0, [4, 5, 6]],
      [100, [7, 8, 9]],
      [100, [10]],
    ]);
    assert.ok(calls.every(({ state }) => state === "fulfilled"));
    assert.equal(host.timers, 0);
  });

  it("It stays what it was when its object changes", async () => {
    const rateLimit = { batches: 2, perMs: 100 };
    const { host, starts, run } = limited({ rateLimit });
    rateLimit.batches = 1;
    run(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    await host.advance(100);
    assert.deepEqual(starts.map(([time]) => time), [0, 0, 100, 100]);
  });

  it("The span slides with the starts", async () => {
    const { host, starts, run } = limited();
    run(1);
    await host.advance(70);
    run(2);
    await host.advance(10);
    run(3);
    run(4);
    await host.advance(10);
    run(5);
    await host.advance(1000);
    assert.deepEqual(starts, [[0, [1]], [70, [2]], [100, [3, 4, 5]]]);
  });

  it("A lane that may not leave yet grows up to `size`, as behind a busy slot", async () => {
    const { host, starts, run } = limited({ maxWaitMs: 5 });
    run(1, 2, 3, 4, 5, 6, 7);
    await host.advance(50);
    run(8);
    await host.advance(50);
    assert.deepEqual(starts.at(-1), [100, [7, 8]]);
  });

  it("R18 maxQueue counts behind it, and retryAfterMs knows it", async () => {
    const { host, starts, batcher, run } = limited({ maxQueue: 7 });
    run(1, 2, 3, 4, 5, 6);
    await host.advance();
    assert.equal(starts.length, 2);
    run(7, 8, 9, 10, 11, 12, 13);
    assert.equal(batcher.full, true);
    await assert.rejects(batcher.run(14), (error: Error) => {
      assert.ok(error instanceof QueueFullError);
      assert.equal(error.retryAfterMs, 200);
      return true;
    });
  });

  it("R18 nobody is refused because of it who comes when it is long over", async () => {
    for (
      const [limit, hasAsked] of [
        ...[["maxQueue", true], ["maxQueue", false]],
        ...[["maxQueuePerLane", true], ["maxQueuePerLane", false]],
      ] as const
    ) {
      const { host, batcher, run } = limited({ [limit]: 0 });
      run(1, 2, 3, 4, 5, 6);
      await host.advance(100);
      // To ask is to look how much is allowed: a call that does not must look itself.
      if (hasAsked) assert.equal(batcher.full, false);
      const call = watched(batcher.run(7));
      await host.advance();
      assert.equal(call.value, 7);
    }
  });

  it("R18 whoever waits for room hears when it allows another batch", async () => {
    const { host, batcher, run } = limited({ maxQueue: 0 });
    run(1, 2, 3, 4, 5, 6);
    await host.advance();
    const room = watched(batcher.ready());
    await host.advance(99);
    assert.equal(room.state, "pending");
    await host.advance(1);
    assert.equal(room.state, "fulfilled");
  });

  it("R18 whoever waits for room hears when it allows one more batch than it did", async () => {
    const { host, batcher, run } = limited({ maxQueue: 0, maxWaitMs: 500 });
    run(1, 2, 3);
    await host.advance();
    run(4, 5);
    const waiters = [watched(batcher.ready()), watched(batcher.ready())];
    await host.advance(99);
    assert.deepEqual(seenOf(waiters), [undefined, "pending"]);
    await host.advance(1);
    assert.deepEqual(seenOf(waiters), [undefined, undefined]);
  });

  it("R18 whoever waits for room looks for itself where timers die with their request", async () => {
    const looks = new Set<() => void>();
    class Requests extends VirtualHost {
      override timer() {
        return { cancel() {} };
      }
      join(look: () => void): () => void {
        looks.add(look);
        return () => looks.delete(look);
      }
    }
    const host = new Requests();
    const rateLimit = { batches: 1, perMs: 100 };
    const settings = { rateLimit, maxQueue: 0, size: 1, maxWaitMs: 0, host };
    const batcher = new Batcher((xs: number[]) => xs, settings);
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal(call.value, 1);
    const room = watched(batcher.ready());
    await host.advance(100);
    assert.deepEqual([room.state, looks.size], ["pending", 1]);
    for (const look of looks) look();
    await host.advance();
    assert.deepEqual([room.state, looks.size], ["fulfilled", 0]);
  });

  it("R20 flush waits for it", async () => {
    const { host, starts, batcher, run } = limited({ maxWaitMs: 5000 });
    run(1, 2, 3, 4, 5, 6, 7);
    await host.advance(10);
    const flushed = watched(batcher.flush());
    await host.advance(89);
    assert.deepEqual([starts.length, flushed.state], [2, "pending"]);
    await host.advance(1);
    assert.deepEqual(starts.at(-1), [100, [7]]);
    assert.equal(flushed.state, "fulfilled");
  });

  it("R20 close waits for it, or rejects what is left when its time is over", async () => {
    for (const timeoutMs of [undefined, 60]) {
      const { host, starts, batcher, run } = limited();
      const calls = run(1, 2, 3, 4, 5, 6, 7);
      const closed = watched(batcher.close({ timeoutMs }));
      await host.advance(60);
      const isOver = timeoutMs !== undefined;
      assert.equal(closed.state, isOver ? "fulfilled" : "pending");
      assert.equal(calls[6]!.state, isOver ? "rejected" : "pending");
      await host.advance(1000);
      assert.equal(starts.length, isOver ? 2 : 3);
      assert.equal(closed.state, "fulfilled");
      assert.equal(host.timers, 0);
    }
  });

  it("R26 calls from inside a batch obey it and do not deadlock", async () => {
    const host = new VirtualHost();
    const starts: number[] = [];
    const countdown: Batcher<number, number> = new Batcher(
      async ([x]) => {
        starts.push(host.now());
        return [x! > 0 ? 1 + await countdown.run(x! - 1) : 0];
      },
      { size: 1, rateLimit: { batches: 1, perMs: 10 }, host },
    );
    const call = watched(countdown.run(3));
    await host.advance(1000);
    assert.equal(call.value, 3);
    assert.deepEqual(starts, [0, 10, 20, 30]);
  });

  it("R21 an idle batcher has no timer, though the span has not passed", async () => {
    const { host, run } = limited();
    run(1);
    await turns(3);
    assert.equal(host.timers, 0);
  });
});

describe("preferredSizes", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

  it("A batch is trimmed to one of them when more wait than fit, and the rest leaves next", async () => {
    const preferredSizes = [4, 16];
    const { host, starts, run } = limited({
      ...{ size: 64, concurrency: 1, rateLimit: undefined, preferredSizes },
    });
    // What has become of the array since counts for nothing.
    preferredSizes.length = 1;
    const calls = run(...numbers(22));
    await host.advance();
    assert.deepEqual(starts.map(([, items]) => items.length), [16, 4, 2]);
    assert.ok(calls.every(({ state }) => state === "fulfilled"));
  });

  it("Fewer than the smallest leave as they are, and so do those that nearly fill the next", async () => {
    for (const [waiting, left] of [[3, [3]], [13, [13]], [16, [16]]] as const) {
      const { host, starts, run } = limited({
        ...{ size: 64, rateLimit: undefined, preferredSizes: [4, 16] },
      });
      run(...numbers(waiting));
      await host.advance();
      assert.deepEqual(starts.map(([, items]) => items.length), left);
    }
  });

  it("R6 with weights a batch may be smaller than any of them", async () => {
    const { host, starts, run } = limited({
      ...{ size: 64, rateLimit: undefined, preferredSizes: [4, 8] },
      ...{ weigh: () => 2, maxWeight: 6 },
    });
    run(...numbers(7));
    await host.advance();
    assert.deepEqual(starts.map(([, items]) => items.length), [3, 3, 1]);
  });

  it("R17 whoever must leave for a deadline is not left behind where one slot is free", async () => {
    const own = { maxWaitMs: 1000 };
    for (const options of [own, { ...own, deadlineMs: 40 }]) {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, {
        ...{ preferredSizes: [2, 4], host },
        ...options,
      });
      const deadlineMs = options === own ? 40 : undefined;
      watched(batcher.run(1));
      watched(batcher.run(2));
      const last = watched(batcher.run(3, { deadlineMs }));
      await host.advance(20);
      assert.deepEqual(handler.items, [[1, 2, 3]]);
      handler.at(0).finish();
      await host.advance();
      assert.equal(last.value, 3);
    }
  });

  it("R17 not even for a deadline a batch is larger than the largest of them", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      ...{ preferredSizes: [2, 4], maxWaitMs: 1000, deadlineMs: 40, host },
    });
    for (let x = 0; x < 7; x++) watched(batcher.run(x));
    await host.advance(20);
    handler.at(0).finish();
    await host.advance(10);
    assert.deepEqual(handler.items, [[0, 1, 2, 3], [4, 5, 6]]);
  });
});
