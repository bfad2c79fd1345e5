import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  DeadlineError,
  retryLater,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { turns, watched } from "./watched.ts";

/** A batcher whose only slot is busy until it is told otherwise; all calls have 100 ms. */
async function busy(options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, { host, deadlineMs: 100, ...options });
  watched(batcher.run(0));
  await host.advance();
  const late: [item: number, time: number][] = [];
  const run = (item: number, call?: Parameters<typeof batcher.run>[1]) => {
    batcher.run(item, call).catch((error) => {
      assert.ok(error instanceof DeadlineError, String(error));
      late.push([item, host.now()]);
    });
  };
  return { host, handler, batcher, late, run };
}

describe("R17: a deadline that all calls have in common", () => {
  it("Each call hears on its own time, waiting behind a busy slot", async () => {
    const { host, batcher, late, run } = await busy();
    for (const item of [1, 2, 3]) {
      await host.advance(10);
      run(item);
    }
    const call = watched(batcher.run(4));
    await host.advance(1000);
    assert.deepEqual(late, [[1, 110], [2, 120], [3, 130]]);
    assert.equal((call.error as DeadlineError).deadlineMs, 100);
    assert.equal(host.timers, 0);
  });

  it("In every lane and priority, and those that came plainly", async () => {
    const { host, late, run } = await busy({ lane: (x) => x % 2 });
    await host.advance(1);
    run(1);
    run(2);
    await host.advance(1);
    run(3, { priority: 5 });
    run(4, { priority: -5 });
    await host.advance(1000);
    assert.deepEqual(late.toSorted(([a], [b]) => a - b), [
      ...[[1, 101], [2, 101], [3, 102], [4, 102]],
    ]);
  });

  it("The first after one that has left early hears too", async () => {
    const { host, late, run } = await busy();
    const controller = new AbortController();
    await host.advance(5);
    const { signal } = controller;
    const first = watched(
      // Leaves an empty lane behind that had an alarm.
      (await Promise.resolve(), run(1, { signal }), Promise.resolve()),
    );
    controller.abort(new DeadlineError("aborted", { deadlineMs: 0 }));
    await host.advance(5);
    run(2);
    await host.advance(1000);
    assert.equal(first.state, "fulfilled");
    assert.deepEqual(late, [[1, 5], [2, 110]]);
  });

  it("A call with a deadline of its own obeys that one, longer or shorter", async () => {
    const { host, late, run } = await busy();
    run(1, { deadlineMs: 40 });
    run(2, { deadlineMs: 400 });
    run(3);
    run(4, { deadlineMs: Infinity });
    await host.advance(10_000);
    assert.deepEqual(late, [[1, 40], [3, 100], [2, 400]]);
  });

  it("A longer one of its own does not pull the batch forward by the common one", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      ...{ maxWaitMs: 1000, deadlineMs: 100, host },
    });
    watched(batcher.run(1, { deadlineMs: Infinity }));
    await host.advance(999);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.equal(handler.at(0).batch.reason, "window");
  });

  it("In flight each call hears on its time, and the answer reaches the others", async () => {
    const { host, handler, late, run } = await busy({ maxWaitMs: 0 });
    handler.at(0).finish();
    await host.advance(10);
    run(1);
    await host.advance();
    handler.at(1).finish();
    run(2);
    await host.advance(20);
    run(3);
    await host.advance(60);
    assert.deepEqual(handler.items.slice(1), [[1], [2]]);
    await host.advance(20);
    assert.deepEqual(late, [[2, 110]]);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [3]);
    await host.advance(19);
    assert.deepEqual(late, [[2, 110]]);
    await host.advance(1);
    assert.deepEqual(late, [[2, 110], [3, 130]]);
  });

  it("R23 calls have no records of their own: the events of 1000 calls are those of batches", async () => {
    const { host, handler, batcher, late, run } = await busy();
    for (let item = 1; item <= 1000; item++) run(item);
    handler.at(0).finish();
    await host.advance();
    for (let batch = 1; batch < handler.batches.length; batch++) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual(late, []);
    assert.deepEqual([batcher.pending, host.timers], [0, 0]);
    assert.equal(batcher.stats().results, 1001);
  });

  it("R17 it counts from the call, though an outcome has asked for another try just before", async () => {
    for (let ticks = 0; ticks < 8; ticks++) {
      const host = new VirtualHost();
      let ask!: () => void;
      const outcome = new Promise<ReturnType<typeof retryLater>>((resolve) => {
        ask = () => resolve(retryLater());
      });
      const never = new Promise<number>(() => {});
      const batcher = new Batcher(
        (xs: number[]) => xs.map((x) => x === 0 ? outcome : never),
        { maxWaitMs: 0, deadlineMs: 100, host },
      );
      for (const x of [0, 1]) watched(batcher.run(x));
      await host.advance(60);
      ask();
      for (let tick = 0; tick < ticks; tick++) await undefined;
      const call = watched(batcher.run(2));
      await host.advance(99);
      assert.equal(call.state, "pending");
      await host.advance(1);
      assert.ok(call.error instanceof DeadlineError);
    }
  });

  it("R17 it counts from the call, though a fake clock rings our timer just before", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const settings = { maxWaitMs: 0, deadlineMs: 100, host };
    const batcher = new Batcher(handler, settings);
    watched(batcher.run(0));
    await turns(3);
    let call = watched(new Promise<number>(() => {}));
    host.timer(() => call = watched(batcher.run(1)), 100);
    await host.moveTo(100);
    await host.moveTo(199);
    assert.equal(call.state, "pending");
    await host.moveTo(200);
    assert.ok(call.error instanceof DeadlineError);
  });
});
