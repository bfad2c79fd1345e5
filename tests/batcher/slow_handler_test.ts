import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, DeadlineError, type SettleInfo } from "../../mod.ts";
import { FrailHost } from "./frail_host.ts";
import { seenOf, turns, watched } from "./watched.ts";

/** A handler without promises that works on this thread for 10 ms a batch. */
function working(host: FrailHost, ms = 10) {
  const starts: [number, number[]][] = [];
  const handler = (xs: number[]) => {
    starts.push([host.time, [...xs]]);
    host.time += ms;
    return xs;
  };
  return { handler, starts };
}

describe("Handlers that work on this thread, while the clock goes on", () => {
  it("R17: a call whose deadline passes meanwhile is never dispatched", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host);
    const batcher = new Batcher(handler, { size: 1, host });
    const calls = [1, 2, 3, 4, 5].map((x) =>
      watched(batcher.run(x, { deadlineMs: 25 }))
    );
    await turns(3);
    assert.deepEqual(starts.map(([time]) => time), [0, 10, 20]);
    const expired = calls.slice(3).map(({ error }) => error);
    for (const error of expired) assert.ok(error instanceof DeadlineError);
    assert.deepEqual(seenOf(calls.slice(0, 3)), [1, 2, 3]);
  });

  it("R23: each batch is stamped when it starts, not when the first of them did", async () => {
    const host = new FrailHost();
    const { handler } = working(host);
    const batcher = new Batcher(handler, { size: 1, host });
    const heard: SettleInfo[] = [];
    const onSettle = (info: SettleInfo) => heard.push(info);
    for (const x of [1, 2, 3]) batcher.run(x, { onSettle });
    await turns(3);
    assert.deepEqual(heard.map(({ runMs }) => runMs), [10, 10, 10]);
    assert.deepEqual(heard.map(({ waitMs }) => waitMs), [0, 10, 20]);
    assert.equal(batcher.stats().runMs.max, 10);
    assert.equal(batcher.stats().waitMs.max, 20);
  });

  it("R17: nor after an async handler that works before its first await", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host, 30);
    const slow = async (xs: number[]) => await Promise.resolve(handler(xs));
    const batcher = new Batcher(slow, { size: 1, concurrency: 3, host });
    const calls = [1, 2].map((x) =>
      watched(batcher.run(x, { deadlineMs: 25 * x }))
    );
    calls.push(watched(batcher.run(3, { deadlineMs: 25 })));
    await turns(3);
    assert.deepEqual(starts, [[0, [1]], [30, [2]]]);
    assert.ok(calls[2]!.error instanceof DeadlineError);
  });

  it("R17: nor does a call miss its time to leave, which comes meanwhile", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host);
    const slow = (xs: number[]) => {
      handler(xs);
      return new Promise<number[]>(() => {});
    };
    const lane = (x: number) => x;
    const options = { maxWaitMs: 1000, concurrency: 2, lane, host };
    const batcher = new Batcher(slow, options);
    for (const deadlineMs of [40, 50]) {
      watched(batcher.run(deadlineMs, { deadlineMs }));
    }
    await turns(3);
    await host.moveTo(20);
    assert.deepEqual(starts, [[20, [40]], [30, [50]]]);
  });

  it("R23: nor is its time counted as that of the next batch", async () => {
    const host = new FrailHost();
    const { handler } = working(host);
    const slow = async (xs: number[]) => await Promise.resolve(handler(xs));
    const batcher = new Batcher(slow, { size: 1, concurrency: 3, host });
    const heard: SettleInfo[] = [];
    const onSettle = (info: SettleInfo) => heard.push(info);
    for (const x of [1, 2, 3]) batcher.run(x, { onSettle });
    await turns(3);
    assert.deepEqual(heard.map(({ waitMs }) => waitMs), [0, 10, 20]);
    assert.deepEqual(heard.map(({ runMs }) => runMs), [30, 20, 10]);
  });

  it("R2: a window that ends meanwhile ends at once, not by a timer set for later", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host, 40);
    const batcher = new Batcher(handler, { size: 2, maxWaitMs: 20, host });
    for (const x of [1, 2, 3]) batcher.run(x);
    await turns(3);
    await host.moveTo(41);
    assert.deepEqual(starts.map(([, xs]) => xs), [[1, 2], [3]]);
  });

  it("R21: a timer that is set after work is set for the time that is left", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host, 15);
    const batcher = new Batcher(handler, { size: 2, maxWaitMs: 20, host });
    for (const x of [1, 2, 3]) batcher.run(x);
    await turns(3);
    assert.deepEqual(starts, [[0, [1, 2]]]);
    await host.moveTo(19);
    assert.equal(starts.length, 1);
    await host.moveTo(20);
    assert.deepEqual(starts[1], [20, [3]]);
  });

  it("R17: an expiry is told on time after work", async () => {
    const host = new FrailHost();
    const { handler } = working(host, 15);
    const slow = new Promise<number[]>(() => {});
    const batcher = new Batcher(
      (xs: number[]) => xs[0] === 1 ? handler(xs) : slow,
      { size: 1, host },
    );
    batcher.run(1);
    const call = watched(batcher.run(2, { deadlineMs: 40 }));
    await turns(3);
    await host.moveTo(39);
    assert.equal(call.state, "pending");
    await host.moveTo(40);
    assert.ok(call.error instanceof DeadlineError);
  });

  it("R1: callers who were just answered join what waits in another lane", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host);
    const lane = (x: number) => x % 2;
    const batcher = new Batcher(handler, { lane, host });
    batcher.run(1).then(() => batcher.run(4));
    batcher.run(2);
    await turns(4);
    assert.deepEqual(starts.map(([, xs]) => xs), [[1], [2, 4]]);
  });
});

describe("Callers that work on this thread after their call", () => {
  it("R2: a window that has ended meanwhile ends at once", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    batcher.run(1);
    host.time = 100;
    await turns(3);
    assert.deepEqual(starts, [[100, [1]]]);
  });

  it("R2: a window that runs on ends when it should", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    batcher.run(1);
    host.time = 15;
    await turns(3);
    await host.moveTo(20);
    assert.deepEqual(starts, [[20, [1]]]);
  });

  it("R17: a deadline that has passed meanwhile is told at once, and nothing is dispatched", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host);
    const batcher = new Batcher(handler, { host });
    const call = watched(batcher.run(1, { deadlineMs: 20 }));
    host.time = 100;
    await turns(3);
    assert.ok(call.error instanceof DeadlineError);
    assert.deepEqual(starts, []);
  });

  it("R17: a deadline of a full batch that has passed meanwhile is told, and the call is not dispatched", async () => {
    const host = new FrailHost();
    const { handler, starts } = working(host);
    const batcher = new Batcher(handler, { size: 2, host });
    const calls = [
      watched(batcher.run(1, { deadlineMs: 20 })),
      watched(batcher.run(2)),
    ];
    host.time = 100;
    await turns(3);
    assert.ok(calls[0]!.error instanceof DeadlineError);
    assert.deepEqual(starts, [[100, [2]]]);
  });

  it("R17: a deadline counts from its own call, not from an earlier one of the turn", async () => {
    const host = new FrailHost();
    const { handler } = working(host, 1);
    const batcher = new Batcher(handler, { host });
    const calls = [watched(batcher.run(1)), watched(batcher.run(2, {}))];
    host.time = 30;
    calls.push(watched(batcher.run(3, { deadlineMs: 20 })));
    await turns(3);
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
  });

  it("R20: timeoutMs counts from close(), not from an earlier call of the turn", async () => {
    const host = new FrailHost();
    const { handler } = working(host, 1);
    const batcher = new Batcher(handler, { host });
    const call = watched(batcher.run(1));
    host.time = 100;
    const closed = watched(batcher.close({ timeoutMs: 50 }));
    await turns(3);
    assert.deepEqual(seenOf([call, closed]), [1, undefined]);
  });
});
