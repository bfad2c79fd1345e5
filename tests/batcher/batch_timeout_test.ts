import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  BatchTimeoutError,
  type LanePolicy,
  type Policy,
  type SettleInfo,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { type HeldBatch, heldHandler } from "./held_handler.ts";
import { streamingHandler } from "./held_stream.ts";
import { uncaughtIn } from "./uncaught.ts";
import { seenOf, turns, watched } from "./watched.ts";

/** A batcher whose batches may run for 100 ms, and the first of which does. */
async function running(options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => 10 * x);
  const all = { size: 2, batchTimeoutMs: 100, host, ...options };
  const batcher = new Batcher(handler, all);
  const calls = [1, 2].map((x) => watched(batcher.run(x)));
  await host.advance();
  return { host, handler, batcher, calls };
}

describe("R19: batchTimeoutMs", () => {
  it("R19 a batch whose handler answers at once has ended, and its time with it", async () => {
    const host = new VirtualHost();
    const options = { batchTimeoutMs: 100, host };
    const batcher = new Batcher((xs: number[]) => xs, options);
    for (const time of [0, 200]) {
      watched(batcher.run(time));
      await host.advance(200);
    }
    const { running, results, failures } = batcher.stats();
    assert.deepEqual([running, results, failures], [0, 2, 0]);
    assert.equal(host.timers, 0);
  });

  it("R19 The calls of a batch that takes too long reject, on time, and its signal aborts", async () => {
    const { host, handler, batcher, calls } = await running({ name: "slow" });
    await host.advance(99);
    assert.deepEqual(seenOf(calls), ["pending", "pending"]);
    assert.equal(handler.at(0).batch.signal.aborted, false);
    await host.advance(1);
    for (const { error } of calls) {
      assert.ok(error instanceof BatchTimeoutError);
      assert.equal(error.batchTimeoutMs, 100);
      assert.match(error.message, /"slow".*"batchTimeoutMs", 100 ms/);
    }
    assert.equal(handler.at(0).batch.signal.reason, calls[0]!.error);
    assert.deepEqual([batcher.pending, batcher.stats().running], [0, 0]);
  });

  it("R19 Its slot is freed though the handler ignores the signal", async () => {
    const { host, handler, batcher } = await running();
    const next = watched(batcher.run(3));
    await host.advance(100);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
    handler.at(1).finish();
    await host.advance();
    assert.equal(next.value, 30);
  });

  it("R19 A late answer is dropped, be it an array, an error or a stream", async () => {
    const uncaught = await uncaughtIn(async () => {
      let isClosed = false;
      async function* late() {
        try {
          yield [0, 1] as const;
        } finally {
          isClosed = true;
        }
      }
      let isLeft = false;
      const open = () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          return: () => {
            isLeft = true;
            return Promise.resolve({ done: true as const, value: undefined });
          },
        }),
      });
      const broken = () => Promise.reject(new Error("late"));
      const ways: ((batch: HeldBatch<number, number>) => void)[] = [
        (batch) => batch.finish(),
        (batch) => batch.fail(new Error("late")),
        (batch) => batch.answer([broken(), broken()]),
        (batch) => batch.answer([broken()]),
        (batch) => batch.answer(late()),
        (batch) => batch.answer(open()),
      ];
      for (const answerLate of ways) {
        const { host, handler, batcher, calls } = await running();
        await host.advance(100);
        const seen = seenOf(calls);
        answerLate(handler.at(0));
        await host.advance();
        assert.deepEqual(seenOf(calls), seen);
        const { batches, failures, running: left } = batcher.stats();
        assert.deepEqual([batches, failures, left], [1, 2, 0]);
        const again = watched(batcher.run(9));
        await host.advance();
        handler.at(1).finish();
        await host.advance();
        assert.equal(again.value, 90);
      }
      // A generator that nobody has started has nothing to clean up.
      assert.equal(isClosed, false);
      assert.equal(isLeft, true);
    });
    assert.deepEqual(uncaught, []);
  });

  it("R19 Only those whose promised outcome is late reject", async () => {
    const { host, handler, batcher, calls } = await running();
    let promised = (_: number) => {};
    handler.at(0).answer([
      7,
      new Promise<number>((resolve) => promised = resolve),
    ]);
    await host.advance(99);
    assert.deepEqual(seenOf(calls), [7, "pending"]);
    await host.advance(1);
    assert.ok(calls[1]!.error instanceof BatchTimeoutError);
    promised(8);
    await host.advance();
    const { results, failures, running: left } = batcher.stats();
    assert.deepEqual([results, failures, left], [1, 1, 0]);
    assert.equal(batcher.pending, 0);
  });

  it("R11 R19 A stream that is late is asked to end, whoever has heard has heard", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const batcher = new Batcher<number, unknown>(handler, {
      batchTimeoutMs: 100,
      host,
    });
    const calls = [0, 1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    const stream = handler.streams[0]!;
    stream.cleanUp = new Promise(() => {});
    stream.tell(1, "b");
    stream.tell(2, new Promise(() => {}));
    await host.advance(100);
    assert.equal(calls[1]!.value, "b");
    for (const index of [0, 2]) {
      assert.ok(calls[index]!.error instanceof BatchTimeoutError);
    }
    assert.deepEqual([stream.returns, batcher.stats().running], [1, 0]);
    stream.tell(0, "late");
    stream.end();
    await host.advance();
    assert.equal(batcher.stats().results, 1);
  });

  it("R19 A batch that ends in time is left alone, and no timer stays", async () => {
    const { host, handler, batcher, calls } = await running();
    await host.advance(99);
    handler.at(0).finish();
    await host.advance(1000);
    assert.deepEqual(seenOf(calls), [10, 20]);
    assert.equal(handler.at(0).batch.signal.aborted, false);
    assert.equal(batcher.stats().failures, 0);
    assert.equal(host.timers, 0);
  });

  it("R19 Each of many batches has its own time, from its own start", async () => {
    const { host, handler, batcher } = await running({
      size: 1,
      concurrency: 4,
    });
    await host.advance(30);
    for (const x of [3, 4]) watched(batcher.run(x));
    await host.advance(20);
    handler.at(1).finish();
    handler.at(3).finish();
    await host.advance(50);
    assert.equal(batcher.stats().running, 1);
    await host.advance(29);
    assert.equal(batcher.stats().running, 1);
    await host.advance(1);
    assert.deepEqual([batcher.stats().running, host.timers], [0, 0]);
    const aborted = handler.batches.map(({ batch }) => batch.signal.aborted);
    assert.deepEqual(aborted, [true, false, true, false]);
  });

  it("R21 A thousand running batches share one timer, which no batch moves", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 1, concurrency: Infinity, batchTimeoutMs: 1e4 };
    const batcher = new Batcher(handler, { ...options, host });
    for (let x = 0; x < 1000; x++) {
      host.time = x;
      watched(batcher.run(x));
      await turns(2);
      if (x % 10 > 0) handler.at(x).finish();
    }
    await turns(2);
    assert.deepEqual([host.timers, host.timersSet], [1, 1]);
    await host.moveTo(1e4);
    assert.equal(batcher.stats().running, 99);
    await host.moveTo(11e3);
    assert.equal(batcher.stats().running, 0);
  });

  it("R15 A timer that died is noticed at the next call", async () => {
    const host = new FrailHost();
    host.timersDie = true;
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { batchTimeoutMs: 100, host });
    const call = watched(batcher.run(1));
    await turns(2);
    host.time = 200;
    watched(batcher.run(2));
    await turns(3);
    assert.ok(call.error instanceof BatchTimeoutError);
  });

  it("R19 It works on a host that each caller joins, without any timer", async () => {
    const looks = new Set<() => void>();
    class JoinedHost extends VirtualHost {
      join(look: () => void): () => void {
        this.hop(look);
        looks.add(look);
        return () => looks.delete(look);
      }
      override timer() {
        return { cancel() {} };
      }
    }
    const host = new JoinedHost();
    const never = () => new Promise<number[]>(() => {});
    const batcher = new Batcher(never, { batchTimeoutMs: 100, host });
    const call = watched(batcher.run(1));
    await host.advance(100);
    assert.equal(call.state, "pending");
    for (const look of looks) look();
    await host.advance();
    assert.ok(call.error instanceof BatchTimeoutError);
    assert.equal(looks.size, 0);
  });

  it("R19 What it rejects is told: events, onSettle, statistics", async () => {
    const events: unknown[] = [];
    const infos: SettleInfo[] = [];
    const { host, batcher } = await running({
      size: 1,
      hooks: {
        onLeave: () => events.push("left"),
        onBatchEnd: ({ runMs, results, failures, error }) =>
          events.push([runMs, results, failures, (error as Error).name]),
      },
    });
    const onSettle = (info: SettleInfo) => void infos.push(info);
    watched(batcher.run(3, { onSettle }));
    await host.advance(300);
    const end = [100, 0, 1, "BatchTimeoutError"];
    assert.deepEqual(events, [end, end, end]);
    assert.deepEqual(infos.map(({ runMs, size }) => [runMs, size]), [[100, 1]]);
    assert.equal(batcher.stats().failures, 3);
  });

  it("R19 It teaches policies nothing, and no mean either", async () => {
    const ended: unknown[] = [];
    const lane: LanePolicy = {
      decide: ({ waiting }, _slots, _now, verdict) =>
        verdict.leave(waiting, "idle"),
      ended: ({ id }, ms, failed) => void ended.push([id, ms, failed]),
    };
    const policy: Policy = { forLane: () => lane };
    const { host, handler, batcher } = await running({ policy });
    await host.advance(100);
    watched(batcher.run(3, { deadlineMs: 40 }));
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(ended, [[1, 100, true], [2, 0, false]]);
  });

  it("R1 Those who wait leave at the end of that turn, so that whoever was rejected may join", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => 10 * x);
    const batcher = new Batcher(handler, {
      size: 9,
      batchTimeoutMs: 100,
      host,
    });
    const retried = watched(batcher.run(1).catch(() => batcher.run(1)));
    await host.advance();
    const waiting = watched(batcher.run(2));
    await host.advance(100);
    assert.deepEqual(handler.items, [[1], [2, 1]]);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf([retried, waiting]), [10, 20]);
  });

  it("R19 It passes for the body of a decorated method, too", async () => {
    const host = new VirtualHost();
    let signal: AbortSignal | undefined;
    const batcher = new Batcher<number, number>(
      (xs) => xs,
      { batchTimeoutMs: 100, host },
      (_, call) => {
        signal = call.signal;
        return new Promise(() => {});
      },
    );
    const call = watched(batcher.run(1));
    await host.advance(100);
    assert.ok(call.error instanceof BatchTimeoutError);
    assert.equal(signal?.reason, call.error);
  });

  it("R19 A handler that blocks for longer has answered before anybody could look", async () => {
    const host = new FrailHost();
    const batcher = new Batcher((xs: number[]) => {
      host.time += 500;
      return xs;
    }, { batchTimeoutMs: 100, host });
    const call = watched(batcher.run(1));
    await turns(3);
    assert.equal(call.value, 1);
  });
});

describe("R19: leaving a batch that will run out of time", () => {
  it("R16 Whoever has left before hears nothing of it", async () => {
    const { host, handler, batcher } = await running({ size: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    await host.advance(100);
    await host.advance(100);
    const call = watched(batcher.run(3, { signal }));
    await host.advance(50);
    controller.abort("gone");
    await host.advance(49);
    assert.deepEqual([call.error, batcher.stats().running], ["gone", 1]);
    await host.advance(1);
    assert.deepEqual([call.error, batcher.stats().running], ["gone", 0]);
    assert.equal(handler.at(2).batch.signal.reason, "gone");
    const { aborted, failures } = batcher.stats();
    assert.deepEqual([aborted, failures], [1, 2]);
  });

  it("R17 A deadline that is nearer comes first", async () => {
    const { host, batcher } = await running({ concurrency: 2 });
    const call = watched(batcher.run(3, { deadlineMs: 50 }));
    await host.advance(50);
    assert.equal((call.error as Error).name, "DeadlineError");
    await host.advance(100);
    assert.deepEqual([batcher.pending, batcher.stats().running], [0, 0]);
  });

  it("R20 flush() and close() end with it", async () => {
    const { host, handler, batcher } = await running();
    const waiting = watched(batcher.run(3));
    const flushed = watched(batcher.flush());
    const closed = watched(batcher.close());
    await host.advance(100);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
    assert.equal(flushed.state, "pending");
    await host.advance(100);
    assert.ok(waiting.error instanceof BatchTimeoutError);
    assert.deepEqual([flushed.state, closed.state], ["fulfilled", "fulfilled"]);
    assert.equal(host.timers, 0);
  });

  it("R20 close({ timeoutMs }) that is shorter gives up first, and the batch is forgotten", async () => {
    const { host, batcher, calls } = await running();
    const closed = watched(batcher.close({ timeoutMs: 50 }));
    await host.advance(50);
    assert.equal(closed.state, "fulfilled");
    for (const { error } of calls) {
      assert.equal((error as Error).name, "ClosedError");
    }
    await host.advance(100);
    assert.equal(host.timers, 0);
  });

  it("R26 A call that a batch waits for in vain ends with its batch", async () => {
    const host = new VirtualHost();
    const inner = new Batcher<number, number>(
      () => new Promise(() => {}),
      { batchTimeoutMs: 50, host },
    );
    const outer = new Batcher(
      (xs: number[]) => Promise.all(xs.map((x) => inner.run(x))),
      { batchTimeoutMs: 100, host },
    );
    const call = watched(outer.run(1));
    await host.advance(50);
    assert.equal((call.error as BatchTimeoutError).batchTimeoutMs, 50);
    assert.deepEqual([inner.pending, outer.pending, host.timers], [0, 0, 0]);
  });
});
