import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, type LanePolicy, type Policy } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { watched } from "./watched.ts";

describe("stats()", () => {
  it("Is all zero before the first call", () => {
    const none = { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
    assert.deepEqual(new Batcher((xs: number[]) => xs).stats(), {
      calls: 0,
      results: 0,
      failures: 0,
      aborted: 0,
      expired: 0,
      refused: 0,
      dropped: 0,
      batches: 0,
      waiting: 0,
      running: 0,
      oldestWaitMs: 0,
      oldestRunMs: 0,
      hookErrors: 0,
      size: none,
      waitMs: none,
      runMs: none,
      reasons: {},
    });
  });

  it("Says what waits and runs now, and for how long", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 2, maxWaitMs: 1000, host });
    for (const x of [1, 2, 3]) batcher.run(x);
    await host.advance(10);
    batcher.run(4);
    await host.advance(5);
    const { waiting, running, oldestWaitMs, oldestRunMs } = batcher.stats();
    assert.deepEqual([waiting, running], [2, 1]);
    assert.deepEqual([oldestWaitMs, oldestRunMs], [15, 15]);
    assert.equal(batcher.pending, 4);
  });

  it("The oldest call may wait in any lane", async () => {
    for (const lane of [0, 1]) {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const options = { maxWaitMs: 1000, lane: (x: number) => x, host };
      const batcher = new Batcher(handler, options);
      watched(batcher.run(lane));
      watched(batcher.flush());
      await host.advance();
      watched(batcher.run(0));
      await host.advance(10);
      watched(batcher.run(1));
      await host.advance(5);
      assert.deepEqual(handler.items, [[lane]]);
      assert.equal(batcher.stats().oldestWaitMs, 15);
    }
  });

  it("Every accepted call is counted once, by what became of it", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      size: 4,
      maxQueue: 2,
      overflow: "drop-oldest",
      host,
    });
    const controller = new AbortController();
    const { signal } = controller;
    watched(batcher.run(1));
    watched(batcher.run(2));
    watched(batcher.run(3, { signal }));
    watched(batcher.run(4, { deadlineMs: 10 }));
    await host.advance();
    for (const x of [5, 6, 7]) watched(batcher.run(x));
    controller.abort();
    await host.advance(10);
    handler.at(0).answer([1, new Error("no"), 3, 4]);
    await host.advance();
    batcher.close({ timeoutMs: 5 });
    watched(batcher.run(8));
    await host.advance(5);
    const stats = batcher.stats();
    assert.equal(stats.calls, 7);
    const { results, failures, aborted, expired, dropped, refused } = stats;
    assert.deepEqual(
      { results, failures, aborted, expired, dropped, refused },
      {
        results: 1,
        failures: 1,
        aborted: 1,
        expired: 1,
        // One for a later call, two at the end of close().
        dropped: 3,
        refused: 1,
      },
    );
    assert.equal(batcher.pending, 0);
  });

  it("Counts why batches left", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((xs: number[]) => xs, {
      size: 2,
      maxWaitMs: 10,
      host,
    });
    for (const x of [1, 2, 3, 4]) batcher.run(x);
    await host.advance();
    batcher.run(5);
    await host.advance(10);
    batcher.run(6, { deadlineMs: 4 });
    await host.advance(10);
    batcher.run(7);
    batcher.flush();
    await host.advance();
    batcher.run(8);
    batcher.close();
    await host.advance();
    const { reasons, batches } = batcher.stats();
    assert.deepEqual(reasons, {
      full: 2,
      window: 1,
      deadline: 1,
      flush: 1,
      close: 1,
    });
    assert.equal(batches, 6);
    const idle = new Batcher((xs: number[]) => xs);
    await idle.run(1);
    assert.deepEqual(idle.stats().reasons, { idle: 1 });
  });

  it("Tells 95 of 100 from 99 of 100", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((xs: number[]) => xs, { maxWaitMs: 0, host });
    for (let batch = 1; batch <= 100; batch++) {
      const size = batch <= 94 ? 1 : batch <= 98 ? 2 : batch <= 99 ? 3 : 4;
      for (let x = 0; x < size; x++) batcher.run(x);
      await host.advance();
    }
    const { p50, p95, p99, max } = batcher.stats().size;
    assert.deepEqual([p50, p95, p99, max], [1, 2, 3, 4]);
  });

  it("Values count in whatever order they come", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((xs: number[]) => xs, { maxWaitMs: 0, host });
    for (const size of [40, 60, 3, 20, 1]) {
      for (let x = 0; x < size; x++) batcher.run(x);
      await host.advance();
    }
    const { mean, p50, p99 } = batcher.stats().size;
    assert.deepEqual([mean, p50, p99], [24.8, 20, 60]);
  });

  it("Half of the values are at most the median, also where they are tiny", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 0, host });
    for (const [batch, ms] of [0.0106, 0.0106, 1].entries()) {
      batcher.run(batch);
      await host.advance();
      await host.advance(ms);
      handler.at(batch).finish();
      await host.advance();
    }
    const { p50 } = batcher.stats().runMs;
    assert.ok(p50 >= 0.0106 && p50 <= 0.0111, `${p50}`);
  });

  it("A batch may run for an hour: its median says at least half of one", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    batcher.run(1);
    await host.advance();
    await host.advance(3_600_000);
    handler.at(0).finish();
    await host.advance();
    const { p50, max } = batcher.stats().runMs;
    assert.equal(max, 3_600_000);
    assert.ok(p50 >= 1_800_000, `${p50}`);
  });

  it("Measures sizes, waits and runs", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 4, maxWaitMs: 10, host });
    for (let batch = 0; batch < 10; batch++) {
      const size = batch === 9 ? 4 : 1;
      for (let x = 0; x < size; x++) batcher.run(x);
      await host.advance(10 + batch);
      handler.at(batch).finish();
      await host.advance();
    }
    const { size, waitMs, runMs } = batcher.stats();
    assert.deepEqual(size, { mean: 1.3, p50: 1, p95: 4, p99: 4, max: 4 });
    assert.equal(waitMs.mean, 9);
    assert.deepEqual([waitMs.p50, waitMs.max], [10, 10]);
    // Runs of 0, 1, … 8 ms, and of 19 for the full batch, which left at once.
    assert.equal(runMs.mean, 5.5);
    assert.ok(Math.abs(runMs.p50 - 4) <= 0.03 * 4);
    assert.equal(runMs.max, 19);
  });

  it("A policy may ask for it as a batch leaves: nothing in that has been answered", async () => {
    const seen: unknown[] = [];
    const lane: LanePolicy = {
      started: () => {
        const { running, results, failures } = batcher.stats();
        seen.push([running, results, failures]);
      },
      decide: ({ waiting }, _slots, _now, verdict) =>
        verdict.leave(waiting, "idle"),
    };
    const policy: Policy = { forLane: () => lane };
    const batcher = new Batcher((xs: number[]) => xs, { policy });
    for (const x of [1, 2]) await batcher.run(x);
    assert.deepEqual(seen, [[1, 0, 0], [1, 1, 0]]);
    assert.equal(batcher.stats().hookErrors, 0);
  });

  it("Is a snapshot of plain data: nothing in it changes later", async () => {
    const batcher = new Batcher((xs: number[]) => xs);
    await batcher.run(1);
    const before = batcher.stats();
    const copy = structuredClone(before);
    await batcher.run(2);
    assert.deepEqual(before, copy);
    assert.equal(batcher.stats().calls, 2);
  });

  it("pending counts calls from their coming to their answer", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 2, host });
    assert.equal(batcher.pending, 0);
    for (const x of [1, 2, 3]) batcher.run(x);
    assert.equal(batcher.pending, 3);
    await host.advance();
    assert.equal(batcher.pending, 3);
    handler.at(0).finish();
    await host.advance();
    assert.equal(batcher.pending, 1);
    handler.at(1).finish();
    await host.advance();
    assert.equal(batcher.pending, 0);
  });

  it("A call is pending or counted, at any time, also where results come one by one", async () => {
    const host = new VirtualHost();
    const resolvers: ((value: number) => void)[] = [];
    const batcher = new Batcher(
      (xs: number[]) =>
        xs.map((x) => new Promise<number>((resolve) => resolvers[x] = resolve)),
      { host },
    );
    for (const x of [0, 1]) batcher.run(x);
    await host.advance();
    for (const answered of [1, 2]) {
      resolvers[answered - 1]!(1);
      await host.advance();
      const { calls, results } = batcher.stats();
      assert.deepEqual([results, calls - results], [
        answered,
        batcher.pending,
      ]);
    }
  });
});
