import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  natural,
  type Policy,
  QueueFullError,
  retryLater,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, type Watched, watched } from "./watched.ts";

/** A batcher whose only slot is busy with the call 0. */
async function busy(options: BatcherOptions<number>) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, { host, ...options });
  const first = watched(batcher.run(0));
  await host.advance();
  return { host, handler, batcher, first };
}

/** What calls have come to, "full" for those that the queue had no place for. */
function fates(calls: readonly Watched<unknown>[]): unknown[] {
  return seenOf(calls).map((seen) =>
    seen instanceof QueueFullError ? "full" : seen
  );
}

describe("R18: a queue that is full", () => {
  it("Refuses the calls of a handler whose batch takes the last slot, whatever handlers before it were let in", async () => {
    const host = new VirtualHost();
    const outside = AsyncLocalStorage.snapshot();
    const calls: Watched<string>[] = [];
    const batcher: Batcher<string, string> = new Batcher(async (items) => {
      const more = { a: "c", b: "d" }[items[0]!];
      if (more) calls.push(watched(outside(() => batcher.run(more))));
      return await Promise.resolve(items);
    }, { host, concurrency: 2, lane: (item) => item, maxQueue: 1, size: 4 });
    for (const item of ["a", "b"]) calls.push(watched(batcher.run(item)));
    await host.advance();
    assert.deepEqual(fates(calls), ["a", "b", "c", "full"]);
    assert.equal(batcher.stats().refused, 1);
  });

  it("Refuses calls that ask for nothing when calls that ask for something have taken the room", async () => {
    for (const demands of [{ priority: 1 }, { lane: "other" }]) {
      const { batcher } = await busy({ maxQueue: 3 });
      const calls = [undefined, demands, demands, undefined].map((call, x) =>
        watched(batcher.run(1 + x, call))
      );
      for (let i = 0; i < 5; i++) await undefined;
      assert.deepEqual(fates(calls).slice(-2), ["pending", "full"]);
      assert.equal(batcher.stats().waiting, 3);
    }
  });

  it("Refuses calls when one that ran is to wait again in their turn", async () => {
    const host = new VirtualHost();
    const answer: ((outcome: unknown) => void)[] = [];
    const outcomes = [0, 1, 2].map((index) =>
      new Promise<never>((resolve) => answer[index] = resolve as () => void)
    );
    const batcher: Batcher<number, number> = new Batcher(
      () => outcomes,
      { host, size: 3, maxQueue: 2, retry: { attempts: 2, delayMs: 9 } },
    );
    const calls = outcomes.map((_, x) => watched(batcher.run(x)));
    await host.advance();
    // Whoever hears of an outcome calls before the batch has ended.
    for (const outcome of outcomes) {
      outcome.then(() => calls.push(watched(batcher.run(3))));
    }
    answer[0]!(10);
    answer[1]!(retryLater());
    for (let i = 0; i < 9; i++) await undefined;
    assert.deepEqual(fates(calls), [
      ...[10, "pending", "pending"],
      ...["pending", "full"],
    ]);
    assert.equal(batcher.stats().waiting, 2);
  });

  it("Refuses the call that comes, at once, and serves the others", async () => {
    const { host, handler, batcher } = await busy({ maxQueue: 2 });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    for (let i = 0; i < 5; i++) await undefined;
    assert.deepEqual(fates(calls), ["pending", "pending", "full"]);
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1, 2]]);
    assert.deepEqual(fates(calls), [1, 2, "full"]);
  });

  it("R8 With reject no priority is high enough for another's place", async () => {
    const { host, batcher } = await busy({ maxQueue: 1, overflow: "reject" });
    const calls = [
      watched(batcher.run(1, { priority: -10 })),
      watched(batcher.run(2, { priority: 10 })),
    ];
    await host.advance();
    assert.deepEqual(fates(calls), ["pending", "full"]);
  });

  it("With drop-oldest drops the one that has waited longest", async () => {
    const { host, handler, batcher } = await busy({
      maxQueue: 2,
      overflow: "drop-oldest",
    });
    const calls = [1, 2, 3, 4].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(fates(calls), ["full", "full", "pending", "pending"]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [3, 4]]);
  });

  it("With drop-oldest never drops what runs: where none waits the new call is refused", async () => {
    const { host, batcher, first } = await busy({
      maxQueue: 0,
      overflow: "drop-oldest",
    });
    const call = watched(batcher.run(1));
    await host.advance();
    assert.deepEqual(fates([first, call]), ["pending", "full"]);
  });

  it("With drop-oldest drops the oldest of all lanes", async () => {
    const { host, batcher } = await busy({
      maxQueue: 2,
      overflow: "drop-oldest",
      lane: (x) => x % 2,
    });
    const calls: Watched<number>[] = [];
    for (const x of [1, 2, 3]) {
      await host.advance(1);
      calls.push(watched(batcher.run(x)));
    }
    await host.advance();
    assert.deepEqual(fates(calls), ["full", "pending", "pending"]);
  });

  it("A dropped call may have had a signal and a deadline", async () => {
    const { host, batcher } = await busy({
      maxQueue: 1,
      overflow: "drop-oldest",
    });
    const { signal } = new AbortController();
    const dropped = watched(batcher.run(1, { signal, deadlineMs: 10 }));
    watched(batcher.run(2));
    await host.advance(20);
    assert.deepEqual(fates([dropped]), ["full"]);
    assert.deepEqual([host.timers, batcher.stats().expired], [0, 0]);
  });

  for (
    const [limit, options] of [
      ["maxQueue", { maxQueue: 2 }],
      ["maxQueuePerLane", { maxQueuePerLane: 2, lane: () => "a" }],
    ] as const
  ) {
    it(`Whoever calls as onLeave hears of a drop may take the place, but no more than ${limit} wait`, async () => {
      const again: Watched<number>[] = [];
      const { host, batcher } = await busy({
        ...options,
        overflow: "drop-oldest",
        hooks: { onLeave: () => again.push(watched(batcher.run(9))) },
      });
      const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(fates([...calls, ...again]), [
        "full",
        "pending",
        "full",
        "pending",
      ]);
      const { waiting, refused, dropped } = batcher.stats();
      assert.deepEqual([waiting, refused, dropped], [2, 1, 1]);
    });
  }

  it("maxQueue counts behind busy slots: free slots have room for size each", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 3, concurrency: 2, maxQueue: 1, host };
    const batcher = new Batcher(handler, options);
    const calls = Array.from({ length: 9 }, (_, x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(fates(calls), [
      ...Array(7).fill("pending"),
      "full",
      "full",
    ]);
    assert.deepEqual(handler.items, [[0, 1, 2], [3, 4, 5]]);
  });

  it("maxQueue 0 never queues behind busy slots, and takes what a free one can hold", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 2, maxQueue: 0, host });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    calls.push(watched(batcher.run(4)));
    await host.advance();
    assert.deepEqual(fates(calls), ["pending", "pending", "full", "full"]);
    handler.at(0).finish();
    await host.advance();
    calls.push(watched(batcher.run(5)));
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2], [5]]);
  });

  it("maxQueue may be smaller than size", async () => {
    const { host, handler, batcher } = await busy({ size: 8, maxQueue: 2 });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1, 2]]);
    assert.deepEqual(fates(calls), ["pending", "pending", "full"]);
  });

  it("maxQueue holds with size Infinity, and with concurrency Infinity it never fills", async () => {
    const { batcher } = await busy({ size: Infinity, maxQueue: 2 });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await undefined;
    assert.deepEqual(fates(calls), ["pending", "pending", "full"]);
    const wide = await busy({ concurrency: Infinity, maxQueue: 0 });
    const many = [1, 2, 3].map((x) => watched(wide.batcher.run(x)));
    await wide.host.advance();
    assert.deepEqual(fates(many), Array(3).fill("pending"));
  });

  it("Calls of lanes and plain ones share the queue's places", async () => {
    const { host, batcher } = await busy({ maxQueue: 2, lane: (x) => x });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(fates(calls), ["pending", "pending", "full"]);
  });

  it("R7 A call that is refused makes no lane", async () => {
    let lanes = 0;
    const policy: Policy = {
      forLane: (limits) => (lanes++, natural().forLane(limits)),
    };
    const { host, batcher } = await busy({
      policy,
      maxQueue: 0,
      lane: (x) => x || undefined,
    });
    const before = lanes;
    for (let i = 0; i < 5; i++) watched(batcher.run(7));
    await host.advance();
    assert.equal(batcher.stats().refused, 5);
    assert.equal(lanes, before);
  });

  it("full says it before any work is done", async () => {
    const { host, handler, batcher } = await busy({ maxQueue: 1 });
    assert.equal(batcher.full, false);
    const call = watched(batcher.run(1));
    assert.equal(batcher.full, true);
    handler.at(0).finish();
    await host.advance();
    assert.equal(batcher.full, false);
    handler.at(1).finish();
    await host.advance();
    assert.equal(call.value, 1);
  });

  it("An unbounded queue is never full", async () => {
    const { batcher } = await busy({});
    for (let x = 0; x < 10_000; x++) watched(batcher.run(x));
    assert.equal(batcher.full, false);
  });

  it("Refused and dropped calls are counted", async () => {
    const reject = await busy({ maxQueue: 1 });
    const drop = await busy({ maxQueue: 1, overflow: "drop-oldest" });
    for (const { batcher } of [reject, drop]) {
      for (const x of [1, 2, 3]) watched(batcher.run(x));
    }
    const of = ({ batcher }: typeof reject) => {
      const { calls, refused, dropped } = batcher.stats();
      return { calls, refused, dropped };
    };
    assert.deepEqual(of(reject), { calls: 2, refused: 2, dropped: 0 });
    assert.deepEqual(of(drop), { calls: 4, refused: 0, dropped: 2 });
  });

  it("Who is turned away without a call is counted with them", async () => {
    const { batcher } = await busy({ maxQueue: 1 });
    const { calls, refused } = batcher.stats();
    batcher.turnAway();
    assert.equal(batcher.stats().refused, refused + 1);
    assert.equal(batcher.stats().calls, calls);
  });

  it("A place that ready() keeps is no place for the calls of the same turn", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 4, maxQueue: 0, host });
    const calls = [watched(batcher.run(0))];
    for (const x of [11, 12, 13]) {
      calls.push(watched(batcher.ready().then(() => batcher.run(x))));
    }
    for (const x of [1, 2, 3]) calls.push(watched(batcher.run(x)));
    await host.advance();
    assert.equal(handler.items.flat().length + batcher.stats().waiting, 4);
    assert.equal(batcher.pending, 4);
  });
});

describe("R18: retryAfterMs", () => {
  it("Grows with the batches that wait and the measured time of one", async () => {
    const { host, handler, batcher } = await busy({ size: 2, maxQueue: 6 });
    await host.advance(40);
    handler.at(0).finish();
    await host.advance();
    for (let x = 1; x <= 2 + 6; x++) watched(batcher.run(x));
    await host.advance();
    assert.equal(batcher.retryAfterMs, 160);
    const call = watched(batcher.run(9));
    await host.advance();
    const { retryAfterMs } = call.error as QueueFullError;
    assert.equal(retryAfterMs, 160);
  });

  it("Is the time of one batch at least, however many calls that takes", async () => {
    const { host, handler, batcher } = await busy({ size: Infinity });
    await host.advance(40);
    handler.at(0).finish();
    await host.advance();
    watched(batcher.run(1));
    await host.advance();
    assert.equal(batcher.retryAfterMs, 40);
  });

  it("Counts batches that run beside each other once", async () => {
    const { host, handler, batcher } = await busy({ size: 1, concurrency: 2 });
    await host.advance(40);
    handler.at(0).finish();
    await host.advance();
    for (let x = 1; x <= 2 + 4; x++) watched(batcher.run(x));
    await host.advance();
    assert.equal(batcher.retryAfterMs, 3 * 40);
  });

  it("Goes by how long the oldest batch has run where none has ended", async () => {
    const { host, batcher } = await busy({ size: 1, maxQueue: 1 });
    await host.advance(30);
    watched(batcher.run(1));
    await host.advance();
    assert.equal(batcher.retryAfterMs, 2 * 30);
  });

  it("Is a whole number of ms, never too small, also behind a rate limit", async () => {
    const { host, batcher } = await busy({
      maxQueue: 0,
      rateLimit: { batches: 1, perMs: 10.2 },
    });
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal((call.error as QueueFullError).retryAfterMs, 11);
  });

  it("Is a whole number of ms >= 1 when nothing was measured", async () => {
    const { host, batcher } = await busy({ maxQueue: 0 });
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal((call.error as QueueFullError).retryAfterMs, 1);
  });

  it("The message names the batcher and the limit, and no item", async () => {
    const { host, batcher } = await busy({ maxQueue: 1, name: "embed" });
    const calls = [7777, 8888].map((x) => watched(batcher.run(x)));
    await host.advance();
    const { message } = calls[1]!.error as Error;
    assert.match(message, /"embed".*"maxQueue" is 1/);
    assert.doesNotMatch(message, /8888/);
  });
});
