import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  BatchTooLargeError,
  type Policy,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, watched } from "./watched.ts";

const tooLarge = new BatchTooLargeError("Request entity too large");

/** A batcher whose back end takes so many items at once, and the sizes that it was sent. */
function limited(most: number, options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const sizes: number[] = [];
  const handler = async (xs: number[]) => {
    sizes.push(xs.length);
    await undefined;
    if (xs.length > most) throw tooLarge;
    return xs.map((x) => 10 * x);
  };
  const batcher = new Batcher(handler, { size: 100, host, ...options });
  const run = async (calls: number) => {
    const seen = [...Array(calls).keys()].map((x) => watched(batcher.run(x)));
    await host.advance();
    return seenOf(seen);
  };
  return { host, batcher, sizes, run };
}

const tens = (calls: number) => [...Array(calls).keys()].map((x) => 10 * x);

/** Sends nothing but full batches while the size is lowered. */
const patient: Policy = {
  forLane: (limits) => ({
    decide({ waiting }, _slots, _now, verdict) {
      if (limits.size === 8) verdict.leave(waiting, "window");
    },
  }),
};

describe("R24: BatchTooLargeError", () => {
  it("R24 the batch is halved until its parts fit, without isolate", async () => {
    const { run, sizes, batcher } = limited(3);
    assert.deepEqual(await run(10), tens(10));
    assert.deepEqual(sizes, [10, 5, 3, 2, 3, 2]);
    const { batches, results, failures } = batcher.stats();
    assert.deepEqual([batches, results, failures], [1, 10, 0]);
  });

  it("R24 the size is lowered for a minute, and then tried again", async () => {
    const { host, run, sizes } = limited(50);
    await run(100);
    assert.deepEqual(sizes, [100, 50, 50]);
    assert.deepEqual(await run(100), tens(100));
    assert.deepEqual(sizes, [100, 50, 50, 50, 50]);
    await host.advance(59_999);
    await run(100);
    assert.deepEqual(sizes.slice(5), [50, 50]);
    await host.advance(1);
    await run(100);
    assert.deepEqual(sizes.slice(7), [100, 50, 50]);
  });

  it("R18 a minute later an idle batcher has room for as many as before", async () => {
    const { host, batcher, run } = limited(2, { size: 8, maxQueue: 0 });
    await run(8);
    await host.advance(59_999);
    assert.equal(batcher.size, 2);
    await host.advance(1);
    assert.deepEqual(await run(8), tens(8));
  });

  it("R24 a minute later size says what holds again", async () => {
    const { host, batcher, run } = limited(2, { size: 8 });
    await run(8);
    await host.advance(60_000);
    assert.equal(batcher.size, 8);
  });

  it("R24 however often it was halved, no item runs alone that need not", async () => {
    const { run, sizes } = limited(2, { size: 4096 });
    assert.deepEqual(await run(4096), tens(4096));
    assert.equal(sizes.includes(1), false);
  });

  it("R24 another option that is changed meanwhile does not keep the size low", async () => {
    const { host, run, sizes, batcher } = limited(50);
    await run(100);
    batcher.configure({ concurrency: 2 });
    await host.advance(60_000);
    await run(100);
    assert.deepEqual(sizes.slice(3), [100, 50, 50]);
  });

  it("R24 a lowered size is lowered again when that is still too much", async () => {
    const { host, run, sizes } = limited(20);
    await run(100);
    // Of the parts of the first batch none is larger than what has fitted.
    assert.deepEqual(sizes.splice(0), [
      100,
      50,
      25,
      13,
      12,
      13,
      12,
      13,
      12,
      13,
      12,
    ]);
    await run(30);
    assert.deepEqual(sizes.splice(0), [13, 13, 4]);
    await host.advance(60_000);
    await run(30);
    assert.deepEqual(sizes.splice(0), [30, 15, 15]);
    await run(30);
    assert.deepEqual(sizes, [15, 15]);
  });

  it("R24 those who wait already leave in smaller batches, too", async () => {
    const { host, batcher, sizes } = limited(4, { size: 8 });
    const calls = [...Array(16).keys()].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), tens(16));
    assert.deepEqual(sizes, [8, 4, 4, 4, 4]);
  });

  it("R24 those who wait for their window are full when the size is lowered to theirs", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 8, maxWaitMs: 1000, concurrency: 2, host };
    const batcher = new Batcher(handler, options);
    for (let x = 0; x < 8; x++) watched(batcher.run(x));
    await host.advance();
    for (let x = 8; x < 12; x++) watched(batcher.run(x));
    await host.advance();
    assert.equal(handler.batches.length, 1);
    handler.at(0).fail(tooLarge);
    await host.advance();
    assert.deepEqual(handler.items.slice(1), [[8, 9, 10, 11], [0, 1, 2, 3]]);
    assert.equal(host.now(), 0);
  });

  it("R24 all lanes are asked again when the size comes back", async () => {
    const host = new VirtualHost();
    const options = {
      size: 8,
      lane: (x: number) => x % 2,
      policy: patient,
      host,
    };
    const batcher = new Batcher((xs: number[]) => {
      if (xs.length > 4) throw tooLarge;
      return xs;
    }, options);
    for (let x = 0; x < 16; x += 2) watched(batcher.run(x));
    await host.advance(1000);
    const waiting = watched(batcher.run(20));
    await host.advance(60_000);
    assert.equal(waiting.state, "pending");
    watched(batcher.run(1));
    await host.advance();
    assert.equal(waiting.value, 20);
  });

  it("R24 also where nobody calls, but a batch ends", async () => {
    const host = new VirtualHost();
    let end = () => {};
    const ended = new Promise<void>((resolve) => end = resolve);
    const lane = (x: number) => x % 2;
    const options = { size: 8, concurrency: 2, lane, policy: patient, host };
    const batcher = new Batcher(async (xs: number[]) => {
      if (xs.length > 4) throw tooLarge;
      if (xs[0] === 1) await ended;
      return xs;
    }, options);
    for (let x = 0; x < 16; x += 2) watched(batcher.run(x));
    await host.advance(1000);
    const waiting = watched(batcher.run(20));
    for (const x of [1, 3, 5, 7]) watched(batcher.run(x));
    await host.advance(60_000);
    assert.equal(waiting.state, "pending");
    end();
    await host.advance();
    assert.equal(waiting.value, 20);
  });

  it("R24 size Infinity is lowered as well", async () => {
    const { run, sizes } = limited(40, { size: Infinity });
    assert.deepEqual(await run(80), tens(80));
    await run(80);
    assert.deepEqual(sizes, [80, 40, 40, 40, 40]);
  });

  it("R24 one item that is too large alone rejects with that error, and lowers nothing", async () => {
    const { run, sizes } = limited(0, { size: 4 });
    assert.deepEqual(await run(1), [tooLarge]);
    const fitting = limited(9, { size: 4 });
    assert.deepEqual(await fitting.run(4), tens(4));
    assert.deepEqual(await run(4), [tooLarge, tooLarge, tooLarge, tooLarge]);
    assert.deepEqual(sizes, [1, 4, 2, 1, 1, 1, 1]);
  });

  it("R24 another error in a half rejects that half, where nothing is isolated", async () => {
    const host = new VirtualHost();
    const broken = new Error("broken");
    const batcher = new Batcher((xs: number[]) => {
      if (xs.length > 2) throw tooLarge;
      if (xs.includes(0)) throw broken;
      return xs;
    }, { host });
    const calls = [0, 1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [broken, broken, 2, 3]);
  });

  it("R24 with isolate the guilty are found in the halves", async () => {
    for (const isolate of ["each", "bisect"] as const) {
      const host = new VirtualHost();
      const broken = new Error("broken");
      const batcher = new Batcher((xs: number[]) => {
        if (xs.length > 2) throw tooLarge;
        if (xs.includes(0)) throw broken;
        return xs;
      }, { isolate, host });
      const calls = [0, 1, 2, 3].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), [broken, 1, 2, 3]);
    }
  });

  it("R24 what a handler has done to its array does not change what is run again", async () => {
    const changes: ((xs: number[]) => void)[] = [
      (xs) => xs.splice(0),
      (xs) => xs.reverse(),
      (xs) => xs.fill(0),
    ];
    for (const change of changes) {
      const host = new VirtualHost();
      const batcher = new Batcher((xs: number[]) => {
        const items = [...xs];
        change(xs);
        if (items.length > 2) throw tooLarge;
        return items.map((x) => 10 * x);
      }, { size: 4, host });
      const calls = [1, 2, 3, 4].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), [10, 20, 30, 40]);
    }
  });

  it("R9 when all leave a part that turns out too large, the other parts are still run", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 10 * x);
    const batcher = new Batcher(handler, { size: 8, isolate: "each", host });
    const leaving = new AbortController();
    const { signal } = leaving;
    const calls = [0, 1, 2, 3, 4, 5, 6, 7].map((x) =>
      watched(batcher.run(x, x < 4 ? undefined : { signal }))
    );
    await host.advance();
    for (const run of [0, 1]) {
      handler.at(run).fail(tooLarge);
      await host.advance();
    }
    assert.deepEqual(handler.items.at(-1), [4, 5]);
    leaving.abort("gone");
    handler.at(2).fail(tooLarge);
    for (const run of [3, 4, 5, 6]) {
      await host.advance();
      handler.at(run).finish();
    }
    await host.advance();
    assert.deepEqual(seenOf(calls).slice(0, 4), [0, 10, 20, 30]);
  });

  it("R20 a batcher that is idle sets no timer for it", async () => {
    const { host, run, batcher } = limited(50);
    await run(100);
    assert.equal(host.timers, 0);
    await batcher.close();
  });

  it("R19 a batch that says so when its time is over lowers nothing", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 4, batchTimeoutMs: 100, host };
    const batcher = new Batcher(handler, options);
    for (const x of [1, 2, 3, 4]) watched(batcher.run(x));
    await host.advance(100);
    handler.at(0).fail(tooLarge);
    await host.advance();
    for (const x of [5, 6, 7, 8]) watched(batcher.run(x));
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2, 3, 4], [5, 6, 7, 8]]);
  });
});
