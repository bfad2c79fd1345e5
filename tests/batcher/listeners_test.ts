import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchContext,
  Batcher,
  type BatcherOptions,
  natural,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { ListenedSignal } from "./listened_signal.ts";
import { seenOf, watched } from "./watched.ts";

describe("R16: listeners", () => {
  it("A signal that many calls share has one listener, which aborts them all", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 4, host });
    const shared = new ListenedSignal();
    const { signal } = shared;
    const calls = Array.from(
      { length: 100 },
      (_, x) => watched(batcher.run(x, { signal })),
    );
    await host.advance();
    assert.equal(shared.listeners, 1);
    shared.abort("all");
    await host.advance();
    assert.deepEqual(seenOf(calls), Array(100).fill("all"));
    assert.deepEqual([shared.listeners, shared.added], [0, 1]);
  });

  it("The listener goes with the last call, not with the first", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, host });
    const shared = new ListenedSignal();
    const { signal } = shared;
    for (const x of [1, 2]) batcher.run(x, { signal });
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.equal(shared.listeners, 1);
    handler.at(1).finish();
    await host.advance();
    assert.equal(shared.listeners, 0);
  });

  it("Two signals have a listener each, whoever calls with them", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batchers = [1, 2].map(() => new Batcher(handler, { host }));
    const signals = [new ListenedSignal(), new ListenedSignal()];
    for (const batcher of batchers) {
      for (const { signal } of signals) {
        for (const x of [1, 2]) batcher.run(x, { signal });
      }
    }
    assert.deepEqual(signals.map(({ listeners }) => listeners), [1, 1]);
    await host.advance();
    for (const batch of handler.batches) batch.finish();
    await host.advance();
    assert.deepEqual(signals.map(({ listeners }) => listeners), [0, 0]);
  });

  const ends: [
    string,
    (test: {
      host: VirtualHost;
      handler: ReturnType<typeof heldHandler<number, number>>;
      batcher: Batcher<number, number>;
      shared: ListenedSignal;
    }) => unknown,
  ][] = [
    ["was answered", ({ handler }) => handler.at(0).finish()],
    ["was rejected", ({ handler }) => handler.at(0).fail("broken")],
    ["got a wrong answer", ({ handler }) => handler.at(0).answer([])],
    ["was aborted", ({ shared }) => shared.abort("gone")],
    ["ran out of time", ({ host }) => host.advance(500)],
    ["was closed on", ({ batcher }) => batcher.close({ timeoutMs: 0 })],
  ];
  for (const [what, end] of ends) {
    it(`No listener is left of a call that ${what}`, async () => {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, { host });
      const shared = new ListenedSignal();
      const call = { signal: shared.signal, deadlineMs: 500 };
      const seen = watched(batcher.run(1, call));
      await host.advance();
      await end({ host, handler, batcher, shared });
      await host.advance();
      assert.notEqual(seen.state, "pending");
      assert.deepEqual([shared.listeners, shared.added], [0, 1]);
    });
  }

  it("No listener is left of a call that was dropped or refused", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { maxQueue: 1, overflow: "drop-oldest", host } as const;
    const batcher = new Batcher(handler, options);
    batcher.run(0);
    await host.advance();
    const [dropped, refused] = [new ListenedSignal(), new ListenedSignal()];
    watched(batcher.run(1, { signal: dropped.signal }));
    assert.equal(dropped.listeners, 1);
    watched(batcher.run(2));
    assert.equal(dropped.listeners, 0);
    batcher.close();
    watched(batcher.run(3, { signal: refused.signal }));
    assert.equal(refused.added, 0);
  });

  it("A signal that has aborted already gets no listener", () => {
    const batcher = new Batcher((xs: number[]) => xs);
    const shared = new ListenedSignal();
    shared.abort("before");
    watched(batcher.run(1, { signal: shared.signal }));
    watched(batcher.ready({ signal: shared.signal }));
    assert.equal(shared.added, 0);
  });

  it("A signal is listened to anew when it is used again", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((xs: number[]) => xs, { host });
    const shared = new ListenedSignal();
    for (const x of [1, 2, 3]) {
      const call = watched(batcher.run(x, { signal: shared.signal }));
      await host.advance();
      assert.equal(call.value, x);
      assert.deepEqual([shared.listeners, shared.added], [0, x]);
    }
  });

  it("ready() and runMany() leave no listener behind", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 1, host });
    const shared = new ListenedSignal();
    const { signal } = shared;
    const many = watched(batcher.runMany([1, 2, 3, 4], { signal }));
    const room = watched(batcher.ready({ signal }));
    for (let batch = 0; batch < 4; batch++) {
      await host.advance();
      handler.at(batch).finish();
    }
    await host.advance();
    assert.deepEqual(seenOf([many, room]), [[1, 2, 3, 4], undefined]);
    assert.equal(shared.listeners, 0);
  });

  it("Many who wait for room with one signal have one listener", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    batcher.run(0);
    await host.advance();
    const shared = new ListenedSignal();
    const { signal } = shared;
    const rooms = Array.from(
      { length: 20 },
      () => watched(batcher.ready({ signal })),
    );
    assert.equal(shared.listeners, 1);
    shared.abort("all");
    await host.advance();
    assert.deepEqual(seenOf(rooms), Array(20).fill("all"));
    assert.equal(shared.listeners, 0);
  });

  it("A signal that cannot be let go of harms nobody else", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const { signal } = new AbortController();
    signal.removeEventListener = () => {
      throw new Error("no way");
    };
    const calls = [
      watched(batcher.run(1, { signal })),
      watched(batcher.run(2)),
      watched(batcher.run(3, { deadlineMs: 100 })),
    ];
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls.slice(1)), [2, 3]);
    assert.notEqual(calls[0]!.state, "pending");
    assert.equal(batcher.stats().running, 0);
  });

  it("R7 A call whose signal cannot be listened to leaves no lane behind", async () => {
    const asking: BatcherOptions<number>[] = [
      {},
      { maxQueuePerLane: 5 },
      { dedupe: (x) => x },
      { hooks: { onCall: () => {} } },
    ];
    for (const options of asking) {
      for (const priority of [0, 1]) {
        const host = new VirtualHost();
        let lanes = 0;
        const policy = { forLane: () => (lanes++, natural().forLane(LIMITS)) };
        const more = { host, policy, lane: (x: number) => x };
        const batcher = new Batcher((xs: number[]) => xs, {
          ...more,
          ...options,
        });
        const before = lanes;
        const { signal } = new AbortController();
        signal.addEventListener = () => {
          throw new Error("deaf");
        };
        for (let times = 0; times < 5; times++) {
          const call = watched(batcher.run(7, { signal, priority }));
          await host.advance();
          assert.equal((call.error as Error).message, "deaf");
        }
        assert.ok(lanes - before >= 5, `${Object.keys(options)} ${priority}`);
        assert.equal(batcher.pending, 0);
      }
    }
  });

  it("R9 A call is answered whose signal, as it is listened to, makes another that takes its lane along", async () => {
    for (const options of [{}, { dedupe: (x: number) => x }]) {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, {
        ...{ host, size: 1, policy: natural(), lane: (x: number) => x % 2 },
        ...options,
      });
      const busy = watched(batcher.run(2));
      await host.advance();
      const deaf = new AbortController().signal;
      deaf.addEventListener = () => {
        throw new Error("deaf");
      };
      const { signal } = new AbortController();
      signal.addEventListener = () => {
        watched(batcher.run(3, { signal: deaf }));
      };
      const call = watched(batcher.run(1, { signal }));
      await host.advance();
      handler.at(0).finish();
      await host.advance();
      assert.deepEqual(handler.items, [[2], [1]]);
      handler.at(1).finish();
      await host.advance();
      assert.deepEqual(seenOf([busy, call]), [2, 1]);
    }
  });

  it("R9 It is answered, and keeps no listener, where no second lane could be made", async () => {
    for (const options of [{}, { dedupe: (x: number) => x }]) {
      const host = new VirtualHost();
      const made = new Set<unknown>();
      const policy = {
        forLane: () => {
          if (made.size > 2) throw new Error("no lane");
          const lane = natural().forLane(LIMITS);
          made.add(lane);
          return lane;
        },
      };
      const handler = heldHandler((x: number) => x);
      const lane = (x: number) => x % 2;
      const batcher = new Batcher(handler, { host, policy, lane, ...options });
      watched(batcher.run(2));
      await host.advance();
      const deaf = new AbortController().signal;
      deaf.addEventListener = () => {
        throw new Error("deaf");
      };
      const listened = new ListenedSignal();
      const { signal } = listened;
      const { addEventListener } = signal;
      signal.addEventListener = (...args: unknown[]) => {
        watched(batcher.run(3, { signal: deaf }));
        Reflect.apply(addEventListener, signal, args);
      };
      const call = watched(batcher.run(1, { signal }));
      await host.advance();
      handler.at(0).finish();
      await host.advance();
      handler.at(1).finish();
      await host.advance();
      assert.equal(call.value, 1);
      assert.equal(listened.listeners, 0);
    }
  });

  it("R16 A signal that aborts while the queue makes room for its call is heard", async () => {
    const host = new VirtualHost();
    const listened = new ListenedSignal();
    const { signal } = listened;
    const batcher = new Batcher(heldHandler((x: number) => x), {
      host,
      size: 1,
      maxQueue: 1,
      overflow: "drop-oldest",
      hooks: { onLeave: () => listened.abort("gone") },
    });
    watched(batcher.run(1));
    await host.advance();
    const dropped = watched(batcher.run(2));
    const call = watched(batcher.run(3, { signal, deadlineMs: 100 }));
    await host.advance();
    assert.equal((dropped.error as Error).name, "QueueFullError");
    assert.equal(call.error, "gone");
    // Neither a listener nor a deadline is left of it.
    assert.deepEqual([listened.listeners, host.timers], [0, 0]);
    assert.deepEqual([batcher.pending, batcher.stats().waiting], [1, 0]);
  });

  it("R9 A call leaves once whose signal aborts when that of its batch does", async () => {
    for (const options of [{}, { dedupe: (x: number) => x }]) {
      const host = new VirtualHost();
      const controller = new AbortController();
      const { signal } = controller;
      const reasons: string[] = [];
      const handler = (_: number[], batch: BatchContext) => {
        const abort = () => controller.abort("gone");
        batch.signal.addEventListener("abort", abort);
        return new Promise<number[]>(() => {});
      };
      const batcher = new Batcher(handler, {
        ...{ host, hooks: { onLeave: ({ reason }) => reasons.push(reason) } },
        ...options,
      });
      const call = watched(batcher.run(1, { signal, deadlineMs: 100 }));
      await host.advance(200);
      assert.equal((call.error as Error).name, "DeadlineError");
      assert.deepEqual(reasons, ["expired"]);
      assert.equal(batcher.stats().aborted, 0);
      assert.equal(batcher.pending, 0);
    }
  });
});

const LIMITS = { size: 1, concurrency: 1 };
