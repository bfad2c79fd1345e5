import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, ClosedError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { ListenedSignal } from "./listened_signal.ts";
import { Source } from "./source.ts";
import { seenOf, turns, watched } from "./watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    await undefined;
    yield item;
  }
}

describe("R28: runMany() and room", () => {
  for (const kind of ["items", "slowItems"] as const) {
    it(`Feeds ${kind} as room permits`, async () => {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, { size: 2, maxQueue: 3, host });
      const source = new Source(12);
      const many = watched(batcher.runMany(source[kind]()));
      await host.advance();
      await turns(3);
      // 2 run, 3 wait, and one that was taken waits for room.
      assert.ok(source.taken <= 2 + 3 + 1 + 2, `${source.taken} are taken`);
      assert.ok(batcher.pending <= 5, `${batcher.pending} are pending`);
      for (let batch = 0; many.state === "pending"; batch++) {
        handler.at(batch).finish();
        await host.advance();
        await turns(2);
        assert.ok(batcher.pending <= 5, `${batcher.pending} are pending`);
      }
      assert.deepEqual(many.value, Array.from(Array(12).keys()));
      assert.equal(batcher.stats().refused, 0);
    });
  }

  for (const reactions of [1, 2, 3, 4]) {
    it(`A stranger who calls ${reactions} reactions after an answer does not take its place`, async () => {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
      const stranger = batcher.run(0).then(async () => {
        for (let i = 1; i < reactions; i++) await undefined;
        return batcher.run(9);
      });
      await host.advance();
      const many = watched(batcher.runMany([1, 2]));
      watched(stranger);
      for (let batch = 0; many.state === "pending"; batch++) {
        handler.at(batch).finish();
        await host.advance();
      }
      assert.deepEqual(many.value, [1, 2]);
    });
  }

  it("An abort rejects it with the signal's reason, and no more items are taken", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const source = new Source(1000);
    const controller = new AbortController();
    const { signal } = controller;
    const many = watched(batcher.runMany(source.items(), { signal }));
    await host.advance();
    controller.abort("gone");
    await host.advance();
    assert.equal(many.error, "gone");
    assert.ok(source.taken <= 3);
    assert.equal(source.isEnded, true);
    assert.equal(batcher.pending, 0);
  });

  it("With settled an abort rejects every call that is left", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const controller = new AbortController();
    const { signal } = controller;
    const many = watched(
      batcher.runMany([1, 2, 3], { signal, settled: true }),
    );
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    controller.abort("gone");
    await host.advance();
    assert.deepEqual(many.value, [
      { status: "fulfilled", value: 1 },
      { status: "rejected", reason: "gone" },
      { status: "rejected", reason: "gone" },
    ]);
  });

  it("close() rejects what it could not feed", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const source = new Source(10);
    const many = watched(batcher.runMany(source.items()));
    await host.advance();
    const closed = watched(batcher.close());
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.ok(many.error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual(handler.items, [[0]]);
  });

  it("R21 One that has failed as it waits for room leaves no timer behind", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const many = watched(batcher.runMany([1, 2]));
    const ready = watched(batcher.ready());
    await host.advance();
    handler.at(0).fail(new Error("down"));
    await host.advance();
    assert.deepEqual([many.state, ready.state], ["rejected", "fulfilled"]);
    assert.equal(host.timers, 0);
  });

  it("Two at once take turns, and both end", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(double, { size: 2, maxQueue: 1, host });
    const both = [
      watched(batcher.runMany(new Source(20).items())),
      watched(batcher.runMany(new Source(20).items())),
    ];
    for (let i = 0; i < 30; i++) await host.advance();
    const wanted = double(Array.from(Array(20).keys()));
    assert.deepEqual(seenOf(both), [wanted, wanted]);
    assert.equal(batcher.stats().refused, 0);
  });

  it("R28 one that need not wait takes no place that is kept for one that does", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: string) => x);
    const batcher = new Batcher(handler, { size: 4, maxQueue: 3, host });
    const slow = watched(batcher.runMany(slowly(["a1", "a2"])));
    const fast = ["b", "c"].map((x) =>
      watched(batcher.runMany([1, 2, 3, 4, 5, 6].map((i) => x + i)))
    );
    await host.advance();
    for (let batch = 0; batch < handler.batches.length; batch++) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.equal(batcher.stats().refused, 0);
    assert.deepEqual(slow.value, ["a1", "a2"]);
    assert.ok(fast.every(({ state }) => state === "fulfilled"));
  });

  it("R28 one that need not wait leaves a place kept that ready() has promised", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 2, host });
    batcher.run(0);
    await host.advance();
    await batcher.ready();
    const many = watched(batcher.runMany([1]));
    await host.advance();
    // One of the two places is taken, the other one is promised.
    assert.deepEqual([batcher.stats().waiting, batcher.full], [1, true]);
    const call = watched(batcher.run(2));
    for (const batch of [0, 1, 2]) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual(seenOf([call, many]), [2, [1]]);
  });

  it("R20 one that begins when all is closed waits for no room, though there is none", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    batcher.run(0);
    await host.advance();
    watched(batcher.close());
    const many = watched(batcher.runMany([1, 2]));
    await host.advance();
    assert.ok(many.error instanceof ClosedError);
    assert.deepEqual([batcher.pending, batcher.stats().refused], [1, 1]);
  });

  it("After an error no place is kept for it", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const many = watched(batcher.runMany([1, 2, 3]));
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    assert.equal(many.error, "broken");
    assert.equal(batcher.full, false);
    const room = watched(batcher.ready());
    await host.advance();
    assert.equal(room.state, "fulfilled");
  });

  it("R28 after an error the place that was kept for it goes to the next who waits, at once", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const many = watched(batcher.runMany([1, 2, 3]));
    await host.advance();
    const room = watched(batcher.ready());
    handler.at(0).fail("broken");
    await host.advance();
    assert.deepEqual(seenOf([many, room]), ["broken", undefined]);
  });

  it("R28 after an error its source is let go at once, though there is no room", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 1, concurrency: 2, maxQueue: 0, host };
    const batcher = new Batcher(handler, options);
    const source = new Source(10);
    const many = watched(batcher.runMany(source.items()));
    await host.advance();
    batcher.configure({ concurrency: 1 });
    handler.at(0).fail("broken");
    await host.advance();
    assert.equal(many.error, "broken");
    assert.equal(source.isEnded, true);
  });

  it("Takes no place that is kept for somebody else", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    batcher.run(0);
    await host.advance();
    const room = watched(batcher.ready());
    handler.at(0).finish();
    await host.advance();
    assert.equal(room.state, "fulfilled");
    const many = watched(batcher.runMany([1, 2]));
    const call = watched(batcher.run(3));
    for (let batch = 1; batch < 4; batch++) {
      await host.advance();
      handler.at(batch).finish();
    }
    await host.advance();
    assert.deepEqual(seenOf([call, many]), [3, [1, 2]]);
    assert.deepEqual(handler.items, [[0], [3], [1], [2]]);
  });

  it("An abort rejects it at once, though the source is silent", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(double, { host });
    const controller = new AbortController();
    const { signal } = controller;
    const silent = async function* () {
      yield 1;
      await new Promise(() => {});
    };
    const many = watched(batcher.runMany(silent(), { signal }));
    await host.advance();
    assert.equal(many.state, "pending");
    controller.abort("gone");
    await host.advance();
    assert.equal(many.error, "gone");
  });

  it("R26: inside a batch it does not wait for the slot of that batch", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      if (xs[0] === 1) await batcher.runMany([2, 3]);
      return xs;
    }, { size: 1, maxQueue: 0, host });
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal(call.value, 1);
  });

  it("A signal that has aborted already rejects it at once, though the source is silent", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(double, { host });
    const silent = async function* () {
      await new Promise(() => {});
      yield 1;
    };
    const signal = AbortSignal.abort("before");
    const many = watched(batcher.runMany(silent(), { signal }));
    await host.advance();
    assert.equal(many.error, "before");
  });

  it("A signal that aborts as it is listened to rejects it at once, though the source is silent", async () => {
    const batcher = new Batcher(double);
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener = () => controller.abort("gone");
    const silent = new ReadableStream<number>();
    const many = watched(batcher.runMany(silent, { signal }));
    await turns(1);
    assert.equal(many.error, "gone");
  });

  it("R16: its signal has one listener, and none when it has ended", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 1, host });
    const shared = new ListenedSignal();
    const { signal } = shared;
    const many = watched(batcher.runMany([1, 2, 3, 4], { signal }));
    await host.advance();
    assert.equal(shared.listeners, 1);
    shared.abort("gone");
    await host.advance();
    assert.equal(many.error, "gone");
    assert.equal(shared.listeners, 0);
  });
});
