import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import {
  type BatchContext,
  Batcher,
  type BatcherOptions,
  BatchResultError,
  ClosedError,
  DeadlineError,
  done,
  failed,
  retryLater,
  type SettleInfo,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { type HeldStream, streamingHandler } from "./held_stream.ts";
import { uncaughtIn } from "./uncaught.ts";
import { seenOf, turns, type Watched, watched } from "./watched.ts";

/** A batch of three calls that is being streamed. */
async function streamed(options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const handler = streamingHandler();
  const batcher = new Batcher<number, unknown>(handler, { host, ...options });
  const calls = [10, 11, 12].map((x) => watched(batcher.run(x)));
  await host.advance();
  return { host, handler, batcher, calls, stream: handler.streams[0]! };
}

/** The calls whose errors are about the answer, by place. */
function misfits(calls: readonly Watched<unknown>[]): number[] {
  return [...calls.keys()].filter((index) =>
    calls[index]!.error instanceof BatchResultError
  );
}

/** Rejects, and is caught however late anybody looks at it. */
function rejection(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}

/** Rejects when it has long been looked at. */
async function rejectedLater(error: unknown): Promise<never> {
  await turns(2);
  throw error;
}

describe("R11: an answer that is streamed", () => {
  it("R11 Each caller hears as soon as its own result is there, in any order", async () => {
    const { host, batcher, calls, stream } = await streamed();
    stream.tell(2, "c");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["pending", "pending", "c"]);
    assert.equal(batcher.pending, 2);
    stream.tell(0, "a");
    stream.tell(1, "b");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["a", "b", "c"]);
  });

  it("R11 The batch holds its slot until the stream ends, though all have heard", async () => {
    const { host, handler, batcher, stream } = await streamed({ size: 3 });
    for (const index of [0, 1, 2]) stream.tell(index);
    watched(batcher.run(13));
    await host.advance(7);
    assert.deepEqual([batcher.stats().running, handler.streams.length], [1, 1]);
    stream.end();
    await host.advance();
    assert.equal(handler.streams.length, 2);
    assert.equal(batcher.stats().runMs.max, 7);
    assert.equal(stream.returns, 0);
  });

  it("R11 What is left out at the end is a BatchResultError for those calls", async () => {
    const { host, batcher, calls, stream } = await streamed();
    stream.tell(1, "b");
    stream.end();
    await host.advance();
    assert.equal(calls[1]!.value, "b");
    assert.deepEqual(misfits(calls), [0, 2]);
    const { expected, received } = calls[0]!.error as BatchResultError;
    assert.deepEqual([expected, received], [3, 1]);
    assert.equal(batcher.stats().running, 0);
  });

  it("R11 What has failed counts while the rest still runs", async () => {
    const { host, batcher, stream } = await streamed();
    stream.tell(1, "b");
    stream.tell(0, failed("broken"));
    await host.advance();
    const { running, results, failures } = batcher.stats();
    assert.deepEqual([running, results, failures], [1, 1, 1]);
  });

  it("R11 A stream that ends at once answers nobody", async () => {
    const { host, calls, stream } = await streamed();
    stream.end();
    await host.advance();
    assert.deepEqual(misfits(calls), [0, 1, 2]);
  });

  it("R11 A stream that throws in the middle rejects the rest with that very error", async () => {
    const { host, batcher, calls, stream } = await streamed();
    stream.tell(1, "b");
    stream.fail("broken");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["broken", "b", "broken"]);
    const { running, results, failures } = batcher.stats();
    assert.deepEqual([running, results, failures], [0, 1, 2]);
  });

  const wrong: [string, (stream: HeldStream) => void][] = [
    ["an index below 0", (stream) => stream.tell(-1, "secret")],
    ["an index beyond the batch", (stream) => stream.tell(3, "secret")],
    ["an index that is no integer", (stream) => stream.tell(0.5, "secret")],
    ["an index that is a text", (stream) => stream.tell("0", "secret")],
    ["an index that is not a number", (stream) => stream.tell(NaN, "secret")],
    ["an index twice", (stream) => stream.tell(1, "secret")],
    ["a result without an index", (stream) => stream.push("secret")],
    ["nothing", (stream) => stream.push(undefined)],
    ["an object", (stream) => stream.push({ 0: 0, 1: "secret" })],
    ["an empty pair", (stream) => stream.push([])],
  ];
  for (const [what, send] of wrong) {
    it(`R11 ${what} rejects those who have not heard, and ends the stream`, async () => {
      const { host, batcher, calls, stream } = await streamed();
      stream.tell(1, "b");
      send(stream);
      stream.tell(0, "too late");
      await host.advance();
      assert.equal(calls[1]!.value, "b");
      assert.deepEqual(misfits(calls), [0, 2]);
      assert.equal(stream.returns, 1);
      assert.equal(batcher.stats().running, 0);
      assert.doesNotMatch(String(calls[0]!.error), /secret/);
    });
  }

  it("R11 A stream that was wrong holds the slot until it has cleaned up", async () => {
    const { host, batcher, calls, stream } = await streamed();
    let cleaned = () => {};
    stream.cleanUp = new Promise<void>((resolve) => cleaned = resolve);
    stream.push("wrong");
    await host.advance();
    assert.deepEqual(misfits(calls), [0, 1, 2]);
    assert.deepEqual([batcher.pending, batcher.stats().running], [0, 1]);
    cleaned();
    await host.advance();
    assert.equal(batcher.stats().running, 0);
  });

  it("R11 A pair may say of an item all that an array may say", async () => {
    const error = new Error("an Error");
    const told: [unknown, unknown][] = [
      ["value", "value"],
      [undefined, undefined],
      [done("done"), "done"],
      [failed("failed"), "failed"],
      [error, error],
      [Promise.resolve("promised"), "promised"],
      [Promise.resolve(done("promised done")), "promised done"],
      [rejection("rejected"), "rejected"],
    ];
    const host = new VirtualHost();
    const handler = streamingHandler();
    const batcher = new Batcher<number, unknown>(handler, { host });
    const calls = told.map((_, x) => watched(batcher.run(x)));
    await host.advance();
    told.forEach(([outcome], x) => handler.streams[0]!.tell(x, outcome));
    handler.streams[0]!.end();
    await host.advance();
    assert.deepEqual(seenOf(calls), told.map(([, seen]) => seen));
    const { results, failures, running } = batcher.stats();
    assert.deepEqual([results, failures, running], [5, 3, 0]);
  });

  it("R11 A promised outcome holds up nobody, and the batch ends with it", async () => {
    const { host, batcher, calls, stream } = await streamed();
    let promised = (_: string) => {};
    stream.tell(0, new Promise((resolve) => promised = resolve));
    stream.tell(1, "b");
    stream.fail("broken");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["pending", "b", "broken"]);
    assert.equal(batcher.stats().running, 1);
    promised("a");
    await host.advance();
    assert.equal(calls[0]!.value, "a");
    assert.equal(batcher.stats().running, 0);
  });

  it("R11 A batch of one may be streamed, and a handler may promise its stream", async () => {
    const host = new VirtualHost();
    async function* twice(xs: number[]) {
      for (const [index, x] of xs.entries()) yield [index, 2 * x] as const;
    }
    const batcher = new Batcher(
      async (xs: number[]) => await twice(xs),
      { size: 2, host },
    );
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [2, 4, 6]);
  });

  it("R11 A web stream of pairs is one, too", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(
      (xs: number[]) =>
        new ReadableStream<[number, number]>({
          start(controller) {
            xs.forEach((x, index) => controller.enqueue([index, -x]));
            controller.close();
          },
        }),
      { host },
    );
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [-1, -2]);
  });

  it("R12 A sync generator is no answer", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher<number, number>(
      function* () {
        yield [0, 1];
      } as never,
      { host },
    );
    const call = watched(batcher.run(1));
    await host.advance();
    assert.deepEqual(misfits([call]), [0]);
  });

  it("R11 Hooks and onSettle hear of the batch when the stream ends", async () => {
    const ends: unknown[] = [];
    const { host, batcher, stream } = await streamed({
      concurrency: 2,
      hooks: {
        onBatchEnd: ({ runMs, results, failures, error }) =>
          ends.push([runMs, results, failures, error]),
      },
    });
    stream.tell(0);
    await host.advance(5);
    assert.deepEqual(ends, []);
    stream.fail("broken");
    await host.advance();
    assert.deepEqual(ends, [[5, 1, 2, "broken"]]);

    const infos: SettleInfo[] = [];
    const onSettle = (info: SettleInfo) => void infos.push(info);
    watched(batcher.run(1, { onSettle }));
    await host.advance();
    await host.advance(3);
    assert.deepEqual(infos, []);
  });
});

describe("R11: leaving a stream", () => {
  it("R16 Whoever leaves touches no other, and what is streamed for it is dropped", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const batcher = new Batcher<number, unknown>(handler, { host });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      watched(batcher.run(0, { signal })),
      watched(batcher.run(1)),
    ];
    await host.advance();
    controller.abort("gone");
    const stream = handler.streams[0]!;
    stream.tell(0, rejectedLater("nobody hears this"));
    stream.tell(1, "b");
    stream.end();
    await host.advance();
    assert.deepEqual(seenOf(calls), ["gone", "b"]);
    assert.deepEqual([stream.returns, batcher.stats().running], [0, 0]);
  });

  it("R16 When the last caller leaves, the signal aborts and the stream is asked to end", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const batcher = new Batcher<number, unknown>(handler, { size: 2, host });
    const controller = new AbortController();
    const { signal } = controller;
    const answered = watched(batcher.run(0));
    const left = watched(batcher.run(1, { signal }));
    const next = watched(batcher.run(2));
    await host.advance();
    const stream = handler.streams[0]!;
    stream.tell(0, "a");
    await host.advance();
    assert.equal(stream.returns, 0);
    let cleaned = () => {};
    stream.cleanUp = new Promise<void>((resolve) => cleaned = resolve);
    controller.abort("gone");
    assert.deepEqual([stream.returns, stream.batch.signal.reason], [1, "gone"]);
    await host.advance();
    assert.deepEqual(seenOf([answered, left, next]), ["a", "gone", "pending"]);
    assert.equal(handler.streams.length, 1);
    cleaned();
    await host.advance();
    assert.equal(handler.streams.length, 2);
  });

  it("R16 A stream that comes when the last caller has left is asked to end at once, and for nothing else", async () => {
    const host = new VirtualHost();
    const stream = streamingHandler();
    let answer = () => {};
    const handler = async (xs: number[], batch: BatchContext) => {
      await new Promise<void>((resolve) => answer = resolve);
      return stream(xs, batch);
    };
    const batcher = new Batcher<number, unknown>(handler, { host });
    const late = watched(batcher.run(0, { deadlineMs: 20 }));
    await host.advance(20);
    assert.ok(late.error instanceof DeadlineError);
    answer();
    await host.advance();
    const { pulls, returns } = stream.streams[0]!;
    assert.deepEqual([pulls, returns], [0, 1]);
    assert.equal(batcher.stats().running, 0);
  });

  it("R16 A stream is asked for no more when what it has said makes the last caller leave", async () => {
    const controller = new AbortController();
    const delayMs = () => {
      controller.abort("gone");
      return 0;
    };
    const host = new VirtualHost();
    const handler = streamingHandler();
    const options = { retry: { attempts: 2, delayMs }, host };
    const batcher = new Batcher<number, unknown>(handler, options);
    const call = watched(batcher.run(0, { signal: controller.signal }));
    await host.advance();
    const stream = handler.streams[0]!;
    stream.tell(0, retryLater());
    await host.advance();
    assert.equal(call.error, "gone");
    assert.deepEqual([stream.pulls, stream.returns], [1, 1]);
  });

  it("R19 A stream is asked to end once, though its time is over as well", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const options = { batchTimeoutMs: 100, host };
    const batcher = new Batcher<number, unknown>(handler, options);
    const controller = new AbortController();
    watched(batcher.run(0, { signal: controller.signal }));
    await host.advance();
    const stream = handler.streams[0]!;
    stream.cleanUp = new Promise(() => {});
    controller.abort("gone");
    await host.advance(100);
    assert.deepEqual([stream.returns, batcher.stats().running], [1, 0]);
  });

  it("R17 A deadline fires while the stream goes on", async () => {
    const { host, batcher, calls, stream } = await streamed({ deadlineMs: 20 });
    stream.tell(1, "b");
    await host.advance(20);
    assert.deepEqual(calls.map(({ state }) => state), [
      "rejected",
      "fulfilled",
      "rejected",
    ]);
    assert.equal(stream.returns, 1);
    assert.equal(batcher.pending, 0);
  });

  it("R20 flush() and close() wait for the stream", async () => {
    const host = new VirtualHost();
    const handler = streamingHandler();
    const batcher = new Batcher<number, unknown>(handler, {
      maxWaitMs: 1000,
      host,
    });
    for (const x of [0, 1]) watched(batcher.run(x));
    const flushed = watched(batcher.flush());
    await host.advance();
    const stream = handler.streams[0]!;
    stream.tell(0);
    const closed = watched(batcher.close());
    await host.advance();
    assert.deepEqual([flushed.state, closed.state], ["pending", "pending"]);
    stream.tell(1);
    await host.advance();
    assert.deepEqual([flushed.state, closed.state], ["fulfilled", "pending"]);
    stream.end();
    await host.advance();
    assert.equal(closed.state, "fulfilled");
    assert.equal(host.timers, 0);
  });

  it("R20 close({ timeoutMs }) ends the stream, and what it says later is dropped", async () => {
    const { host, batcher, calls, stream } = await streamed();
    stream.tell(0, "a");
    const closed = watched(batcher.close({ timeoutMs: 10 }));
    await host.advance(10);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual(
      calls.map(({ state }) => state),
      ["fulfilled", "rejected", "rejected"],
    );
    assert.equal(stream.returns, 1);
    stream.tell(1, rejectedLater("nobody hears this"));
    stream.fail("nor this");
    await host.advance();
    await turns(3);
    assert.deepEqual([batcher.pending, batcher.stats().running], [0, 0]);
  });

  it("R20 close({ timeoutMs }) ends a stream that goes on though all have heard", async () => {
    const { host, batcher, stream } = await streamed();
    for (const index of stream.items.keys()) stream.tell(index, "heard");
    const closed = watched(batcher.close({ timeoutMs: 10 }));
    await host.advance(9);
    assert.deepEqual([closed.state, stream.returns], ["pending", 0]);
    await host.advance(1);
    assert.deepEqual([closed.state, stream.returns], ["fulfilled", 1]);
    assert.ok(stream.batch.signal.reason instanceof ClosedError);
  });

  it("R16 A stream that cannot be asked to end holds its slot until its next word", async () => {
    const host = new VirtualHost();
    let speak = (_: IteratorResult<never>) => {};
    const batcher = new Batcher<number, never>(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve) => speak = resolve),
      }),
    }), { host });
    const call = watched(batcher.run(1, { deadlineMs: 10 }));
    await host.advance(10);
    assert.equal(call.state, "rejected");
    assert.equal(batcher.stats().running, 1);
    speak({ done: false, value: undefined as never });
    await host.advance();
    assert.equal(batcher.stats().running, 0);
  });
});

describe("R11: a stream that goes on though it was stopped", () => {
  it("R19 what it promises when its time is over changes nothing", async () => {
    const ends: unknown[] = [];
    const hooks = { onBatchEnd: () => ends.push("end") };
    const options = { batchTimeoutMs: 100, hooks };
    const { host, batcher, stream } = await streamed(options);
    await host.advance(100);
    stream.tell(0, Promise.resolve(1));
    await host.advance();
    const { running, failures, results } = batcher.stats();
    assert.deepEqual([running, failures, results], [0, 3, 0]);
    assert.deepEqual(ends, ["end"]);
  });

  it("R16 what it throws when all have left is no failure of the batch", async () => {
    const ends: unknown[] = [];
    const controller = new AbortController();
    const host = new VirtualHost();
    const handler = streamingHandler();
    const batcher = new Batcher<number, unknown>(handler, {
      hooks: { onBatchEnd: ({ error }) => ends.push(error) },
      host,
    });
    watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    controller.abort();
    handler.streams[0]!.fail(new Error("gone"));
    await host.advance();
    assert.deepEqual(ends, [undefined]);
  });
});

describe("R11: a stream that misbehaves", () => {
  const trap = () => {
    throw new Error("sprung");
  };
  const iterators: [string, unknown][] = [
    ["whose next() throws", { next: trap, return: trap }],
    ["whose next() is missing", { return: () => "no promise" }],
    ["whose next() answers nothing", {
      next: () => undefined,
      return: () => Promise.reject("nobody hears this"),
    }],
    ["whose steps cannot be looked at", {
      next: () => Object.defineProperty({}, "done", { get: trap }),
    }],
    ["whose pairs cannot be looked at", {
      next: () => ({
        done: false,
        value: new Proxy([], { get: trap }),
      }),
    }],
    ["that is nothing", undefined],
  ];
  for (const [what, iterator] of iterators) {
    it(`R9 One ${what} rejects its calls, and the batcher goes on`, async () => {
      const host = new VirtualHost();
      const batcher = new Batcher<number, number>(
        (xs) =>
          xs[0] === 9 ? [9] : {
            [Symbol.asyncIterator]: () => iterator as AsyncIterator<never>,
          },
        { host },
      );
      const calls = [1, 2].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(calls.map(({ state }) => state), [
        "rejected",
        "rejected",
      ]);
      const next = watched(batcher.run(9));
      await host.advance();
      assert.equal(next.value, 9);
    });
  }

  it("R9 Nothing that it leaves behind becomes an uncaught error", async () => {
    const uncaught = await uncaughtIn(async () => {
      for (const end of ["fail", "abort", "wrong"]) {
        const host = new VirtualHost();
        const handler = streamingHandler();
        const batcher = new Batcher<number, unknown>(handler, { host });
        const controller = new AbortController();
        const { signal } = controller;
        for (const x of [0, 1]) watched(batcher.run(x, { signal }));
        await host.advance();
        const stream = handler.streams[0]!;
        stream.cleanUp = Promise.reject("while it cleans up");
        stream.cleanUp.catch(() => {});
        if (end === "fail") stream.fail("broken");
        else if (end === "abort") controller.abort("gone");
        else stream.tell(7, rejectedLater("of nobody"));
        if (end === "abort") stream.tell(0, rejectedLater("of one who left"));
        stream.fail("late");
        await host.advance();
      }
      await turns(3);
    });
    assert.deepEqual(uncaught, []);
  });

  it("R22 It is read in nobody's context", async () => {
    const tenant = new AsyncLocalStorage<string>();
    const host = new VirtualHost();
    const contexts: unknown[] = [];
    const batcher = new Batcher(async function* (xs: number[]) {
      for (const index of xs.keys()) {
        contexts.push(tenant.getStore());
        yield [index, index] as const;
      }
      contexts.push(tenant.getStore());
    }, { host });
    const resumed = ["a", "b"].map((name) =>
      watched(tenant.run(name, async () => {
        await batcher.run(1);
        return tenant.getStore();
      }))
    );
    await host.advance();
    assert.deepEqual(seenOf(resumed), ["a", "b"]);
    assert.deepEqual(contexts, [undefined, undefined, undefined]);
  });

  it("R26 A call made from inside a stream to its own batcher does not deadlock", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher(async function* (xs) {
      for (const [index, x] of xs.entries()) {
        yield [index, x < 3 ? await batcher.run(x + 1) : x] as const;
      }
    }, { host });
    const call = watched(batcher.run(0));
    await host.advance();
    assert.equal(call.value, 3);
  });
});
