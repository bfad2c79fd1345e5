import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, BatchResultError, done, failed } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { seenOf, watched } from "./watched.ts";

/** A handler that answers a promise for each item, which the test resolves. */
function promising() {
  const resolvers: ((value: unknown) => void)[] = [];
  const signals: AbortSignal[] = [];
  const handler = (xs: number[], batch: { signal: AbortSignal }) => {
    signals.push(batch.signal);
    return xs.map((x) =>
      new Promise<unknown>((resolve) => resolvers[x] = resolve)
    );
  };
  return { handler, resolvers, signals };
}

describe("R10: promises in an answer", () => {
  it("Each call is answered as soon as its own promise is", async () => {
    const host = new VirtualHost();
    const { handler, resolvers } = promising();
    const batcher = new Batcher<number, unknown>(handler, { host });
    const calls = [0, 1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    resolvers[1]!("b");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["pending", "b", "pending"]);
    assert.equal(batcher.pending, 2);
  });

  it("The batch ends with the last of them, and so does its slot", async () => {
    const host = new VirtualHost();
    const { handler, resolvers } = promising();
    const batcher = new Batcher<number, unknown>(handler, { size: 2, host });
    [0, 1, 2].forEach((x) => watched(batcher.run(x)));
    await host.advance();
    resolvers[0]!("a");
    await host.advance(5);
    assert.deepEqual([batcher.stats().running, batcher.pending], [1, 2]);
    assert.equal(resolvers.length, 2);
    resolvers[1]!("b");
    await host.advance();
    assert.equal(batcher.stats().runMs.max, 5);
    assert.equal(resolvers.length, 3);
  });

  it("Those of RPC on workerd are functions, and are read as others are", async () => {
    const host = new VirtualHost();
    const rpc = (outcome: unknown) =>
      Object.assign(() => {}, {
        then: (resolve: (outcome: unknown) => void) => resolve(outcome),
      });
    const error = new RangeError("off");
    const batcher = new Batcher<number, unknown>(
      () => [rpc("a"), rpc(error), rpc(failed("no")), rpc(done("d"))],
      { host },
    );
    const calls = [0, 1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), ["a", error, "no", "d"]);
    const { results, failures } = batcher.stats();
    assert.deepEqual([results, failures], [2, 2]);
  });

  it("A function that cannot be awaited is a result", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher<number, unknown>(
      (xs) => xs.map((x) => () => x),
      { host },
    );
    const call = watched(batcher.run(7) as Promise<() => number>);
    await host.advance();
    assert.equal(call.value!(), 7);
  });

  it("A call can leave while its promise is pending, and its batch mates stay", async () => {
    const host = new VirtualHost();
    const { handler, resolvers, signals } = promising();
    const batcher = new Batcher<number, unknown>(handler, { host });
    const controller = new AbortController();
    const calls = [0, 1].map((x) =>
      watched(batcher.run(x, x === 0 ? { signal: controller.signal } : {}))
    );
    await host.advance();
    controller.abort("gone");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["gone", "pending"]);
    assert.equal(signals[0]!.aborted, false);
    resolvers[1]!("b");
    resolvers[0]!(Promise.reject("nobody hears this"));
    await host.advance();
    assert.deepEqual(seenOf(calls), ["gone", "b"]);
    assert.equal(batcher.stats().running, 0);
  });

  it("The batch signal aborts when the last caller who still waits leaves", async () => {
    const host = new VirtualHost();
    const { handler, resolvers, signals } = promising();
    const batcher = new Batcher<number, unknown>(handler, { host });
    const controller = new AbortController();
    batcher.run(0);
    watched(batcher.run(1, { signal: controller.signal }));
    await host.advance();
    resolvers[0]!("a");
    await host.advance();
    assert.equal(signals[0]!.aborted, false);
    controller.abort("gone");
    assert.equal(signals[0]!.aborted, true);
    assert.equal(batcher.stats().running, 1);
  });

  it("A rejected promise rejects its call only", async () => {
    const host = new VirtualHost();
    const { handler, resolvers } = promising();
    const batcher = new Batcher<number, unknown>(handler, { host });
    const calls = [0, 1].map((x) => watched(batcher.run(x)));
    await host.advance();
    resolvers[0]!(Promise.reject("broken"));
    resolvers[1]!("b");
    await host.advance();
    assert.deepEqual(seenOf(calls), ["broken", "b"]);
  });

  it("Promises of an answer that does not fit are silenced", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher<number, unknown>(
      () => [Promise.reject("nobody hears this")],
      { host },
    );
    const calls = [0, 1].map((x) => watched(batcher.run(x)));
    await host.advance();
    for (const { error } of calls) assert.ok(error instanceof BatchResultError);
  });

  it("close() waits for them", async () => {
    const host = new VirtualHost();
    const { handler, resolvers } = promising();
    const batcher = new Batcher<number, unknown>(handler, { host });
    const call = watched(batcher.run(0));
    const closed = watched(batcher.close());
    await host.advance();
    assert.equal(closed.state, "pending");
    resolvers[0]!("a");
    await host.advance();
    assert.deepEqual(seenOf([call, closed]), ["a", undefined]);
  });
});
