import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, type Policy } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { turns, watched } from "./watched.ts";

const echo = (xs: number[]) => xs;

/** Calls in one turn; their promises. */
function burst(batcher: Batcher<number, number>, calls: number) {
  return Array.from({ length: calls }, (_, x) => batcher.run(x));
}

describe("R21: one timer", () => {
  it("An idle batcher has none", async () => {
    const host = new FrailHost();
    const batcher = new Batcher(echo, { maxWaitMs: 20, host });
    await turns(2);
    assert.deepEqual([host.timersSet, host.hops], [0, 0]);
    await batcher.close();
    assert.equal(host.timersSet, 0);
  });

  it("A thousand waiting calls, with and without deadlines, have one", async () => {
    const host = new FrailHost();
    const options = { size: 5000, maxWaitMs: 20, host };
    const batcher = new Batcher(echo, options);
    const calls = burst(batcher, 1000);
    for (let x = 0; x < 1000; x++) {
      calls.push(batcher.run(x, { deadlineMs: 1000 + x }));
    }
    await turns(2);
    assert.deepEqual([host.timers, host.timersSet], [1, 1]);
    await host.moveTo(20);
    await Promise.all(calls);
    assert.equal(host.timers, 0);
  });

  it("Lanes share it, and the one whose window ends first sets it", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const lane = (x: number) => x;
    const options = { lane, concurrency: 3, maxWaitMs: 20, host };
    const batcher = new Batcher(handler, options);
    for (const x of [0, 1, 2]) {
      batcher.run(x);
      await turns(2);
      await host.moveTo(5 * (x + 1));
    }
    assert.deepEqual([host.timers, host.timersSet], [1, 1]);
    for (const time of [20, 25, 30]) await host.moveTo(time);
    assert.deepEqual(handler.items, [[0], [1], [2]]);
    assert.equal(host.timersSet, 3);
  });

  it("A later call neither clears nor re-arms it", async () => {
    const host = new FrailHost();
    const batcher = new Batcher(echo, { maxWaitMs: 20, host });
    for (let time = 0; time < 20; time++) {
      host.time = time;
      batcher.run(time);
      await turns(2);
    }
    assert.deepEqual([host.timersSet, host.timersCancelled], [1, 0]);
  });

  it("It is left standing by full batches, and looks again when it rings early", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const options = { size: 2, concurrency: 2, maxWaitMs: 20, host };
    const batcher = new Batcher(handler, options);
    batcher.run(1);
    await turns(2);
    await host.moveTo(5);
    for (const x of [2, 3]) batcher.run(x);
    await turns(2);
    assert.deepEqual(handler.items, [[1, 2]]);
    assert.deepEqual([host.timersSet, host.timersCancelled], [1, 0]);
    await host.moveTo(20);
    assert.deepEqual(handler.items, [[1, 2]]);
    await host.moveTo(25);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
    assert.deepEqual([host.timersSet, host.timersCancelled], [2, 0]);
  });

  it("The first end of a turn that finds the batcher idle clears it", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(echo, { size: 2, maxWaitMs: 20, host });
    const first = batcher.run(1);
    await host.advance(5);
    assert.equal(host.timers, 1);
    batcher.run(2);
    await first;
    await host.advance();
    assert.equal(host.timers, 0);
  });

  it("It stands on where a full batch leaves the batcher idle in the midst of a turn", async () => {
    const host = new FrailHost();
    const batcher = new Batcher(echo, { size: 2, maxWaitMs: 20, host });
    batcher.run(1);
    await turns(2);
    await batcher.run(2);
    assert.equal(batcher.pending, 0);
    const next = watched(batcher.run(3));
    await turns(2);
    assert.deepEqual([host.timersSet, host.timersCancelled], [1, 0]);
    await host.moveTo(20);
    assert.equal(next.value, 3);
  });

  it("It stands on while one caller after another has the batcher busy", async () => {
    const host = new FrailHost();
    const batcher = new Batcher(echo, { size: 2, maxWaitMs: 20, host });
    batcher.run(-1);
    await turns(2);
    for (let x = 0; x < 50; x++) {
      // Full at once, and the next call comes before the turn has ended.
      const full = batcher.run(x);
      batcher.run(x);
      await full;
    }
    assert.deepEqual([host.timersSet, host.timersCancelled], [1, 0]);
  });
});

describe("R23: what a call costs", () => {
  it("The clock is read when batches open, start and end, not per call", async () => {
    for (const calls of [10, 1000]) {
      const host = new FrailHost();
      const batcher = new Batcher(echo, { size: 1000, host });
      const answers = burst(batcher, calls);
      await turns(2);
      await Promise.all(answers);
      await turns(2);
      assert.ok(host.reads <= 8, `${host.reads} reads for ${calls} calls`);
    }
  });

  it("R21 the clock is read once a turn, too, for calls that ask for more than an answer", async () => {
    for (const calls of [10, 1000]) {
      const host = new FrailHost();
      const batcher = new Batcher(echo, { size: 1000, host });
      const answers = Array.from(
        { length: calls },
        (_, x) => batcher.run(x, { priority: 1 }),
      );
      await turns(2);
      await Promise.all(answers);
      await turns(2);
      assert.ok(host.reads <= 8, `${host.reads} reads for ${calls} calls`);
    }
  });

  it("Hops are made per turn, not per call", async () => {
    const host = new FrailHost();
    const batcher = new Batcher(echo, { size: 1000, host });
    const answers = burst(batcher, 900);
    await turns(2);
    await Promise.all(answers);
    assert.ok(host.hops <= 2, `${host.hops} hops`);
  });

  it("In the common path each call makes one promise, from an executor that all share", async () => {
    const RealPromise = globalThis.Promise;
    const executors: unknown[] = [];
    class CountedPromise<T> extends RealPromise<T> {
      static override get [Symbol.species]() {
        return RealPromise;
      }
      constructor(executor: ConstructorParameters<typeof Promise<T>>[0]) {
        super(executor);
        executors.push(executor);
      }
    }
    const batcher = new Batcher(echo, { size: 1000 });
    let answers;
    try {
      globalThis.Promise = CountedPromise as PromiseConstructor;
      answers = burst(batcher, 500);
    } finally {
      globalThis.Promise = RealPromise;
    }
    assert.equal(executors.length, 500);
    assert.ok(new Set(executors).size <= 2, `${new Set(executors).size}`);
    assert.deepEqual(await Promise.all(answers), Array.from(Array(500).keys()));
  });

  it("run() is a plain function: its promise is no wrapper round another", () => {
    const batcher = new Batcher(echo);
    assert.equal(batcher.run.constructor, Function);
    assert.ok(batcher.run(1) instanceof Promise);
    assert.notEqual(batcher.run(1), batcher.run(1));
  });

  it("To abort one of many that wait moves nobody else", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 10_000, host });
    batcher.run(-1);
    await host.advance();
    const controllers = Array.from(
      { length: 2000 },
      () => new AbortController(),
    );
    controllers.forEach(({ signal }, x) => watched(batcher.run(x, { signal })));
    controllers.slice(0, 1999).forEach((controller) => controller.abort());
    assert.equal(batcher.pending, 2);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items[1], [1999]);
  });

  it("The work for a call does not grow with the number of lanes", async () => {
    for (const lanes of [100, 1000]) {
      let asked = 0;
      const policy: Policy = {
        forLane: () => ({
          decide({ waiting }, _slots, _now, verdict) {
            asked++;
            verdict.leave(waiting, "idle");
          },
        }),
      };
      const lane = (x: number) => x;
      const options = { lane, policy, concurrency: Infinity };
      const batcher = new Batcher(echo, options);
      await Promise.all(burst(batcher, lanes));
      assert.ok(asked <= 4 * lanes, `${asked} questions for ${lanes} lanes`);
    }
  });
});
