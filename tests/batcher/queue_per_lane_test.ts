import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  QueueFullError,
  retryLater,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, type Watched, watched } from "./watched.ts";

/** Lanes by the first letter; the only slot is busy with a call of its own lane. */
async function busy(options: BatcherOptions<string>) {
  const host = new VirtualHost();
  const handler = heldHandler((x: string) => x);
  const lane = (x: string) => x[0];
  const batcher = new Batcher(handler, { host, lane, ...options });
  watched(batcher.run("zz"));
  await host.advance();
  return { host, handler, batcher };
}

/** What calls have come to, "full" for those that found no place. */
function fates(calls: readonly Watched<unknown>[]): unknown[] {
  return seenOf(calls).map((seen) =>
    seen instanceof QueueFullError ? "full" : seen
  );
}

const run = (batcher: Batcher<string, string>, words: string) =>
  words.split(" ").map((word) => watched(batcher.run(word)));

describe("R18: maxQueuePerLane", () => {
  it("A call that a hook makes in another lane, as it hears of a drop, takes nobody's place", async () => {
    const again: Watched<string>[] = [];
    const { host, batcher } = await busy({
      maxQueuePerLane: 1,
      overflow: "drop-oldest",
      hooks: { onLeave: () => again.push(watched(batcher.run("b1"))) },
    });
    const calls = run(batcher, "a1 a2");
    await host.advance();
    assert.deepEqual(fates([...calls, ...again]), [
      ...["full", "pending", "pending"],
    ]);
  });

  it("One lane that is full refuses its own calls, and no other's", async () => {
    const { host, handler, batcher } = await busy({ maxQueuePerLane: 2 });
    const calls = run(batcher, "a1 a2 a3 b1 b2 b3 c1");
    await host.advance();
    assert.deepEqual(fates(calls), [
      ...["pending", "pending", "full", "pending", "pending", "full"],
      "pending",
    ]);
    assert.equal(batcher.stats().refused, 2);
    for (let i = 0; i < 4; i++) {
      handler.at(i).finish();
      await host.advance();
    }
    assert.deepEqual(fates(calls), [
      ...["a1", "a2", "full", "b1", "b2", "full", "c1"],
    ]);
  });

  it("It holds for calls of one turn, before any of them has left", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: string) => x);
    const lane = (x: string) => x[0] === "-" ? undefined : x[0];
    const options = { host, lane, size: 1, maxQueuePerLane: 4 };
    const batcher = new Batcher(handler, options);
    const calls = run(batcher, "- a1 a2 a3 a4 a5 a6 a7");
    await host.advance();
    assert.deepEqual(fates(calls), [
      ...Array(6).fill("pending"),
      ...["full", "full"],
    ]);
  });

  it("Calls that name their lanes are counted by lane, too, with or without a signal", async () => {
    for (const extra of [{}, { signal: new AbortController().signal }]) {
      const host = new VirtualHost();
      const handler = heldHandler((x: string) => x);
      const batcher = new Batcher(handler, { host, maxQueuePerLane: 2 });
      watched(batcher.run("zz"));
      await host.advance();
      const calls = ["a", "b", undefined].flatMap((lane) =>
        [1, 2, 3].map((i) =>
          watched(batcher.run(`${lane}${i}`, { lane, ...extra }))
        )
      );
      await host.advance();
      assert.deepEqual(
        fates(calls),
        [1, 2, 3].flatMap(() => ["pending", "pending", "full"]),
      );
    }
  });

  it("Says which limit it was", async () => {
    const { batcher } = await busy({ maxQueuePerLane: 1, name: "embed" });
    run(batcher, "a1");
    await assert.rejects(batcher.run("a2"), (error: Error) => {
      assert.ok(error instanceof QueueFullError);
      assert.equal(
        error.message,
        'Cannot queue the call of "embed": the queue is full, "maxQueuePerLane" is 1',
      );
      return true;
    });
  });

  it("Free slots take `size` calls of a lane beyond it", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: string) => x);
    const batcher = new Batcher(handler, {
      ...{ host, lane: (x) => x[0], size: 2, concurrency: 2 },
      maxQueuePerLane: 1,
    });
    const calls = run(batcher, "a1 a2 a3 a4 a5 a6");
    await host.advance();
    assert.deepEqual(fates(calls), [...Array(5).fill("pending"), "full"]);
  });

  it("0 never queues behind busy slots", async () => {
    const { host, handler, batcher } = await busy({ maxQueuePerLane: 0 });
    const refused = run(batcher, "a1 b1");
    await host.advance();
    assert.deepEqual(fates(refused), ["full", "full"]);
    handler.at(0).finish();
    await host.advance();
    const [accepted] = run(batcher, "a1");
    await host.advance();
    assert.deepEqual(handler.items, [["zz"], ["a1"]]);
    assert.equal(accepted!.state, "pending");
  });

  it("R25 Whoever is away for another attempt holds a place in the lane", async () => {
    const { host, handler, batcher } = await busy({
      maxQueuePerLane: 1,
      retry: { attempts: 2, delayMs: 50 },
    });
    run(batcher, "a1");
    handler.at(0).finish();
    await host.advance();
    handler.at(1).answer(retryLater());
    await host.advance();
    run(batcher, "zz");
    await host.advance();
    const calls = run(batcher, "a2 b1");
    await host.advance();
    assert.deepEqual(fates(calls), ["full", "pending"]);
  });

  it("With drop-oldest the oldest of that lane makes room, not an older one of another", async () => {
    const { host, batcher } = await busy({
      maxQueuePerLane: 2,
      overflow: "drop-oldest",
    });
    const calls: Watched<string>[] = [];
    for (const word of ["b1", "a1", "a2", "a3", "a4"]) {
      calls.push(...run(batcher, word));
      await host.advance(1);
    }
    assert.deepEqual(fates(calls), [
      ...["pending", "full", "full", "pending", "pending"],
    ]);
  });

  it("With drop-lowest the lowest of that lane does, if it is lower", async () => {
    const { host, batcher } = await busy({
      maxQueuePerLane: 2,
      overflow: "drop-lowest",
    });
    const calls = [
      watched(batcher.run("b1", { priority: -9 })),
      watched(batcher.run("a1", { priority: 2 })),
      watched(batcher.run("a2", { priority: 1 })),
      watched(batcher.run("a3", { priority: 3 })),
      watched(batcher.run("a4", { priority: 2 })),
    ];
    await host.advance();
    assert.deepEqual(fates(calls), [
      ...["pending", "pending", "full", "pending", "full"],
    ]);
  });

  it("One call is dropped for one that comes, though more wait than may, as a batch was trimmed", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: string) => x);
    const batcher = new Batcher(handler, {
      ...{ host, size: 4, preferredSizes: [2, 4], maxWaitMs: 0 },
      ...{ maxQueuePerLane: 0, overflow: "drop-lowest" },
    });
    const calls = run(batcher, "a1 a2 a3");
    await host.advance();
    calls.push(watched(batcher.run("a4", { priority: 1 })));
    await host.advance();
    assert.deepEqual(fates(calls), ["pending", "pending", "full", "pending"]);
  });

  it("With both limits, one call is dropped for one that comes", async () => {
    const { host, batcher } = await busy({
      maxQueue: 3,
      maxQueuePerLane: 2,
      overflow: "drop-oldest",
    });
    const calls: Watched<string>[] = [];
    for (const word of ["b1", "a1", "a2", "a3"]) {
      calls.push(...run(batcher, word));
      await host.advance(1);
    }
    assert.deepEqual(fates(calls), ["pending", "full", "pending", "pending"]);
    assert.equal(batcher.stats().dropped, 1);
  });

  it("Nobody is dropped for a call that is refused", async () => {
    const { host, batcher } = await busy({
      maxQueue: 2,
      maxQueuePerLane: 1,
      overflow: "drop-lowest",
    });
    const calls = [
      watched(batcher.run("b1", { priority: -5 })),
      watched(batcher.run("a1", { priority: 5 })),
      watched(batcher.run("a2", { priority: 4 })),
    ];
    await host.advance();
    assert.deepEqual(fates(calls), ["pending", "pending", "full"]);
    assert.equal(batcher.stats().dropped, 0);
  });

  it("Without `lane` it is a limit on the queue", async () => {
    const { host, batcher } = await busy({
      maxQueuePerLane: 2,
      lane: undefined,
    });
    const calls = run(batcher, "a b c");
    await host.advance();
    assert.deepEqual(fates(calls), ["pending", "pending", "full"]);
  });

  it("full, ready() and runMany() do not know the lane of the next call, and go by maxQueue", async () => {
    const { host, batcher } = await busy({ maxQueuePerLane: 0 });
    assert.equal(batcher.full, false);
    const ready = watched(batcher.ready());
    const many = watched(batcher.runMany(["a1", "b1"], { settled: true }));
    await host.advance();
    assert.equal(ready.state, "fulfilled");
    assert.deepEqual(many.value?.map(({ status }) => status), [
      ...["rejected", "rejected"],
    ]);
    assert.equal(batcher.stats().refused, 2);
  });

  it("R16 who leaves makes room in its lane", async () => {
    const { host, batcher } = await busy({ maxQueuePerLane: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [watched(batcher.run("a1", { signal }))];
    controller.abort("stop");
    calls.push(...run(batcher, "a2 a3"));
    await host.advance();
    assert.deepEqual(fates(calls), ["stop", "pending", "full"]);
  });

  it("A place that a refused call had waited for goes to the next one who waits", async () => {
    const { host, handler, batcher } = await busy({
      maxQueue: 1,
      maxQueuePerLane: 0,
    });
    const waiters = [watched(batcher.ready()), watched(batcher.ready())];
    await host.advance();
    assert.deepEqual(seenOf(waiters), [undefined, "pending"]);
    const calls = run(batcher, "b1");
    await host.advance();
    assert.deepEqual(fates(calls), ["full"]);
    assert.deepEqual(seenOf(waiters), [undefined, undefined]);
    assert.equal(handler.batches.length, 1);
  });
});
