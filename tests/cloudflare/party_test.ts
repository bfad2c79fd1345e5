import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Host } from "../../mod.ts";
import { workersHost } from "../../src/cloudflare/mod.ts";
import { turns, type Watched, watched } from "../batcher/watched.ts";

describe("workersHost, whatever the runtime", () => {
  const { setInterval, clearInterval, setTimeout } = globalThis;
  const { now } = Date;
  /** What the requests are kept alive for. */
  let kept: Watched<unknown>[];
  /** The intervals that stand, by their number. */
  let ticks: Map<number, () => void>;
  let rings: [run: () => void, ms: number][];
  let time: number;

  beforeEach(() => {
    kept = [];
    ticks = new Map();
    rings = [];
    time = 1_000_000;
    let intervals = 0;
    Date.now = () => time;
    Object.assign(globalThis, {
      setInterval: (tick: () => void, ms: number) => {
        assert.equal(ms, 10);
        ticks.set(++intervals, tick);
        return intervals;
      },
      clearInterval: (id: number) => void ticks.delete(id),
      setTimeout: (run: () => void, ms: number) => void rings.push([run, ms]),
    });
  });
  afterEach(() => {
    Object.assign(globalThis, { setInterval, clearInterval, setTimeout });
    Date.now = now;
  });

  /** The host of a Worker. */
  function made() {
    return workersHost((promise) =>
      void kept.push(watched(promise))
    ) as Required<Host>;
  }

  /** All requests that wait look. */
  function tick(): void {
    for (const tick of [...ticks.values()]) tick();
  }

  it("A request looks now and then, for each batcher once, until none of its calls waits", async () => {
    const host = made();
    const seen: string[] = [];
    const [a, b] = ["a", "b"].map((name) => () => void seen.push(name));
    const leaves = [host.join(a!), host.join(a!), host.join(b!)];
    assert.deepEqual([ticks.size, kept.length], [1, 1], "one turn, one timer");
    tick();
    leaves[0]!();
    tick();
    assert.deepEqual(seen.splice(0), ["a", "b", "a", "b"]);
    leaves[1]!();
    tick();
    assert.deepEqual(seen.splice(0), ["b"]);
    leaves[2]!();
    await turns();
    assert.equal(
      kept[0]!.state,
      "pending",
      "no timer is cleared from elsewhere",
    );
    tick();
    await turns();
    assert.deepEqual([seen, ticks.size, kept[0]!.state], [[], 0, "fulfilled"]);
  });

  it("Calls of another turn may be of another request, which looks for itself", async () => {
    const host = made();
    host.join(() => {});
    await turns();
    host.join(() => {});
    assert.deepEqual([ticks.size, kept.length], [2, 2]);
  });

  it("A hop goes on in the request that has waited longest, not at once, in order", async () => {
    const host = made();
    const leave = host.join(() => {});
    host.join(() => {})();
    const seen: number[] = [];
    for (const round of [0, 2]) {
      host.hop(() => seen.push(round));
      host.hop(() => seen.push(round + 1));
      assert.equal(seen.length, round);
      await turns();
      assert.equal(seen.length, round + 2);
    }
    assert.deepEqual([seen, rings], [[0, 1, 2, 3], []]);
    leave();
    host.hop(() => seen.push(4));
    await turns();
    assert.deepEqual([seen.length, rings[0]![1]], [4, 0], "nobody waits");
    rings[0]![0]();
    assert.equal(seen.length, 5);
  });

  it("One that waits anew in its turn waits like any other", async () => {
    const host = made();
    host.join(() => {})();
    const leave = host.join(() => {});
    const seen: number[] = [];
    host.hop(() => seen.push(1));
    await turns();
    assert.deepEqual([seen, rings], [[1], []]);
    leave();
  });

  it("Its time waits for a clock that is behind, and goes on with one that was set back", () => {
    const host = made();
    const before = host.now();
    const passed = [5, -400, 390, 20, -5000, 30].map((ms) => {
      time += ms;
      return host.now() - before;
    });
    assert.deepEqual(passed, [5, 5, 5, 15, 15, 45]);
  });

  it("R22: neutral() runs in nobody's context", () => {
    const storage = new AsyncLocalStorage<string>();
    const context = storage.run(
      "somebody's",
      () => made().neutral(() => storage.getStore() ?? "none"),
    );
    assert.equal(context, "none");
  });

  it("A timer that is cancelled does nothing, though it rings", () => {
    const host = made();
    const seen: string[] = [];
    host.timer(() => seen.push("rung"), 5);
    host.timer(() => seen.push("cancelled"), 5).cancel();
    for (const [ring] of rings) ring();
    assert.deepEqual(seen, ["rung"]);
  });

  it("A batch is kept alive until it has ended", async () => {
    const host = made();
    let end!: () => void;
    host.hold(new Promise<void>((resolve) => end = resolve));
    await turns();
    assert.equal(kept[0]!.state, "pending");
    end();
    await turns();
    assert.equal(kept[0]!.state, "fulfilled");
  });
});
