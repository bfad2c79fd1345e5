import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, natural, type Policy, window } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, type Watched, watched } from "./watched.ts";

describe("Lanes", () => {
  it("Items of different lanes never share a batch, those of one do", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler((xs: number[]) => xs);
    const lane = (x: number) => x % 3;
    const batcher = new Batcher(handler, { lane, host });
    const calls = [0, 1, 2, 3, 4, 5].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [0, 1, 2, 3, 4, 5]);
    for (const { items, batch } of handler.batches) {
      assert.deepEqual(items, [batch.lane, Number(batch.lane) + 3]);
    }
    assert.equal(handler.batches.length, 3);
  });

  it("A lane that waits for its window leaves the slot to one that is full", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const lane = (x: number) => x % 2;
    const options = { lane, size: 2, maxWaitMs: 50, host };
    const batcher = new Batcher(handler, options);
    for (const x of [0, 1, 3]) batcher.run(x);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1, 3]]);
    handler.at(0).finish();
    await host.advance(49);
    assert.deepEqual(handler.items, [[1, 3], [0]]);
  });

  it("R20 a policy that calls as it makes a lane makes no second one that nobody flushes", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler((xs: number[]) => xs);
    const calls: Watched<number>[] = [];
    const extra = [2];
    const policy: Policy = {
      forLane(limits) {
        const item = calls.length === 1 && extra.pop();
        if (item) calls.push(watched(batcher.run(item)));
        return window(50).forLane(limits);
      },
    };
    const lane = (x: number) => x > 0 ? "a" : undefined;
    const options = { host, policy, lane };
    const batcher: Batcher<number, number> = new Batcher(handler, options);
    calls.push(watched(batcher.run(0)));
    calls.push(watched(batcher.run(1)));
    batcher.flush();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [2, 1]]);
  });

  it("Each lane has a window of its own", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler((xs: number[]) => xs);
    const lane = (x: number) => x % 2;
    const batcher = new Batcher(handler, { lane, maxWaitMs: 20, host });
    batcher.run(0);
    await host.advance(15);
    batcher.run(1);
    await host.advance(5);
    assert.deepEqual(handler.items, [[0]]);
    await host.advance(15);
    assert.deepEqual(handler.items, [[0], [1]]);
  });

  it("R7 A lane whose batch ends as it starts is forgotten", async () => {
    const host = new VirtualHost();
    let made = 0;
    const policy: Policy = {
      forLane: (limits) => (made++, natural().forLane(limits)),
    };
    const lane = (x: number) => x;
    const batcher = new Batcher((xs: number[]) => xs, { lane, policy, host });
    const before = made;
    for (const _ of [1, 2, 3]) {
      const call = watched(batcher.run(7));
      await host.advance();
      assert.equal(call.value, 7);
    }
    assert.equal(made - before, 3);
  });

  it("All lanes together obey concurrency", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const lane = (x: number) => x;
    const batcher = new Batcher(handler, { lane, concurrency: 2, host });
    for (const x of [0, 1, 2, 3]) batcher.run(x);
    await host.advance();
    assert.equal(handler.batches.length, 2);
    handler.at(0).finish();
    await host.advance();
    assert.equal(handler.batches.length, 3);
  });

  it("A call may name its lane itself, in place of the option", async () => {
    const handler = recordingHandler((xs: number[]) => xs);
    const lane = (x: number) => x % 2;
    const batcher = new Batcher(handler, { lane });
    await Promise.all([
      batcher.run(0, { lane: "own" }),
      batcher.run(1, { lane: "own" }),
      batcher.run(2),
      batcher.run(3, { lane: undefined }),
    ]);
    const lanes = new Map(
      handler.batches.map(({ batch, items }) => [batch.lane, items]),
    );
    assert.deepEqual(
      lanes,
      new Map<unknown, number[]>([["own", [0, 1]], [0, [2]], [1, [3]]]),
    );
  });

  it("A call whose lane is no primitive rejects alone", async () => {
    const batcher = new Batcher((xs: number[]) => xs);
    const lane = {} as string;
    await assert.rejects(batcher.run(1, { lane }), {
      name: "TypeError",
      message:
        'Cannot take the call: "lane" must be a primitive, got an object',
    });
    assert.equal(await batcher.run(2), 2);
  });

  it("lane is asked once for each call, with the item", () => {
    const asked: number[] = [];
    const lane = (x: number) => asked.push(x);
    const batcher = new Batcher((xs: number[]) => xs, { lane });
    for (const x of [7, 8, 9]) batcher.run(x);
    assert.deepEqual(asked, [7, 8, 9]);
  });

  it("The lane null of a call goes before the option, too", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler((xs: number[]) => xs);
    const batcher = new Batcher(handler, { lane: () => "option", host });
    batcher.run(1, { lane: null });
    await host.advance();
    assert.equal(handler.batches[0]!.batch.lane, null);
  });

  it("Any primitive is a key, and keys of different types are different lanes", async () => {
    const host = new VirtualHost();
    const keys = [1, "1", 1n, true, null, undefined, Symbol.iterator, NaN];
    const handler = recordingHandler((xs: number[]) => xs);
    const lane = (x: number) => keys[x];
    const batcher = new Batcher(handler, { lane, host });
    keys.forEach((_, x) => batcher.run(x));
    keys.forEach((_, x) => batcher.run(x));
    await host.advance();
    const batches = handler.items.sort(([a], [b]) => a! - b!);
    assert.deepEqual(batches, keys.map((_, x) => [x, x]));
  });
});
