import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, ClosedError, QueueFullError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { ListenedSignal } from "./listened_signal.ts";
import { seenOf, turns, type Watched, watched } from "./watched.ts";

/** A batcher for one call at a time, and none that waits; busy with 0. */
async function busy() {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
  batcher.run(0);
  await host.advance();
  return { host, handler, batcher };
}

describe("R18: ready()", () => {
  it("Resolves at once where there is room, or no limit", async () => {
    const limited = new Batcher((xs: number[]) => xs, { maxQueue: 0 });
    const unlimited = new Batcher((xs: number[]) => xs);
    const seen = [watched(limited.ready()), watched(unlimited.ready())];
    for (let i = 0; i < 3; i++) await undefined;
    assert.deepEqual(seenOf(seen), [undefined, undefined]);
    assert.equal(await limited.run(1), 1);
  });

  it("R18 where there is room the place is kept from the start, and full says so in the same turn", async () => {
    const { host, handler, batcher } = await busy();
    handler.at(0).finish();
    await host.advance();
    const room = watched(batcher.ready());
    assert.equal(batcher.full, true);
    await host.advance();
    assert.equal(room.state, "fulfilled");
  });

  it("Waits while the queue is full, and resolves when a place is free", async () => {
    const { host, handler, batcher } = await busy();
    const room = watched(batcher.ready());
    await host.advance(1000);
    assert.equal(room.state, "pending");
    handler.at(0).finish();
    await host.advance();
    assert.equal(room.state, "fulfilled");
    assert.deepEqual(handler.items, [[0]]);
  });

  it("Serves its waiters in order, one for each place", async () => {
    const { host, handler, batcher } = await busy();
    const order: number[] = [];
    for (const x of [1, 2, 3]) {
      batcher.ready().then(() => {
        order.push(x);
        return batcher.run(x);
      });
    }
    for (let batch = 0; batch < 4; batch++) {
      handler.at(batch).finish();
      await host.advance();
      assert.deepEqual(order, [1, 2, 3].slice(0, batch + 1));
    }
    assert.deepEqual(handler.items, [[0], [1], [2], [3]]);
  });

  it("A place whose caller needs none goes to the next in line, and to nobody else of that turn", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const queue = { size: 1, maxQueue: 0, concurrency: 2 };
    const dedupe = (x: number) => x;
    const batcher = new Batcher(handler, { ...queue, dedupe, host });
    const first = [0, 1].map((x) => watched(batcher.run(x)));
    await host.advance();
    const rooms = [1, 2].map(() => watched(batcher.ready()));
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(rooms.map(({ state }) => state), ["fulfilled", "pending"]);
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.ok(calls[1]!.error instanceof QueueFullError);
    assert.equal(rooms[1]!.state, "fulfilled");
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf([...first, calls[0]!]), [0, 1, 1]);
  });

  it("Lets as many waiters come as there are places", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 3, maxQueue: 0, host });
    for (const x of [0, 0, 0]) batcher.run(x);
    await host.advance();
    const calls = [1, 2, 3, 4, 5].map((x) =>
      watched(batcher.ready().then(() => batcher.run(x)))
    );
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0, 0, 0], [1, 2, 3]]);
    handler.at(1).finish();
    await host.advance();
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2, 3, 4, 5]);
  });

  it("A place that is kept makes the queue full for others, until its waiter has called", async () => {
    const { host, handler, batcher } = await busy();
    const room = watched(batcher.ready());
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual([room.state, batcher.full], ["fulfilled", true]);
    const other = watched(batcher.ready());
    await host.advance();
    assert.equal(other.state, "pending");
    const call = watched(batcher.run(1));
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf([call, other]), [1, undefined]);
  });

  it("A place that was given stays given, though there are fewer now", async () => {
    const { host, handler, batcher } = await busy();
    batcher.configure({ concurrency: 2 });
    const room = watched(batcher.ready());
    await host.advance();
    assert.equal(room.state, "fulfilled");
    batcher.configure({ concurrency: 1 });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(calls.map(({ state }) => state), ["pending", "rejected"]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1]]);
  });

  it("A waiter with a signal that aborts leaves the line", async () => {
    const { host, handler, batcher } = await busy();
    const listened = new ListenedSignal();
    const rooms: Watched<void>[] = [
      watched(batcher.ready({ signal: listened.signal })),
      watched(batcher.ready()),
    ];
    listened.abort("gone");
    await host.advance();
    assert.deepEqual(seenOf(rooms), ["gone", "pending"]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(seenOf(rooms), ["gone", undefined]);
    assert.equal(listened.listeners, 0);
  });

  it("R21: a waiter that leaves the line takes the timer along that was to give him a place", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((xs: number[]) => xs, {
      maxQueue: 0,
      size: 1,
      host,
    });
    const signal = new ListenedSignal();
    await batcher.ready();
    const waiter = watched(batcher.ready({ signal: signal.signal }));
    await host.advance();
    assert.equal(host.timers, 1);
    signal.abort("enough");
    await host.advance();
    assert.deepEqual([waiter.error, host.timers], ["enough", 0]);
  });

  it("A signal that has aborted already rejects at once and takes no place", async () => {
    const { host, handler, batcher } = await busy();
    const signal = AbortSignal.abort("before");
    const seen = watched(batcher.ready({ signal }));
    await host.advance();
    assert.equal(seen.error, "before");
    handler.at(0).finish();
    await host.advance();
    assert.equal(batcher.full, false);
  });

  it("close() rejects all who wait, and all who come later", async () => {
    const { host, batcher } = await busy();
    const waiting = [1, 2].map(() => watched(batcher.ready()));
    batcher.close();
    const later = watched(batcher.ready());
    await host.advance();
    for (const { error } of [...waiting, later]) {
      assert.ok(error instanceof ClosedError);
    }
  });

  it("A signal that aborts as it is listened to rejects as well, and leaves the line", async () => {
    const { host, handler, batcher } = await busy();
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener = () => controller.abort("gone");
    const waits = [batcher.ready({ signal }), batcher.ready()];
    const seen = waits.map((room) => watched(room));
    await turns(1);
    assert.deepEqual(seenOf(seen), ["gone", "pending"]);
    handler.at(0).finish();
    await host.advance();
    assert.equal(seen[1]!.state, "fulfilled");
  });

  it("A call that is aborted in the queue makes room", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 1, host });
    const controller = new AbortController();
    batcher.run(0);
    await host.advance();
    watched(batcher.run(1, { signal: controller.signal }));
    const room = watched(batcher.ready());
    await host.advance();
    assert.equal(room.state, "pending");
    controller.abort();
    await host.advance();
    assert.equal(room.state, "fulfilled");
  });

  it("Unknown options and wrong signals reject", async () => {
    const batcher = new Batcher((xs: number[]) => xs);
    const wrong: [unknown, RegExp][] = [
      [{ timeout: 1 }, /unknown option "timeout".*signal/],
      [{ signal: "stop" }, /"signal" must be an AbortSignal, got "stop"/],
      [5, /"options" must be an object, got 5/],
    ];
    for (const [options, message] of wrong) {
      await assert.rejects(batcher.ready(options as object), {
        name: "TypeError",
        message,
      });
    }
  });

  it("A caller in a closed loop does not starve those who wait for room", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const loop = async () => {
      for (;;) {
        try {
          await batcher.run(7);
        } catch {
          await turns(1);
        }
      }
    };
    const looping = watched(loop());
    await host.advance();
    const room = watched(batcher.ready());
    for (let batch = 0; batch < 5; batch++) {
      handler.batches.at(-1)!.finish();
      await host.advance();
    }
    assert.equal(room.state, "fulfilled");
    assert.equal(looping.state, "pending");
  });

  it("A caller who was just answered is not served before those who wait", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const again = watched(batcher.run(0).then(() => batcher.run(1)));
    await host.advance();
    const waiter = watched(batcher.ready().then(() => batcher.run(2)));
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [2]]);
    assert.equal((again.error as Error | undefined)?.name, "QueueFullError");
    handler.at(1).finish();
    await host.advance();
    assert.equal(waiter.value, 2);
  });

  it("R18 nor is one who goes on some microtasks later, whichever they are", async () => {
    for (let later = 0; later < 10; later++) {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
      const again = async () => {
        await batcher.run(0);
        for (let i = 0; i < later; i++) await undefined;
        return await batcher.run(1);
      };
      const refused = watched(again());
      await host.advance();
      const waiter = watched(batcher.ready().then(() => batcher.run(2)));
      handler.at(0).finish();
      await host.advance();
      assert.deepEqual(handler.items, [[0], [2]], `${later} later`);
      handler.at(1).finish();
      await host.advance();
      assert.equal(waiter.value, 2);
      assert.equal((refused.error as Error).name, "QueueFullError");
    }
  });

  it("A place that its waiter never uses is not lost for ever", async () => {
    const { host, handler, batcher } = await busy();
    watched(batcher.ready());
    handler.at(0).finish();
    await host.advance(60_000);
    assert.equal(batcher.pending, 0);
    const room = watched(batcher.ready());
    await host.advance(60_000);
    assert.equal(room.state, "fulfilled");
  });

  it("R26: inside a batch it does not wait for the slot of that batch", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      if (xs[0] === 1) {
        await batcher.ready();
        await batcher.run(2);
      }
      return xs;
    }, { size: 1, maxQueue: 0, host });
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal(call.value, 1);
  });

  it("A place that its waiter never uses does not make the queue full for ever", async () => {
    const { host, handler, batcher } = await busy();
    watched(batcher.ready());
    handler.at(0).finish();
    await host.advance();
    assert.equal(batcher.full, true);
    await host.advance(60_000);
    assert.equal(batcher.full, false);
  });
});
