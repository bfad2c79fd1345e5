import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import { defaultHost } from "../../mod.ts";
import { loaderHost } from "../../src/dataloader/host.ts";
import { DataLoader } from "../../src/dataloader/mod.ts";
import { turns } from "../batcher/watched.ts";
import { recorded } from "./recorded.ts";

const double = (x: number) => 2 * x;

describe("DataLoader: its host", () => {
  it("Keys leave after all promises, and before the turn of the event loop ends", async () => {
    const order: string[] = [];
    const loader = new DataLoader((keys: readonly number[]) => {
      order.push("batch");
      return Promise.resolve(keys);
    });
    await turns();
    defaultHost.hop(() => order.push("next turn"));
    loader.load(1);
    for (let step = 0; step < 20; step++) await undefined;
    order.push("promises");
    await turns(2);
    assert.deepEqual(order, ["promises", "batch", "next turn"]);
  });

  for (const process of [undefined, {}, { nextTick: null }]) {
    const place = JSON.stringify(process) ?? "none";
    it(`Keys leave where the process has no ticks: ${place}`, async () => {
      const { loader, batches } = recorded(double);
      const mine = Object.getOwnPropertyDescriptor(globalThis, "process")!;
      Object.defineProperty(globalThis, "process", {
        configurable: true,
        writable: true,
        value: process,
      });
      try {
        loader.prime(1, -1);
        loader.loadMany([1, 2, 3]);
        await turns(3);
        assert.deepEqual(batches, [[2, 3]]);
      } finally {
        Object.defineProperty(globalThis, "process", mine);
      }
    });
  }

  it("Time and timers are those of the default host", () => {
    const before = defaultHost.now();
    const now = loaderHost.now();
    assert.ok(before <= now && now <= defaultHost.now());
    const { setTimeout } = globalThis;
    const delays: unknown[] = [];
    globalThis.setTimeout =
      ((_run: unknown, ms: unknown) => delays.push(ms)) as never;
    try {
      loaderHost.timer(() => {}, 50);
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    assert.deepEqual(delays, [50]);
  });

  it("R22 A batch runs in nobody's async context, callers go on in their own", async () => {
    const caller = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const loader = new DataLoader((keys: readonly number[]) => {
      seen.push(caller.getStore());
      return Promise.resolve(keys);
    });
    await caller.run("first", async () => {
      await loader.load(1);
      await loader.load(1);
      seen.push(caller.getStore());
    });
    assert.deepEqual(seen, [undefined, "first"]);
  });
});
