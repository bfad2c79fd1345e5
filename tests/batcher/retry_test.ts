import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchEndEvent,
  Batcher,
  type BatcherOptions,
  done,
  type LeaveEvent,
  natural,
  type Policy,
  RetryError,
  retryLater,
  type SettleInfo,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { type HeldHandler, heldHandler } from "./held_handler.ts";
import { streamingHandler } from "./held_stream.ts";
import { randomFrom } from "./random_numbers.ts";
import { uncaughtIn } from "./uncaught.ts";
import { seenOf, turns, type Watched, watched } from "./watched.ts";

/** What a test has at hand. */
interface Scene {
  host: VirtualHost;
  handler: HeldHandler<number, number>;
  batcher: Batcher<number, number>;
  calls: Watched<number>[];
}

/** A batcher that tries three times, 10 ms apart, with a running batch of 1, 2 and 3. */
async function scene(options: BatcherOptions<number> = {}): Promise<Scene> {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => 10 * x);
  const retry = { attempts: 3, delayMs: 10 };
  const all = { size: 4, retry, host, ...options };
  const batcher = new Batcher(handler, all);
  const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
  await host.advance();
  return { host, handler, batcher, calls };
}

/** The same, with the second call waiting for its next attempt. */
async function delayed(options: BatcherOptions<number> = {}): Promise<Scene> {
  const made = await scene(options);
  made.handler.at(0).answer([10, retryLater(), 30]);
  await made.host.advance();
  return made;
}

/** A policy that makes the states of two lanes, the default one and that of the scene, and then throws. */
function spent(): Policy {
  let lanes = 0;
  return {
    forLane(limits) {
      if (lanes++ < 2) return natural().forLane(limits);
      throw new Error("no more lanes");
    },
  };
}

describe("R25: retryLater()", () => {
  it("R25 An item comes back after the delay, and its mates are answered", async () => {
    const { host, handler, calls, batcher } = await delayed();
    assert.deepEqual(seenOf(calls), [10, "pending", 30]);
    const { running, waiting } = batcher.stats();
    assert.deepEqual([running, waiting, batcher.pending], [0, 1, 1]);
    await host.advance(9);
    assert.equal(handler.batches.length, 1);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1, 2, 3], [2]]);
    handler.at(1).finish();
    await host.advance();
    assert.equal(calls[1]!.value, 20);
    assert.deepEqual([batcher.pending, host.timers], [0, 0]);
  });

  it("R9 It comes back to its lane though the policy would make no other one", async () => {
    const { host, handler, calls } = await delayed({
      lane: () => "tenant",
      policy: spent(),
    });
    await host.advance(10);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [10, 20, 30]);
  });

  it("R25 When its attempts run out it rejects with a RetryError", async () => {
    const { host, handler, calls, batcher } = await scene({ name: "store" });
    const cause = new Error("throttled");
    for (const run of [0, 1, 2]) {
      handler.at(run).answer(
        handler.items[run]!.map((x) => x === 2 ? retryLater({ cause }) : x),
      );
      await host.advance(10);
    }
    const error = calls[1]!.error as RetryError;
    assert.ok(error instanceof RetryError);
    assert.deepEqual([error.attempts, error.cause], [3, cause]);
    assert.match(error.message, /"store".*3 times/);
    const { results, failures, calls: accepted } = batcher.stats();
    assert.deepEqual([results, failures, accepted], [2, 1, 3]);
  });

  it("R25 Without retry, and with attempts: 1, it rejects at once", async () => {
    for (const retry of [undefined, { attempts: 1 }]) {
      const { host, handler, calls } = await scene({ retry });
      handler.at(0).answer([1, retryLater({ cause: "busy" }), retryLater()]);
      await host.advance();
      const [, second, third] = calls.map(({ error }) => error as RetryError);
      assert.deepEqual([second!.attempts, second!.cause], [1, "busy"]);
      assert.equal("cause" in third!, false);
      assert.match(second!.message, /once/);
    }
  });

  it("R25 One outcome for all: every item comes back, in one batch and in order", async () => {
    const { host, handler, calls, batcher } = await scene();
    handler.at(0).answer(retryLater({ afterMs: 50 }));
    await host.advance(49);
    assert.deepEqual([handler.batches.length, batcher.pending], [1, 3]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1, 2, 3], [1, 2, 3]]);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [10, 20, 30]);
  });

  it("R25 afterMs goes before delayMs, and 0 is at the end of the turn", async () => {
    const { host, handler } = await scene();
    handler.at(0).answer([
      retryLater({ afterMs: 5 }),
      retryLater(),
      retryLater({ afterMs: 0 }),
    ]);
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [3]);
    handler.at(1).finish();
    await host.advance(5);
    assert.deepEqual(handler.items.at(-1), [1]);
    handler.at(2).finish();
    await host.advance(5);
    assert.deepEqual(handler.items.at(-1), [2]);
  });

  it("R25 They go to the head of their lane, and keep their order", async () => {
    const { host, handler, batcher } = await scene();
    const later = [4, 5, 6, 7, 8].map((x) => watched(batcher.run(x)));
    handler.at(0).answer([retryLater(), 20, retryLater()]);
    await host.advance(10);
    assert.deepEqual(handler.items, [[1, 2, 3], [4, 5, 6, 7]]);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [1, 3, 8]);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(seenOf(later), [40, 50, 60, 70, 80]);
  });

  it("R25 delayMs may be a function of how often an item was tried, asked once for a batch", async () => {
    const asked: number[] = [];
    const delayMs = (attempt: number) => {
      asked.push(attempt);
      return attempt * 100;
    };
    const retry = { attempts: 4, delayMs };
    const { host, handler } = await scene({ retry });
    const starts: number[] = [];
    for (const run of [0, 1, 2]) {
      handler.at(run).answer(retryLater());
      await host.advance(100 * (run + 1));
      starts.push(host.now());
      assert.equal(handler.batches.length, run + 2);
    }
    assert.deepEqual([asked, starts], [[1, 2, 3], [100, 300, 600]]);
  });

  it("R25 of one batch those who were tried more often than others have a delay of their own", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const delayMs = (tried: number) => 10 * tried;
    const retry = { attempts: 3, delayMs };
    const batcher = new Batcher(handler, { retry, host });
    watched(batcher.run(1));
    await host.advance();
    handler.at(0).answer([retryLater()]);
    await host.advance();
    watched(batcher.run(2));
    await host.advance();
    // The first one comes back while the slot is busy, and leaves with the third.
    await host.advance(10);
    watched(batcher.run(3));
    handler.at(1).finish();
    await host.advance();
    handler.at(2).answer([retryLater(), retryLater()]);
    await host.advance(10);
    assert.deepEqual(handler.items, [[1], [2], [1, 3], [3]]);
  });

  it("R25 delayMs may be 0, or return that: they come back at the end of the turn", async () => {
    for (const delayMs of [0, () => 0]) {
      const { host, handler } = await delayed({
        retry: { attempts: 2, delayMs },
      });
      assert.deepEqual(handler.items, [[1, 2, 3], [2]]);
      assert.equal(host.now(), 0);
    }
  });

  it("R25 A full batch that comes back without a delay leaves turns to others", async () => {
    let runs = 0;
    const batcher = new Batcher<number, number>(
      () => ++runs < 1000 ? retryLater({ afterMs: 0 }) : done(0),
      { size: 1, retry: { attempts: Infinity } },
    );
    const call = watched(batcher.run(1));
    await turns(5);
    assert.ok(runs <= 10, `${runs} batches in 5 turns`);
    await batcher.close({ timeoutMs: 0 });
    assert.equal((call.error as Error).name, "ClosedError");
  });

  it("R25 A delayMs that throws, or returns no time, rejects those calls", async () => {
    const broken = new Error("broken");
    const ways: [() => number, RegExp | Error][] = [
      [() => -1, /"delayMs" must return a number of ms >= 0, got -1/],
      [() => NaN, /got NaN/],
      [() => "soon" as never, /got a value of type string/],
      [() => {
        throw broken;
      }, broken],
    ];
    for (const [delayMs, wanted] of ways) {
      const retry = { attempts: 3, delayMs };
      const { host, handler, calls, batcher } = await scene({ retry });
      handler.at(0).answer([10, retryLater(), 30]);
      await host.advance();
      const { error } = calls[1]!;
      if (wanted instanceof Error) assert.equal(error, wanted);
      else {
        assert.ok(error instanceof RangeError);
        assert.match(error.message, wanted);
      }
      assert.deepEqual([batcher.pending, batcher.stats().running], [0, 0]);
    }
  });

  it("R16 A delayMs that aborts the call, be it that it throws then, brings nobody back", async () => {
    for (const isThrowing of [false, true]) {
      const controller = new AbortController();
      const { signal } = controller;
      const delayMs = () => {
        controller.abort("gone");
        if (isThrowing) throw new Error("no delay");
        return 10;
      };
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const retry = { attempts: 3, delayMs };
      const batcher = new Batcher(handler, { retry, host });
      const calls = [
        watched(batcher.run(1, { signal })),
        watched(batcher.run(2)),
      ];
      await host.advance();
      handler.at(0).answer([retryLater(), 2]);
      await host.advance(100);
      assert.deepEqual(seenOf(calls), ["gone", 2]);
      assert.equal(handler.batches.length, 1);
      const { results, failures, aborted } = batcher.stats();
      assert.deepEqual([results, failures, aborted], [1, 0, 1]);
      assert.equal(batcher.pending, 0);
    }
  });

  it("R16 Nobody asks how long a call is to wait that has left", async () => {
    let asked = 0;
    const retry = { attempts: 3, delayMs: () => (asked++, 10) };
    const { host, handler, batcher } = await scene({ retry, size: 5 });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      watched(batcher.run(4, { signal })),
      watched(batcher.run(5)),
    ];
    handler.at(0).finish();
    await host.advance();
    controller.abort("gone");
    handler.at(1).answer([retryLater(), 50]);
    await host.advance();
    assert.deepEqual(seenOf(calls), ["gone", 50]);
    assert.equal(asked, 0);
  });

  it("R25 Left out, the delay is random below 100 ms, 200 ms, 400 ms and so on, up to 10 s", async () => {
    const longest = new Array<number>(9).fill(0);
    for (let times = 0; times < 20; times++) {
      const { host, handler } = await scene({ retry: { attempts: 10 } });
      for (let run = 0; run < 9; run++) {
        const most = Math.min(10_000, 100 * 2 ** run);
        let quarters = 0;
        handler.at(run).answer(retryLater());
        while (handler.batches.length === run + 1) {
          assert.ok(++quarters <= 4, `longer than ${most} ms`);
          await host.advance(most / 4);
        }
        longest[run] = Math.max(longest[run]!, quarters / 4);
      }
    }
    for (const share of longest) assert.ok(share > 0.5, `${share}`);
  });

  it("R25 The body of a decorated method may ask for it, too", async () => {
    const host = new VirtualHost();
    let capacity = 0;
    const batcher = new Batcher<number, number>(
      (xs) => xs,
      { retry: { attempts: 2, delayMs: 10 }, host },
      (x) => capacity-- > 0 ? x : retryLater(),
    );
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal(call.state, "pending");
    capacity = 1;
    await host.advance(10);
    assert.equal(call.value, 1);
  });

  it("R10 R11 Promised and streamed outcomes may ask for it", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const retry = { attempts: 2, delayMs: 10 };
    const batcher = new Batcher<number, unknown>(handler, { retry, host });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    const stream = handler.streams[0]!;
    stream.tell(2, retryLater());
    stream.tell(0, Promise.resolve(retryLater()));
    await host.advance(10);
    assert.equal(batcher.stats().running, 1);
    stream.tell(1, "b");
    stream.end();
    await host.advance();
    assert.deepEqual(handler.streams[1]!.items, [1, 3]);
    handler.streams[1]!.tell(1, "c");
    handler.streams[1]!.tell(0, "a");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["a", "b", "c"]);
  });

  it("R25 It is tried again on time, though the batch that it was in goes on", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const options = { concurrency: 2, retry: { attempts: 2 }, host };
    const batcher = new Batcher<number, unknown>(handler, options);
    for (const x of [1, 2]) watched(batcher.run(x));
    await host.advance();
    handler.streams[0]!.tell(0, retryLater({ afterMs: 10 }));
    await host.advance(10);
    assert.deepEqual(handler.streams.map(({ items }) => items), [[1, 2], [1]]);
  });

  it("R24 R25 Items that are isolated may ask for it, and those that are tried again may be isolated", async () => {
    const host = new VirtualHost();
    const poison = new Error("poison");
    const runs: number[][] = [];
    let capacity = 2;
    const batcher = new Batcher((xs: number[]) => {
      runs.push(xs);
      if (xs.includes(3)) throw poison;
      return xs.map((x) => capacity-- > 0 ? x : retryLater());
    }, {
      isolate: "each",
      retry: { attempts: 2, delayMs: () => capacity = 9 },
      host,
    });
    const calls = [1, 2, 3, 4].map((x) => watched(batcher.run(x)));
    await host.advance(9);
    assert.deepEqual(seenOf(calls), [1, 2, poison, 4]);
    assert.deepEqual(runs, [[1, 2, 3, 4], [1], [2], [3], [4], [4]]);
  });

  it("R9 The handler may change its items: they are tried again as they came", async () => {
    const host = new VirtualHost();
    const runs: number[][] = [];
    const batcher = new Batcher((xs: number[]) => {
      const items = xs.splice(0);
      runs.push(items);
      return items.map((x) => runs.length > 1 ? 10 * x : retryLater());
    }, { retry: { attempts: 2, delayMs: 10 }, host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance(10);
    assert.deepEqual([seenOf(calls), runs], [[10, 20], [[1, 2], [1, 2]]]);
  });

  it("R27 Calls that share a place are tried again as one, and others may join meanwhile", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      dedupe: (x) => x,
      retry: { attempts: 2, delayMs: 10 },
      deadlineMs: 100,
      host,
    });
    const calls = [1, 1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    handler.at(0).answer([retryLater(), 2]);
    await host.advance(5);
    calls.push(watched(batcher.run(1, { priority: 3 })));
    assert.equal(batcher.pending, 3);
    await host.advance(5);
    assert.deepEqual(handler.items, [[1, 2], [1]]);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 1, 2, 1]);
    assert.deepEqual([batcher.pending, host.timers], [0, 0]);
  });

  it("R6 R7 R8 They keep their lane, weight and priority", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      lane: (x) => x % 2,
      weigh: (x) => x,
      maxWeight: 10,
      retry: { attempts: 2, delayMs: 10 },
      host,
    });
    watched(batcher.run(8));
    watched(batcher.run(2, { priority: 5 }));
    await host.advance();
    handler.at(0).answer(retryLater());
    await host.advance();
    for (const x of [1, 4]) watched(batcher.run(x));
    await host.advance();
    assert.deepEqual(handler.items, [[2, 8], [1]]);
    await host.advance(10);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [2, 8]);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [4]);
  });

  it("R18 Whoever waits for another attempt holds a place in the queue", async () => {
    const { host, handler, batcher } = await delayed({ maxQueue: 0, size: 3 });
    assert.equal(batcher.full, false);
    const more = [4, 5].map((x) => watched(batcher.run(x)));
    assert.equal(batcher.full, true);
    await assert.rejects(batcher.run(6), { name: "QueueFullError" });
    await host.advance();
    handler.at(1).finish();
    await host.advance(10);
    assert.deepEqual(handler.items.at(-1), [2]);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(seenOf(more), [40, 50]);
    assert.equal(batcher.full, false);
  });

  it("R21 A thousand calls that wait for their next attempts share one timer", async () => {
    const host = new FrailHost();
    let round = 0;
    const batcher = new Batcher(
      (xs: number[]) =>
        xs.map((x) => round > 0 ? x : retryLater({ afterMs: 1000 + x })),
      { size: 1000, retry: { attempts: 2 }, host },
    );
    const calls = [...Array(1000).keys()].map((x) => batcher.run(x));
    await turns(3);
    assert.deepEqual([host.timers, host.timersSet], [1, 1]);
    round++;
    await host.moveTo(2000);
    assert.equal((await Promise.all(calls)).length, 1000);
    assert.equal(host.timers, 0);
  });

  it("R15 A timer that died is noticed at the next call", async () => {
    const host = new FrailHost();
    host.timersDie = true;
    const handler = heldHandler((x: number) => x);
    const retry = { attempts: 2, delayMs: 100 };
    const batcher = new Batcher(handler, { retry, size: 1, host });
    watched(batcher.run(1));
    await turns(2);
    handler.at(0).answer(retryLater());
    await turns(2);
    host.time = 200;
    watched(batcher.run(2));
    await turns(3);
    assert.deepEqual(handler.items, [[1], [1]]);
  });

  it("R25 Hooks and onSettle hear of each batch, and of the last one", async () => {
    const ends: unknown[] = [];
    const infos: SettleInfo[] = [];
    const onBatchEnd = (event: BatchEndEvent) =>
      void ends.push([event.id, event.size, event.results, event.failures]);
    const { host, handler, batcher } = await scene({
      hooks: { onBatchEnd, onCall: ({ item }) => item },
    });
    const onSettle = (info: SettleInfo) => void infos.push(info);
    watched(batcher.run(4, { onSettle }));
    handler.at(0).finish();
    await host.advance();
    handler.at(1).answer(retryLater());
    await host.advance(10);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(ends, [[1, 3, 3, 0], [2, 1, 0, 0], [3, 1, 1, 0]]);
    assert.deepEqual(infos.map(({ batchId, waitMs }) => [batchId, waitMs]), [
      [3, 10],
    ]);
  });

  it("Whoever waits for another attempt still counts as waiting since it came", async () => {
    const { host, handler, batcher } = await scene();
    await host.advance(5);
    watched(batcher.run(4));
    await host.advance(1);
    handler.at(0).answer([10, retryLater(), 30]);
    await host.advance(2);
    handler.at(1).answer([retryLater()]);
    await host.advance(1);
    assert.equal(batcher.stats().waiting, 2);
    assert.equal(batcher.stats().oldestWaitMs, 9);
    await host.advance(7);
    handler.at(2).finish();
    await host.advance();
    assert.equal(batcher.stats().oldestWaitMs, 11);
    await host.advance(2);
    handler.at(3).finish();
    await host.advance();
    assert.equal(batcher.stats().oldestWaitMs, 0);
  });

  it("retryLater() refuses an afterMs that is no time", () => {
    const message = /"afterMs" must be a number of ms >= 0, got/;
    for (const afterMs of [-1, NaN]) {
      const expected = { name: "RangeError", message };
      assert.throws(() => retryLater({ afterMs }), expected);
    }
    for (const afterMs of ["5", null, Object.create(null)]) {
      const expected = { name: "TypeError", message };
      assert.throws(() => retryLater({ afterMs } as never), expected);
    }
  });

  it("retryLater() refuses a time that stands alone, and what it does not know", () => {
    assert.throws(() => retryLater(5 as never), {
      name: "TypeError",
      message: 'Cannot retry later: "options" must be an object, got 5',
    });
    assert.throws(() => retryLater({ after: 5 } as never), {
      name: "TypeError",
      message:
        'Cannot retry later: unknown option "after", wanted one of afterMs, cause',
    });
  });
});

describe("R25: leaving while waiting for another attempt", () => {
  it("R16 By a signal", async () => {
    const host = new VirtualHost();
    const events: LeaveEvent[] = [];
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      retry: { attempts: 2, delayMs: 50 },
      hooks: { onLeave: (event) => events.push(event) },
      host,
    });
    const controller = new AbortController();
    const { signal } = controller;
    const call = watched(batcher.run(1, { signal }));
    await host.advance(5);
    handler.at(0).answer(retryLater());
    await host.advance(20);
    controller.abort("gone");
    await host.advance();
    assert.equal(call.error, "gone");
    assert.deepEqual(
      events.map(({ reason, waitMs, batchId }) => [reason, waitMs, batchId]),
      [["aborted", 0, 1]],
    );
    assert.deepEqual([batcher.pending, host.timers], [0, 0]);
    await host.advance(100);
    assert.equal(handler.batches.length, 1);
    assert.equal(handler.at(0).batch.signal.aborted, false);
  });

  for (
    const [what, options, demands] of [
      ["of its own", {}, { deadlineMs: 30 }],
      ["that all have in common", { deadlineMs: 30 }, undefined],
    ] as const
  ) {
    it(`R17 By a deadline ${what}, which counts from the call`, async () => {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const retry = { attempts: 9, delayMs: 12 };
      const batcher = new Batcher(handler, { retry, host, ...options });
      const call = watched(batcher.run(1, demands));
      for (const run of [0, 1, 2]) {
        await host.advance(12 * run - host.now());
        handler.at(run).answer(retryLater());
      }
      await host.advance(29 - host.now());
      assert.equal(call.state, "pending");
      await host.advance(1);
      assert.equal((call.error as Error).name, "DeadlineError");
      assert.deepEqual([batcher.pending, batcher.stats().expired], [0, 1]);
      await host.advance(100);
      assert.equal(handler.batches.length, 3);
      assert.equal(host.timers, 0);
    });
  }

  it("R20 close() does not wait for the delay, but for further ones", async () => {
    const { host, handler, calls, batcher } = await delayed();
    const closed = watched(batcher.close());
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [2]);
    handler.at(1).answer(retryLater());
    await host.advance(9);
    assert.deepEqual([handler.batches.length, closed.state], [2, "pending"]);
    await host.advance(1);
    handler.at(2).answer(retryLater());
    await host.advance();
    assert.equal((calls[1]!.error as RetryError).attempts, 3);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual([host.now(), host.timers], [10, 0]);
  });

  it("R20 close() asks a back end no more often that says when to come back", async () => {
    const host = new VirtualHost();
    const tries: number[] = [];
    const batcher = new Batcher<number, number>(() => {
      tries.push(host.now());
      return tries.length < 20 ? retryLater({ afterMs: 100 }) : done(0);
    }, { retry: { attempts: Infinity }, host });
    const call = watched(batcher.run(1));
    await host.advance(50);
    const closed = watched(batcher.close({ timeoutMs: 500 }));
    await host.advance(499);
    assert.deepEqual(tries, [0, 50, 150, 250, 350, 450]);
    assert.deepEqual([call.state, closed.state], ["pending", "pending"]);
    await host.advance(1);
    assert.equal((call.error as Error).name, "ClosedError");
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual([batcher.pending, host.timers], [0, 0]);
  });

  it("R20 close({ timeoutMs }) gives it up with all others", async () => {
    const uncaught = await uncaughtIn(async () => {
      const { host, handler, calls, batcher } = await delayed();
      const never = watched(batcher.run(9));
      await host.advance();
      const closed = watched(batcher.close({ timeoutMs: 5 }));
      await host.advance(5);
      for (const call of [calls[1]!, never]) {
        assert.equal((call.error as Error).name, "ClosedError");
      }
      assert.equal(closed.state, "fulfilled");
      handler.at(1).answer(retryLater());
      await host.advance(100);
      assert.deepEqual([batcher.pending, host.timers], [0, 0]);
    });
    assert.deepEqual(uncaught, []);
  });

  it("R20 close({ timeoutMs: 0 }) gives up those who are away", async () => {
    const { host, calls, batcher } = await delayed();
    const closed = watched(batcher.close({ timeoutMs: 0 }));
    await host.advance();
    assert.equal((calls[1]!.error as Error).name, "ClosedError");
    assert.equal(closed.state, "fulfilled");
    assert.equal(batcher.stats().waiting, 0);
  });

  it("R20 flush() sends it now, and resolves when it has been answered in the end", async () => {
    const { host, handler, calls, batcher } = await delayed();
    const flushed = watched(batcher.flush());
    await host.advance();
    assert.deepEqual(handler.items.at(-1), [2]);
    handler.at(1).answer(retryLater());
    await host.advance(9);
    assert.deepEqual([handler.batches.length, flushed.state], [2, "pending"]);
    await host.advance(1);
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual([calls[1]!.value, flushed.state], [20, "fulfilled"]);
  });

  it("R20 Whoever is flushed is not held for company when it comes back", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      ...{ maxWaitMs: 60_000, retry: { attempts: 3, delayMs: 10 }, host },
    });
    const call = watched(batcher.run(1));
    const flushed = watched(batcher.flush());
    for (const run of [0, 1]) {
      await host.advance();
      handler.at(run).answer(retryLater());
      await host.advance(10);
    }
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual([call.value, flushed.state], [1, "fulfilled"]);
  });

  it("R26 A flush that a handler awaits does not deadlock on items that are tried again", async () => {
    const host = new VirtualHost();
    let tries = 0;
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      if (xs.includes(1)) {
        await batcher.flush();
        return xs;
      }
      return xs.map((x) => tries++ < 2 ? retryLater() : x);
    }, { size: 1, retry: { attempts: 9, delayMs: 10 }, host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance(100);
    assert.deepEqual([seenOf(calls), tries], [[1, 2], 3]);
  });

  it("R26 A nested call that is tried again needs no slot either", async () => {
    const host = new VirtualHost();
    let tries = 0;
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      if (xs.includes(1)) return [await batcher.run(2)];
      return xs.map((x) => tries++ < 2 ? retryLater() : x);
    }, { retry: { attempts: 9, delayMs: 10 }, host });
    const call = watched(batcher.run(1));
    await host.advance(100);
    assert.deepEqual([call.value, tries], [2, 3]);
  });

  it("R26 A nested call that is away takes no place in the queue either", async () => {
    const host = new VirtualHost();
    const options = { concurrency: 2, maxQueue: 0, size: 1, host };
    const retry = { attempts: 2, delayMs: 10 };
    let tries = 0;
    const batcher: Batcher<number, number> = new Batcher(async ([x]) => {
      if (x === 1) return [await batcher.run(2)];
      return [x === 2 && tries++ === 0 ? retryLater() : x!];
    }, { ...options, retry });
    const calls = [watched(batcher.run(1))];
    await host.advance(5);
    assert.deepEqual([batcher.stats().waiting, batcher.full], [1, false]);
    calls.push(watched(batcher.run(3)));
    await host.advance(5);
    assert.deepEqual(seenOf(calls), [2, 3]);
  });

  it("R19 A batch that runs out of time is not tried again", async () => {
    const { host, handler, calls } = await scene({ batchTimeoutMs: 20 });
    await host.advance(20);
    handler.at(0).answer(retryLater());
    await host.advance(100);
    assert.equal(handler.batches.length, 1);
    for (const { error } of calls) {
      assert.equal((error as Error).name, "BatchTimeoutError");
    }
  });
});

describe("R25: whatever happens", () => {
  it("R9 Every call settles once, is tried no more often than allowed, and nothing is left", async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const random = randomFrom(seed);
      const host = new VirtualHost();
      const seen = new Map<number, number>();
      const attempts = 1 + random(4);
      const concurrency = 1 + random(3);
      let running = 0;
      const batcher = new Batcher(async (xs: number[]) => {
        assert.ok(++running <= concurrency, `seed ${seed}`);
        for (const x of xs) seen.set(x, 1 + (seen.get(x) ?? 0));
        const ms = random(4);
        await new Promise<void>((resolve) => void host.timer(resolve, ms));
        running--;
        if (random(6) === 0) return retryLater({ afterMs: random(9) });
        return xs.map((x) =>
          random(3) === 0 ? retryLater({ afterMs: random(20) }) : 10 * x
        );
      }, {
        size: 1 + random(5),
        concurrency,
        lane: random(2) ? (x) => x % 3 : undefined,
        deadlineMs: random(2) ? 60 : undefined,
        retry: { attempts, delayMs: random(10) },
        host,
      });
      const calls: Watched<number>[] = [];
      const controller = new AbortController();
      const { signal } = controller;
      for (let step = 0; step < 40; step++) {
        for (let n = random(4); n > 0; n--) {
          const call = random(6) ? undefined : { signal };
          calls.push(watched(batcher.run(calls.length, call)));
        }
        await host.advance(random(6));
        if (step === 30) controller.abort("gone");
        if (random(15) === 0) watched(batcher.flush());
      }
      const closed = watched(batcher.close());
      await host.advance(200);
      assert.equal(closed.state, "fulfilled", `seed ${seed}`);
      calls.forEach(({ state, value, error }, x) => {
        assert.notEqual(state, "pending", `seed ${seed}: ${x}`);
        assert.ok((seen.get(x) ?? 0) <= attempts, `seed ${seed}: ${x}`);
        if (state === "fulfilled") assert.equal(value, 10 * x);
        else if (error instanceof RetryError) {
          assert.equal(error.attempts, attempts);
          assert.equal(seen.get(x), attempts);
        }
      });
      const stats = batcher.stats();
      const { results, failures, aborted, expired, waiting } = stats;
      assert.equal(results + failures + aborted + expired, stats.calls);
      assert.deepEqual([waiting, batcher.pending], [0, 0]);
      assert.equal(host.timers, 0);
    }
  });
});
