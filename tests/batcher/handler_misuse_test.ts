import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { seenOf, watched } from "./watched.ts";

const mutations: [string, (xs: number[]) => void][] = [
  ["empties", (xs) => xs.length = 0],
  ["reverses", (xs) => xs.reverse()],
  ["appends to", (xs) => xs.push(99, 100)],
  ["shifts", (xs) => xs.shift()],
  ["freezes", (xs) => Object.freeze(xs)],
];

describe("R9: handlers that take liberties", () => {
  for (const [what, mutate] of mutations) {
    it(`A handler that ${what} its items harms nobody`, async () => {
      const host = new VirtualHost();
      const sizes: number[] = [];
      const handler = async (xs: number[]) => {
        const copy = [...xs];
        mutate(xs);
        await undefined;
        return copy;
      };
      const hooks = {
        onBatchEnd: ({ size, results }: { size: number; results: number }) =>
          sizes.push(size, results),
      };
      const batcher = new Batcher(handler, { size: 3, hooks, host });
      const calls = [1, 2, 3, 4, 5].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), [1, 2, 3, 4, 5]);
      assert.deepEqual(sizes, [3, 3, 2, 2]);
    });
  }

  it("A handler may keep its items: no later batch writes to them", async () => {
    const host = new VirtualHost();
    const kept: number[][] = [];
    const batcher = new Batcher((xs: number[]) => {
      kept.push(xs);
      return xs;
    }, { size: 2, host });
    for (const x of [1, 2, 3]) batcher.run(x);
    await host.advance();
    for (const x of [4, 5, 6]) batcher.run(x);
    await host.advance();
    assert.deepEqual(kept, [[1, 2], [3], [4, 5], [6]]);
  });

  it("An answer may be the items themselves, and grow after it was given", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((xs: number[]) => {
      queueMicrotask(() => xs.push(99));
      return xs;
    }, { host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2]);
  });

  it("A handler that calls run() while it runs does not recurse", async () => {
    const host = new VirtualHost();
    const inside: number[] = [];
    let depth = 0;
    const handler = recordingHandler((xs: number[]) => {
      inside.push(++depth);
      if (handler.batches.length < 5) watched(batcher.run(xs[0]! + 1));
      depth--;
      return xs;
    });
    const batcher: Batcher<number, number> = new Batcher(handler, { host });
    const answer = watched(batcher.run(0));
    await host.advance();
    assert.equal(answer.value, 0);
    assert.deepEqual(handler.items, [[0], [1], [2], [3], [4]]);
    assert.deepEqual(inside, [1, 1, 1, 1, 1]);
  });

  it("10,000 batches of a handler without promises in one turn leave the stack alone", async () => {
    const batcher = new Batcher((xs: number[]) => xs, { size: 1 });
    const xs = Array.from({ length: 10_000 }, (_, i) => i);
    assert.deepEqual(await Promise.all(xs.map((x) => batcher.run(x))), xs);
    assert.equal(batcher.stats().batches, 10_000);
  });

  it("10,000 batches of a handler without promises one after another leave the stack alone", async () => {
    const batcher = new Batcher((xs: number[]) => xs, { size: 1 });
    for (let x = 0; x < 10_000; x++) assert.equal(await batcher.run(x), x);
    assert.equal(batcher.stats().batches, 10_000);
  });
});
