import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, BatchResultError, done, failed } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { seenOf, watched } from "./watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("The handler for a batch of one", () => {
  it("Takes batches of one, and no others", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const single = (x: number) => 10 * x;
    const batcher = new Batcher(handler, { size: 2, host }, single);
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [2, 4, 30]);
    assert.deepEqual(handler.items, [[1, 2]]);
  });

  it("Takes a call whose batch mates have left before", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const options = { maxWaitMs: 10, host };
    const batcher = new Batcher(handler, options, (x) => 10 * x);
    const controller = new AbortController();
    watched(batcher.run(1, { signal: controller.signal }));
    const call = watched(batcher.run(2));
    await host.advance(5);
    controller.abort();
    await host.advance(5);
    assert.equal(call.value, 20);
    assert.deepEqual(handler.items, []);
  });

  const outcomes: [string, () => unknown, unknown][] = [
    ["a value", () => 1, 1],
    ["a promise", () => Promise.resolve(1), 1],
    ["undefined", () => undefined, undefined],
    ["an array", () => [1, 2], [1, 2]],
    ["done(value)", () => done(1), 1],
    ["failed(error)", () => failed("no"), "no"],
    ["a promise of failed(error)", () => Promise.resolve(failed("no")), "no"],
    ["an Error", () => new BatchResultError("x", { expected: 1 }), undefined],
    ["a rejection", () => Promise.reject("no"), "no"],
  ];
  for (const [what, answer, outcome] of outcomes) {
    it(`What it answers is one outcome: ${what}`, async () => {
      const host = new VirtualHost();
      const options = { size: 1, host };
      const single = (_: number) => answer();
      const handler = () => assert.fail("not for one");
      const batcher = new Batcher<number, unknown>(handler, options, single);
      const call = watched(batcher.run(1));
      await host.advance();
      assert.notEqual(call.state, "pending");
      if (what === "an Error") assert.ok(call.error instanceof Error);
      else assert.deepEqual(seenOf([call]), [outcome]);
      assert.equal(batcher.stats().running, 0);
    });
  }

  it("Gets the batch's signal, which aborts when its caller leaves", async () => {
    const host = new VirtualHost();
    let signal: AbortSignal | undefined;
    const single = (_: number, call: { signal?: AbortSignal | undefined }) => {
      signal = call.signal;
      return new Promise<number>(() => {});
    };
    const batcher = new Batcher(double, { host }, single);
    const call = watched(batcher.run(1, { deadlineMs: 10 }));
    await host.advance();
    assert.equal(signal?.aborted, false);
    await host.advance(10);
    assert.equal(signal?.reason, call.error);
  });

  it("What it throws rejects the call, and the slot is free again", async () => {
    const host = new VirtualHost();
    const single = (x: number): number => {
      if (x === 1) throw new RangeError("one");
      return x;
    };
    const batcher = new Batcher(double, { size: 1, host }, single);
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.equal((calls[0]!.error as Error).message, "one");
    assert.equal(calls[1]!.value, 2);
  });

  it("What it gets can be spread into other options, with the signal", async () => {
    const host = new VirtualHost();
    let signal: AbortSignal | undefined;
    const single = (_: number, call: { signal?: AbortSignal | undefined }) => {
      signal = { ...call }.signal;
      return new Promise<number>(() => {});
    };
    const batcher = new Batcher(double, { host }, single);
    const call = watched(batcher.run(1, { deadlineMs: 10 }));
    await host.advance(10);
    assert.equal(call.state, "rejected");
    assert.equal(signal?.aborted, true);
  });
});
