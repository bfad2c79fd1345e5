import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

type Numbers = Batcher<number, number>;

describe("R26: a batcher called from its own batch", () => {
  it("Does not deadlock with concurrency 1", async () => {
    const host = new VirtualHost();
    const factorial: Numbers = new Batcher(
      (xs) =>
        Promise.all(
          xs.map(async (x) => x < 2 ? 1 : x * await factorial.run(x - 1)),
        ),
      { host },
    );
    const call = watched(factorial.run(10));
    await host.advance();
    assert.equal(call.value, 3_628_800);
    assert.equal(factorial.pending, 0);
  });

  it("Calls made in one turn share one nested batch", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(async (xs: number[]) => {
      if (xs[0]! < 10) await Promise.all(xs.map((x) => batcher.run(x + 10)));
      return xs;
    });
    const batcher: Numbers = new Batcher(handler, { host });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2, 3], [11, 12, 13]]);
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
  });

  it("A nested batch is no larger than size either", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(async (xs: number[]) => {
      if (xs[0] === 0) {
        await Promise.all([1, 2, 3, 4, 5].map((x) => batcher.run(x)));
      }
      return xs;
    });
    const batcher: Numbers = new Batcher(handler, { size: 2, host });
    const call = watched(batcher.run(0));
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1, 2], [3, 4], [5]]);
    assert.equal(call.value, 0);
  });

  it("Needs no place in a full queue, and takes none from others", async () => {
    const host = new VirtualHost();
    const batcher: Numbers = new Batcher(
      async ([x]) => [x! > 0 ? 1 + await batcher.run(x! - 1) : 0],
      { size: 1, maxQueue: 0, host },
    );
    const call = watched(batcher.run(3));
    await host.advance();
    assert.equal(call.value, 3);
  });

  it("Does not wait for the window", async () => {
    const host = new VirtualHost();
    const batcher: Numbers = new Batcher(
      async ([x]) => [x! > 0 ? 1 + await batcher.run(x! - 1) : 0],
      { maxWaitMs: 1000, host },
    );
    const call = watched(batcher.run(3));
    await host.advance(1000);
    assert.equal(call.value, 3);
    assert.equal(host.now(), 1000);
  });

  it("All other calls obey concurrency meanwhile", async () => {
    const host = new VirtualHost();
    const held = heldHandler((x: number) => x);
    const handler = recordingHandler(async (xs: number[], batch) => {
      if (xs[0] === 1) await batcher.run(10);
      return await held(xs, batch);
    });
    const batcher: Numbers = new Batcher(handler, { size: 1, host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(handler.items, [[1], [10]]);
    held.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1], [10]]);
    held.at(1).finish();
    await host.advance();
    held.at(2).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1], [10], [2]]);
    assert.deepEqual(seenOf(calls), [1, 2]);
  });

  it("May be aborted, and may run out of time", async () => {
    const host = new VirtualHost();
    const inner: unknown[] = [];
    const batcher: Numbers = new Batcher(async (xs) => {
      if (xs[0]! >= 10) return await new Promise<number[]>(() => {});
      const deadline = batcher.run(10, { deadlineMs: 20 });
      const abort = batcher.run(11, { signal: AbortSignal.abort("gone") });
      const settled = await Promise.allSettled([deadline, abort]);
      inner.push(...settled.map(({ status }) => status));
      return xs;
    }, { host });
    const call = watched(batcher.run(1));
    await host.advance(20);
    assert.deepEqual(inner, ["rejected", "rejected"]);
    assert.equal(call.value, 1);
  });

  it("Work that a handler leaves running counts as inside", async () => {
    const host = new VirtualHost();
    const held = heldHandler((x: number) => x);
    let late: ReturnType<typeof watched<number>> | undefined;
    const batcher: Numbers = new Batcher((xs, batch) => {
      if (xs[0] === 1) {
        turns(3).then(() => late = watched(batcher.run(3)));
        return xs;
      }
      return xs[0] === 3 ? xs : held(xs, batch);
    }, { host });
    batcher.run(1);
    await host.advance();
    batcher.run(2);
    await turns(5);
    assert.deepEqual(held.items, [[2]]);
    assert.equal(late?.value, 3);
    held.at(0).finish();
  });

  for (const isAsync of [false, true]) {
    const kind = isAsync ? "an async" : "a plain";
    it(`Calls that ${kind} handler makes before it awaits anything are inside`, async () => {
      const host = new VirtualHost();
      const handler = recordingHandler((xs: number[]) => {
        if (xs[0]! >= 10) return xs;
        const inner = xs.map((x) => batcher.run(10 + x));
        return isAsync ? Promise.all(inner) : inner;
      });
      const batcher: Numbers = new Batcher(handler, { host });
      const calls = [1, 2].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(handler.items, [[1, 2], [11, 12]]);
      assert.deepEqual(seenOf(calls), [11, 12]);
      assert.equal(batcher.pending, 0);
    });
  }

  it("So are those of one that is run again, alone or in halves", async () => {
    for (const isolate of ["each", "bisect"] as const) {
      const host = new VirtualHost();
      const batcher: Numbers = new Batcher(
        (xs) => {
          if (xs[0]! >= 10) return xs;
          if (xs.length > 1) throw new Error("too many");
          return xs.map((x) => batcher.run(10 + x));
        },
        { host, isolate },
      );
      const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), [11, 12, 13]);
    }
  });

  it("A call of a caller who was answered is not inside", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const then = watched(batcher.run(1).then(() => batcher.run(2)));
    await host.advance();
    handler.at(0).finish();
    batcher.run(3);
    await host.advance();
    assert.deepEqual(handler.items, [[1], [3, 2]]);
    handler.at(1).finish();
    await host.advance();
    assert.equal(then.value, 2);
  });
});
