import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchContext,
  Batcher,
  type BatcherOptions,
  BatchResultError,
  BatchTimeoutError,
  failed,
  type LanePolicy,
  type SettleInfo,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { streamingHandler } from "./held_stream.ts";
import { randomFrom } from "./random_numbers.ts";
import { uncaughtIn } from "./uncaught.ts";
import { seenOf, turns, watched } from "./watched.ts";

const poison = new Error("poison");

/** A handler that fails for batches with one of these in it, and what it was called with. */
function frail(...bad: number[]) {
  const runs: number[][] = [];
  const handler = (xs: number[]) => {
    runs.push([...xs]);
    if (xs.some((x) => bad.includes(x))) throw poison;
    return xs.map((x) => 10 * x);
  };
  return { handler, runs };
}

/** Calls with the numbers from 0 in one batch; what has become of them. */
async function ran(
  size: number,
  handler: (xs: number[], batch: BatchContext) => never[] | number[],
  options: BatcherOptions<number>,
) {
  const host = new VirtualHost();
  const batcher = new Batcher(handler, { size, host, ...options });
  const calls = [...Array(size).keys()].map((x) => watched(batcher.run(x)));
  await host.advance();
  return { batcher, host, calls, seen: seenOf(calls) };
}

/** What is seen when only these reject. */
function allBut(size: number, ...bad: number[]): unknown[] {
  return [...Array(size).keys()].map((x) => bad.includes(x) ? poison : 10 * x);
}

describe("R24: isolate", () => {
  for (const isolate of ["each", "bisect"] as const) {
    it(`R24 ${isolate}: only the guilty reject, with their own error`, async () => {
      const { handler } = frail(2, 5);
      const { seen, batcher } = await ran(8, handler, { isolate });
      assert.deepEqual(seen, allBut(8, 2, 5));
      const { results, failures, batches, running } = batcher.stats();
      assert.deepEqual([results, failures, batches, running], [6, 2, 1, 0]);
    });

    it(`R24 ${isolate}: a batch that fails but once rejects nobody`, async () => {
      let failures = 1;
      const { seen } = await ran(5, (xs) => {
        if (failures-- > 0) throw poison;
        return xs.map((x) => 10 * x);
      }, { isolate });
      assert.deepEqual(seen, allBut(5));
    });

    it(`R24 ${isolate}: a batch of one is not run again`, async () => {
      const { handler, runs } = frail(0);
      const { seen } = await ran(1, handler, { isolate });
      assert.deepEqual([seen, runs], [[poison], [[0]]]);
    });

    it(`R24 ${isolate}: a wrong answer, too, is run again`, async () => {
      const { seen } = await ran(
        4,
        (xs) => xs.length === 4 ? [] : xs.map((x) => 10 * x),
        { isolate },
      );
      assert.deepEqual(seen, allBut(4));
    });

    it(`R24 ${isolate}: outcomes that say that calls failed are taken at their word`, async () => {
      const runs: number[] = [];
      const { seen } = await ran(3, (xs) => {
        runs.push(xs.length);
        return failed(poison) as never;
      }, { isolate });
      assert.deepEqual([seen, runs], [[poison, poison, poison], [3]]);
    });

    it(`R24 ${isolate}: whoever fails alone hears of that error, not of the first`, async () => {
      const { seen } = await ran(2, (xs) => {
        throw xs.join();
      }, { isolate });
      assert.deepEqual(seen, ["0", "1"]);
    });

    it(`R24 ${isolate}: the handler may change its items, and may answer late or in parts`, async () => {
      const host = new VirtualHost();
      const batcher = new Batcher(async (xs: number[]) => {
        const [...items] = xs;
        xs.splice(0, 99, -1);
        await undefined;
        if (items.includes(3)) throw poison;
        return items.map((x) => x % 2 ? Promise.resolve(10 * x) : 10 * x);
      }, { isolate, host });
      const calls = [0, 1, 2, 3, 4].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), allBut(5, 3));
    });

    it(`R26 ${isolate}: runs that are repeated may call the same batcher`, async () => {
      const host = new VirtualHost();
      const batcher: Batcher<number, number> = new Batcher(async (xs) => {
        if (xs.includes(1)) throw poison;
        if (xs[0]! >= 100) return xs.map((x) => 10 * x - 1000);
        return await Promise.all(xs.map((x) => batcher.run(x + 100)));
      }, { isolate, host });
      const calls = [0, 1, 2].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), allBut(3, 1));
    });
  }

  it("R24 without it a batch that fails rejects all, after one run", async () => {
    const { handler, runs } = frail(2);
    const { seen } = await ran(4, handler, {});
    assert.deepEqual([seen, runs.length], [Array(4).fill(poison), 1]);
  });

  it("R24 each: calls run alone, in order, through the method itself", async () => {
    const host = new VirtualHost();
    const runs: number[] = [];
    const signals = new Set<AbortSignal>();
    const batcher = new Batcher<number, number>(
      () => {
        throw poison;
      },
      { isolate: "each", host },
      (x, { signal }) => {
        runs.push(x);
        signals.add(signal!);
        return x === 1 ? poison : 10 * x;
      },
    );
    const calls = [0, 1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual([seenOf(calls), runs], [allBut(3, 1), [0, 1, 2]]);
    assert.equal(signals.size, 3);
  });

  it("R24 bisect: one bad item in 100 takes at most 15 runs, wherever it is", async () => {
    for (let at = 0; at < 100; at++) {
      const { handler, runs } = frail(at);
      const { seen } = await ran(100, handler, { isolate: "bisect" });
      assert.deepEqual(seen, allBut(100, at));
      assert.ok(runs.length <= 15, `${runs.length} runs`);
    }
  });

  it("R24 bisect: five bad items never take more runs than there are items and 10", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomFrom(seed);
      const size = 6 + random(150);
      const bad = [...Array(5)].map(() => random(size));
      const { handler, runs } = frail(...bad);
      const { seen } = await ran(size, handler, { isolate: "bisect" });
      assert.deepEqual(seen, allBut(size, ...bad), `seed ${seed}`);
      assert.ok(runs.length <= size + 10, `seed ${seed}: ${runs.length} runs`);
    }
  });

  it("R24 any set of bad items, callers that leave, and slow handlers: the innocent succeed", async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = randomFrom(seed);
      const host = new VirtualHost();
      const size = 2 + random(40);
      const items = [...Array(size).keys()];
      const bad = items.filter(() => random(3 + random(20)) === 0);
      let runs = 0;
      const batcher = new Batcher(async (xs: number[]) => {
        runs++;
        for (let turn = random(3); turn > 0; turn--) await undefined;
        if (xs.some((x) => bad.includes(x))) throw poison;
        return xs.map((x) => 10 * x);
      }, { size, host, isolate: random(2) ? "each" : "bisect" });
      const controller = new AbortController();
      const leaving = items.filter(() => random(8) === 0);
      const calls = items.map((x) => {
        const signal = leaving.includes(x) ? controller.signal : undefined;
        return watched(batcher.run(x, { signal }));
      });
      const left = random(40);
      for (let turn = 0; turn < left; turn++) await undefined;
      controller.abort("gone");
      await host.advance();
      const told = `seed ${seed}`;
      for (const x of items) {
        const { state, value, error } = calls[x]!;
        if (leaving.includes(x) && error === "gone") continue;
        assert.equal(state, bad.includes(x) ? "rejected" : "fulfilled", told);
        assert.equal(
          bad.includes(x) ? error : value,
          bad.includes(x) ? poison : 10 * x,
        );
      }
      assert.ok(runs <= size + 10, `${told}: ${runs} runs`);
      const { running, waiting } = batcher.stats();
      assert.deepEqual([running, waiting, batcher.pending], [0, 0, 0], told);
    }
  });

  it("R27 calls that share a place are found guilty together", async () => {
    const host = new VirtualHost();
    const { handler, runs } = frail(1);
    const options = {
      dedupe: (x: number) => x,
      isolate: "each",
      host,
    } as const;
    const batcher = new Batcher(handler, options);
    const calls = [0, 1, 1, 0].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [0, poison, poison, 0]);
    assert.deepEqual(runs, [[0, 1], [0], [1]]);
  });

  it("R24 handlers that answer at once may fail for thousands in a row", async () => {
    const all = [...Array(5000).keys()];
    const { handler, runs } = frail(...all);
    const { seen } = await ran(5000, handler, { isolate: "each" });
    assert.equal(runs.length, 5001);
    assert.ok(seen.every((error) => error === poison));
  });

  it("R24 its runs stay in the slot of the batch, one at a time", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 10 * x);
    const batcher = new Batcher(handler, { size: 2, isolate: "each", host });
    const calls = [0, 1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    handler.at(0).fail(poison);
    await host.advance();
    assert.deepEqual(handler.items, [[0, 1], [0]]);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0, 1], [0], [1]]);
    assert.deepEqual(seenOf(calls), [0, "pending", "pending"]);
    assert.equal(batcher.stats().running, 1);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [2]);
  });

  it("R11 R24 of a stream that fails, only those who have not heard are run again", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const batcher = new Batcher<number, unknown>(handler, {
      isolate: "bisect",
      host,
    });
    const calls = [0, 1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    let promised = (_: string) => {};
    handler.streams[0]!.tell(2, "c");
    handler.streams[0]!.tell(0, new Promise((resolve) => promised = resolve));
    handler.streams[0]!.fail(poison);
    await host.advance();
    assert.equal(handler.streams.length, 1);
    promised("a");
    await host.advance();
    assert.deepEqual(handler.streams[1]!.items, [1]);
    handler.streams[1]!.tell(0, "b");
    handler.streams[1]!.end();
    await host.advance();
    assert.deepEqual(handler.streams[2]!.items, [3]);
    handler.streams[2]!.end();
    await host.advance();
    assert.deepEqual(seenOf(calls).slice(0, 3), ["a", "b", "c"]);
    assert.ok(calls[3]!.error instanceof BatchResultError);
  });

  it("R11 R24 of a stream that fails, the only one who has not heard is run again", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const isolate = "bisect" as const;
    const batcher = new Batcher<number, unknown>(handler, { isolate, host });
    const calls = [0, 1].map((x) => watched(batcher.run(x)));
    await host.advance();
    handler.streams[0]!.tell(0, "a");
    handler.streams[0]!.fail(poison);
    await host.advance();
    handler.streams[1]!.tell(0, "b");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["a", "b"]);
  });

  it("R11 R24 whoever has a promise of the last run waits for that, though the stream fails", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const isolate = "each" as const;
    const batcher = new Batcher<number, unknown>(handler, { isolate, host });
    const calls = [0, 1].map((x) => watched(batcher.run(x)));
    await host.advance();
    const { streams } = handler;
    streams[0]!.fail(poison);
    await host.advance();
    streams[1]!.tell(0, "a");
    streams[1]!.end();
    await host.advance();
    let promised = (_: string) => {};
    streams[2]!.tell(0, new Promise((resolve) => promised = resolve));
    streams[2]!.fail(poison);
    await host.advance();
    promised("b");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["a", "b"]);
  });

  it("R16 R24 the signal of a part aborts when the last of it has left, and no sooner", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const isolate = "bisect" as const;
    const batcher = new Batcher(handler, { isolate, host });
    const controllers = [0, 1, 2, 3].map((x) => {
      const controller = new AbortController();
      watched(batcher.run(x, { signal: controller.signal }));
      return controller;
    });
    await host.advance();
    handler.at(0).fail(poison);
    await host.advance();
    const { signal } = handler.at(1).batch;
    controllers[0]!.abort();
    assert.equal(signal.aborted, false);
    controllers[1]!.abort();
    assert.equal(signal.aborted, true);
  });

  it("R24 it is one batch for those who watch, and teaches policies nothing", async () => {
    const events: unknown[] = [];
    const infos: SettleInfo[] = [];
    const taught: unknown[] = [];
    const lane: LanePolicy = {
      decide: ({ waiting }, _slots, _now, verdict) =>
        verdict.leave(waiting, "idle"),
      ended: (_, ms, failed) => void taught.push([ms, failed]),
    };
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 10 * x);
    const batcher = new Batcher(handler, {
      isolate: "each",
      policy: { forLane: () => lane },
      host,
      hooks: {
        onBatchStart: ({ id, size }) => events.push([id, size]),
        onBatchEnd: ({ id, size, runMs, results, failures, error }) =>
          events.push([id, size, runMs, results, failures, error]),
      },
    });
    const onSettle = (info: SettleInfo) => void infos.push(info);
    for (const x of [0, 1]) watched(batcher.run(x, { onSettle }));
    await host.advance(5);
    handler.at(0).fail(poison);
    await host.advance(5);
    handler.at(1).fail("again");
    await host.advance(5);
    assert.deepEqual(events, [[1, 2]]);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(events, [[1, 2], [1, 2, 15, 1, 1, poison]]);
    assert.deepEqual(taught, [[15, true]]);
    assert.deepEqual(infos.map(({ runMs, size }) => [runMs, size]), [
      [15, 2],
      [15, 2],
    ]);
  });
});

describe("R24: leaving while calls are run again", () => {
  /** Three calls whose batch has failed; the first is run alone. */
  async function repairing(options: BatcherOptions<number> = {}) {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 10 * x);
    const all = { size: 3, isolate: "each", host, ...options } as const;
    const batcher = new Batcher(handler, all);
    const controllers = [0, 1, 2].map(() => new AbortController());
    const calls = controllers.map(({ signal }, x) =>
      watched(batcher.run(x, { signal }))
    );
    await host.advance();
    handler.at(0).fail(poison);
    await host.advance();
    return { host, handler, batcher, calls, controllers };
  }

  it("R16 whoever has left is not run again", async () => {
    const { host, handler, calls, controllers } = await repairing();
    controllers[1]!.abort("gone");
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0, 1, 2], [0], [2]]);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [0, "gone", 20]);
  });

  it("R16 the signal of a run aborts when those it is for have left, and the others go on", async () => {
    const { host, handler, batcher, calls, controllers } = await repairing();
    controllers[0]!.abort("gone");
    assert.equal(handler.at(1).batch.signal.reason, "gone");
    await host.advance();
    assert.equal(handler.batches.length, 2);
    assert.equal(batcher.stats().running, 1);
    handler.at(1).fail("aborted");
    await host.advance();
    assert.equal(handler.at(2).batch.signal.aborted, false);
    handler.at(2).finish();
    await host.advance();
    handler.at(3).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), ["gone", 10, 20]);
  });

  it("R16 when all have left, the run that is under way is the last", async () => {
    const { host, handler, batcher, controllers } = await repairing();
    for (const controller of controllers) controller.abort("gone");
    await host.advance();
    assert.equal(batcher.stats().running, 1);
    handler.at(1).finish();
    await host.advance();
    assert.equal(handler.batches.length, 2);
    assert.equal(batcher.stats().running, 0);
  });

  it("R17 deadlines hold, for those who run and for those who wait for it", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 10 * x);
    const options = { isolate: "each", deadlineMs: 30, host } as const;
    const batcher = new Batcher(handler, options);
    const calls = [0, 1, 2].map((x) =>
      watched(batcher.run(x, x === 2 ? { deadlineMs: 100 } : undefined))
    );
    await host.advance(10);
    handler.at(0).fail(poison);
    await host.advance(20);
    assert.deepEqual(
      calls.map(({ error }) => error && (error as Error).name),
      ["DeadlineError", "DeadlineError", undefined],
    );
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0, 1, 2], [0], [2]]);
    handler.at(2).finish();
    await host.advance();
    assert.equal(calls[2]!.value, 20);
  });

  it("R19 the batch has one time limit, and no isolation follows it", async () => {
    const { host, handler, batcher, calls } = await repairing({
      batchTimeoutMs: 100,
    });
    await host.advance(60);
    handler.at(1).finish();
    await host.advance(40);
    assert.deepEqual(
      calls.map(({ error }) => error && (error as Error).name),
      [undefined, "BatchTimeoutError", "BatchTimeoutError"],
    );
    assert.equal(handler.at(2).batch.signal.reason, calls[1]!.error);
    handler.at(2).fail(poison);
    await host.advance();
    assert.equal(handler.batches.length, 3);
    assert.deepEqual([batcher.stats().running, batcher.pending], [0, 0]);
  });

  it("R19 a limit that ends between two runs ends them, too", async () => {
    const host = new VirtualHost();
    let runs = 0;
    const batcher = new Batcher<number, number>(
      () => {
        runs++;
        return new Promise((_, reject) =>
          host.timer(() => reject(poison), 100)
        );
      },
      { isolate: "each", batchTimeoutMs: 100, host },
    );
    const calls = [0, 1].map((x) => watched(batcher.run(x)));
    await host.advance(1000);
    assert.ok(runs <= 2);
    for (const { state } of calls) assert.equal(state, "rejected");
    assert.equal(batcher.stats().running, 0);
  });

  it("R19 a limit that ends the moment a run has failed ends the batch once", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const ended: unknown[] = [];
    const batcher = new Batcher(handler, {
      size: 2,
      isolate: "each",
      batchTimeoutMs: 100,
      host,
      hooks: { onBatchEnd: ({ id, error }) => void ended.push([id, error]) },
    });
    const calls = [0, 1].map((x) => watched(batcher.run(x)));
    await turns(2);
    host.time = 150;
    handler.at(0).fail(poison);
    watched(batcher.run(2));
    await turns(3);
    for (const { error } of calls) {
      assert.ok(error instanceof BatchTimeoutError);
    }
    assert.deepEqual(ended, [[1, poison]], "told why it failed the first time");
    assert.deepEqual(handler.items, [[0, 1], [2]]);
    watched(batcher.run(3));
    await turns(3);
    assert.equal(handler.batches.length, 2, "there is but one slot");
  });

  it("R20 flush() and close() wait for it", async () => {
    const { host, handler, batcher, calls } = await repairing();
    watched(batcher.run(3));
    const flushed = watched(batcher.flush());
    const closed = watched(batcher.close());
    for (const run of [1, 2, 3]) {
      await host.advance();
      assert.equal(flushed.state, "pending");
      handler.at(run).finish();
    }
    await host.advance();
    handler.at(4).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [0, 10, 20]);
    assert.deepEqual([flushed.state, closed.state], ["fulfilled", "fulfilled"]);
    assert.equal(host.timers, 0);
  });

  it("R20 close({ timeoutMs }) gives up those who wait for their run, too", async () => {
    const uncaught = await uncaughtIn(async () => {
      const { host, handler, batcher, calls } = await repairing();
      const closed = watched(batcher.close({ timeoutMs: 20 }));
      await host.advance(20);
      assert.equal(closed.state, "fulfilled");
      for (const { error } of calls) {
        assert.equal((error as Error).name, "ClosedError");
      }
      handler.at(1).fail(new Error("late"));
      await host.advance();
      assert.equal(handler.batches.length, 2);
      assert.deepEqual([batcher.stats().running, host.timers], [0, 0]);
    });
    assert.deepEqual(uncaught, []);
  });
});
