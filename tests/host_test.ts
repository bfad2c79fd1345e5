import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import process from "node:process";
import { describe, it } from "node:test";
import { Batcher, defaultHost, type Host } from "../mod.ts";
import { FrailHost } from "./batcher/frail_host.ts";
import { heldHandler } from "./batcher/held_handler.ts";
import { seenOf, turns, watched } from "./batcher/watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("The default host", () => {
  it("Its time never runs backwards", () => {
    let last = defaultHost.now();
    for (let i = 0; i < 1000; i++) {
      const now = defaultHost.now();
      assert.ok(now >= last);
      last = now;
    }
  });

  it("hop() runs after all microtasks of the turn, once, and hops keep their order", async () => {
    const order: string[] = [];
    defaultHost.hop(() => order.push("first hop"));
    defaultHost.hop(() => order.push("second hop"));
    for (let i = 0; i < 20; i++) await undefined;
    order.push("microtasks");
    await turns(2);
    assert.deepEqual(order, ["microtasks", "first hop", "second hop"]);
  });

  it("hop() works without setImmediate, as in browsers", async () => {
    const { setImmediate, MessageChannel } = globalThis;
    let hops = 0;
    let open = 0;
    class Counted extends MessageChannel {
      constructor() {
        super();
        const { port1 } = this;
        const close = port1.close.bind(port1);
        open++;
        port1.close = () => (open--, close());
      }
    }
    const hopped = new Promise<void>((resolve) => {
      try {
        Reflect.set(globalThis, "setImmediate", undefined);
        globalThis.MessageChannel = Counted;
        defaultHost.hop(() => {
          hops++;
          resolve();
        });
      } finally {
        Object.assign(globalThis, { setImmediate, MessageChannel });
      }
    });
    assert.deepEqual([hops, open], [0, 1]);
    await hopped;
    await turns(2);
    assert.deepEqual(
      [hops, open],
      [1, 0],
      "an open port keeps a process alive",
    );
  });

  it("hop() takes setImmediate, and without channels a timer of 0 ms, as they are then", () => {
    const { setImmediate, setTimeout, MessageChannel } = globalThis;
    const asked: unknown[] = [];
    const note = (name: string) => (_: unknown, ms?: number) =>
      void asked.push(name, ms);
    try {
      Reflect.set(globalThis, "setImmediate", note("setImmediate"));
      Reflect.set(globalThis, "setTimeout", note("setTimeout"));
      defaultHost.hop(() => {});
      Reflect.set(globalThis, "setImmediate", undefined);
      Reflect.set(globalThis, "MessageChannel", undefined);
      defaultHost.hop(() => {});
    } finally {
      Object.assign(globalThis, { setImmediate, setTimeout, MessageChannel });
    }
    assert.deepEqual(asked, ["setImmediate", undefined, "setTimeout", 0]);
  });

  it("timer() rings once; a timer that is cancelled never does", async () => {
    const rung: string[] = [];
    const cancelled = defaultHost.timer(() => rung.push("cancelled"), 0);
    cancelled.cancel();
    cancelled.cancel();
    await new Promise<void>((resolve) => {
      const timer = defaultHost.timer(() => {
        rung.push("rung");
        timer.cancel();
        defaultHost.timer(resolve, 1);
      }, 1);
    });
    assert.deepEqual(rung, ["rung"]);
  });

  it("Timers of longer than runtimes can do stand, and negative ones ring", async () => {
    const rung: string[] = [];
    const timers = [2 ** 31, 2 ** 40, Number.MAX_VALUE].map((ms) =>
      defaultHost.timer(() => rung.push("long"), ms)
    );
    await new Promise<void>((resolve) => defaultHost.timer(resolve, -5));
    for (const timer of timers) timer.cancel();
    assert.deepEqual(rung, []);
  });

  it("Asks the runtime for no time below 0, of which Node warns, nor for one that rings at once", () => {
    const { setTimeout } = globalThis;
    const asked: number[] = [];
    try {
      Reflect.set(globalThis, "setTimeout", (_: unknown, ms: number) => {
        asked.push(ms);
      });
      for (const ms of [-5, 5, 2 ** 31]) defaultHost.timer(() => {}, ms);
    } finally {
      Object.assign(globalThis, { setTimeout });
    }
    assert.deepEqual(asked, [0, 5, 2 ** 31 - 1]);
  });

  /** Runs a test whose clock is what `clock.time` says; it begins later than all that was. */
  function clocked(test: (clock: { time: number }) => void) {
    const { now } = performance;
    const clock = { time: performance.now() + 5000 };
    performance.now = () => clock.time;
    try {
      test(clock);
    } finally {
      performance.now = now;
      defaultHost.now();
    }
  }

  /** What rings the timers that this sets; nothing else does. */
  function ringsOf(set: () => void): (() => void)[] {
    const { setTimeout } = globalThis;
    const rings: (() => void)[] = [];
    try {
      Reflect.set(globalThis, "setTimeout", (ring: () => void) => {
        rings.push(ring);
      });
      set();
    } finally {
      Object.assign(globalThis, { setTimeout });
    }
    return rings;
  }

  it("A timer that rings a little early, as real ones do, finds its time come, and moves the clock for no longer", () => {
    clocked((clock) => {
      const before = defaultHost.now();
      const rings = ringsOf(() => defaultHost.timer(() => {}, 10));
      const passed = [9, 0.5, 2].map((ms) => {
        clock.time += ms;
        rings.pop()?.();
        return Math.round(10 * (defaultHost.now() - before)) / 10;
      });
      assert.deepEqual(passed, [10, 10, 11.5]);
    });
  });

  it("Time does not go back where timers ring in another order than they were to", () => {
    clocked((clock) => {
      const before = defaultHost.now();
      const rings = ringsOf(() => {
        defaultHost.timer(() => {}, 10);
        clock.time += 5;
        defaultHost.timer(() => {}, 6);
      });
      const passed = rings.reverse().map((ring) => {
        ring();
        return Math.round(defaultHost.now() - before);
      });
      assert.deepEqual(passed, [11, 11]);
    });
  });

  it("It waits for a clock that is behind, and goes on with one that has begun anew", () => {
    clocked((clock) => {
      const before = defaultHost.now();
      const passed = [-900, 903, -1003, 4, -5000, 20, 5000].map((ms) => {
        clock.time += ms;
        return Math.round(defaultHost.now() - before);
      });
      assert.deepEqual(passed, [0, 3, 3, 7, 7, 27, 5027]);
    });
  });

  it("R22: neutral() runs at once, in nobody's context, and returns what it ran", () => {
    const storage = new AsyncLocalStorage<string>();
    storage.run("somebody's", () => {
      const context = defaultHost.neutral(() => storage.getStore() ?? "none");
      assert.equal(context, "none");
      assert.equal(storage.getStore(), "somebody's");
    });
  });
});

describe("A host of one's own", () => {
  it("Needs no more than four methods", async () => {
    const { now, hop, timer, neutral } = defaultHost;
    const host: Host = {
      now: () => now.call(defaultHost),
      hop: (run) => hop.call(defaultHost, run),
      timer: (run, ms) => timer.call(defaultHost, run, ms),
      neutral: (run) => neutral.call(defaultHost, run) as never,
    };
    const batcher = new Batcher(double, { maxWaitMs: 1, host });
    assert.deepEqual(await Promise.all([1, 2].map((x) => batcher.run(x))), [
      2,
      4,
    ]);
  });

  it("hold() is given each batch, to keep it alive until it ends", async () => {
    const held: Promise<unknown>[] = [];
    class HoldingHost extends FrailHost {
      hold(batch: Promise<unknown>): void {
        held.push(batch);
      }
    }
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host: new HoldingHost(), size: 1 });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await turns(2);
    assert.equal(held.length, 1);
    const first = watched(held[0]!);
    await turns(2);
    assert.equal(first.state, "pending");
    handler.at(0).finish();
    await turns(2);
    assert.equal(first.state, "fulfilled");
    handler.at(1).fail("broken");
    await turns(2);
    assert.deepEqual(seenOf(calls), [1, "broken"]);
    assert.equal(held.length, 2);
  });

  it("R9: a hold() that throws, as where no request is under way, loses no batch", async () => {
    class RefusingHost extends FrailHost {
      hold(): void {
        throw new Error("no request to hold");
      }
    }
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on("unhandledRejection", note);
    try {
      const options = { size: 1, host: new RefusingHost() };
      const batcher = new Batcher(double, options);
      const calls = [1, 2].map((x) => watched(batcher.run(x)));
      await turns(4);
      assert.deepEqual(seenOf(calls), [2, 4]);
      assert.deepEqual(uncaught, []);
    } finally {
      process.off("unhandledRejection", note);
    }
  });
});
