import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, window } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("R1: the turn of the event loop", () => {
  for (const maxWaitMs of [undefined, 0, 5]) {
    it(`Calls of one turn share a batch with maxWaitMs ${maxWaitMs}`, async () => {
      const host = new VirtualHost();
      const handler = recordingHandler(double);
      const batcher = new Batcher(handler, { maxWaitMs, host });
      const answers = Promise.all([1, 2, 3].map((x) => batcher.run(x)));
      await host.advance(5);
      assert.deepEqual(handler.items, [[1, 2, 3]]);
      assert.deepEqual(await answers, [2, 4, 6]);
    });
  }

  it("Calls that follow in microtasks of the same turn join", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { host });
    const later = async (x: number, microtasks: number) => {
      for (let i = 0; i < microtasks; i++) await undefined;
      return await batcher.run(x);
    };
    const answers = Promise.all([later(1, 0), later(2, 1), later(3, 50)]);
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2, 3]]);
    assert.deepEqual(await answers, [2, 4, 6]);
  });

  it("Calls of the next turn do not join a batch that may leave", async () => {
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler);
    await batcher.run(1);
    await turns(2);
    await batcher.run(2);
    assert.deepEqual(handler.items, [[1], [2]]);
  });

  it("A full batch leaves at once, without an end of the turn", async () => {
    const host = new FrailHost();
    host.hopsDie = true;
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { size: 2, host });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await turns(2);
    assert.deepEqual(handler.items, [[1, 2]]);
    assert.deepEqual(seenOf(calls), [2, 4, "pending"]);
  });

  it("The handler never runs inside the caller's stack", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { size: 1, host });
    const answer = batcher.run(1);
    assert.deepEqual(handler.items, []);
    batcher.flush();
    batcher.close();
    assert.deepEqual(handler.items, []);
    await host.advance();
    assert.equal(await answer, 2);
  });

  it("Callers who were just answered join the batch that leaves when the slot frees", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 8, host });
    const loop = async (client: number) => {
      for (;;) await batcher.run(client);
    };
    [1, 2, 3, 4].forEach((client) => loop(client));
    await host.advance();
    for (let round = 0; round < 3; round++) {
      handler.at(round).finish();
      await host.advance();
    }
    assert.deepEqual(handler.items, Array(4).fill([1, 2, 3, 4]));
  });

  it("A full batch does not wait for the end of the turn in which the slot frees", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 2, host });
    for (const x of [1, 2, 3, 4]) batcher.run(x);
    await turns(2);
    host.hopsDie = true;
    handler.at(0).finish();
    await turns(2);
    assert.deepEqual(handler.items, [[1, 2], [3, 4]]);
  });

  it("size 1 sends each call alone", async () => {
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { size: 1, maxWaitMs: 1000 });
    assert.deepEqual(await Promise.all([1, 2].map((x) => batcher.run(x))), [
      2,
      4,
    ]);
    assert.deepEqual(handler.items, [[1], [2]]);
  });

  it("size Infinity never fills a batch", async () => {
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { size: Infinity });
    const xs = Array.from({ length: 1000 }, (_, i) => i);
    assert.deepEqual(
      await Promise.all(xs.map((x) => batcher.run(x))),
      double(xs),
    );
    assert.deepEqual(handler.items, [xs]);
  });
});

describe("R2: window", () => {
  it("A batch leaves when its first item has waited maxWaitMs, and no sooner", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    const answer = watched(batcher.run(1));
    await host.advance(19.9);
    assert.equal(answer.state, "pending");
    await host.advance(0.1);
    assert.equal(answer.value, 2);
    assert.equal(handler.batches[0]!.batch.reason, "window");
  });

  it("A later item never moves the time", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    for (const x of [0, 1, 2, 3]) {
      batcher.run(x);
      await host.advance(6);
    }
    assert.deepEqual(handler.items, [[0, 1, 2, 3]]);
    assert.equal(batcher.stats().waitMs.max, 20);
  });

  it("A full batch leaves at once, whatever the window", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { size: 2, maxWaitMs: 20, host });
    for (const x of [1, 2, 3]) batcher.run(x);
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2]]);
    assert.equal(handler.batches[0]!.batch.reason, "full");
    assert.equal(batcher.pending, 1);
  });

  it("What a full batch left behind waits from its own arrival", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { size: 2, maxWaitMs: 20, host });
    batcher.run(1);
    await host.advance(10);
    for (const x of [2, 3]) batcher.run(x);
    await host.advance(10);
    assert.deepEqual(handler.items, [[1, 2]]);
    await host.advance(10);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
  });

  it("The next batch has a window of its own", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    batcher.run(1);
    await host.advance(35);
    batcher.run(2);
    await host.advance(19);
    assert.deepEqual(handler.items, [[1]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1], [2]]);
  });

  it("maxWaitMs 0 leaves as soon as a slot is free", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { maxWaitMs: 0, host });
    const answer = batcher.run(1);
    await host.advance();
    assert.equal(await answer, 2);
    assert.equal(handler.batches[0]!.batch.reason, "idle");
    assert.equal(host.now(), 0);
  });

  it("maxWaitMs Infinity waits for a full batch, a flush or the close", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const options = { size: 2, maxWaitMs: Infinity, host };
    const batcher = new Batcher(handler, options);
    for (const x of [1, 2, 3]) batcher.run(x);
    await host.advance(1e9);
    assert.deepEqual(handler.items, [[1, 2]]);
    batcher.flush();
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2], [3]]);
  });

  it("A policy given as such goes before maxWaitMs", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(double);
    const options = { maxWaitMs: 5, policy: window(50), host };
    const batcher = new Batcher(handler, options);
    batcher.run(1);
    await host.advance(49);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1]]);
  });
});
