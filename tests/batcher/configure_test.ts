import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  adaptive,
  batched,
  Batcher,
  type BatcherOptions,
  BatchTooLargeError,
  type LanePolicy,
  natural,
  type Policy,
  window,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

function held(options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, { host, ...options });
  const run = (...items: number[]) => items.map((x) => watched(batcher.run(x)));
  return { host, handler, batcher, run };
}

describe("configure(): size", () => {
  it("Is told, as the concurrency is", () => {
    const { batcher } = held();
    assert.deepEqual([batcher.size, batcher.concurrency], [64, 1]);
    batcher.configure({ size: 3, concurrency: 4 });
    assert.deepEqual([batcher.size, batcher.concurrency], [3, 4]);
  });

  it("May go below a preferred size, which is not reached then", async () => {
    const { host, handler, batcher, run } = held({
      ...{ size: 8, preferredSizes: [2, 8], concurrency: Infinity },
    });
    batcher.configure({ size: 3 });
    run(1, 2, 3, 4, 5);
    await host.advance();
    batcher.configure({ size: 8 });
    run(1, 2, 3, 4, 5, 6, 7, 8);
    await host.advance();
    const sizes = handler.items.map((items) => items.length);
    assert.deepEqual(sizes, [2, 2, 1, 8]);
  });

  it("Counts from the next batch on: what runs is left alone", async () => {
    const { host, handler, batcher, run } = held({ size: 4 });
    const calls = run(1, 2, 3, 4, 5, 6, 7);
    await host.advance();
    batcher.configure({ size: 2 });
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2, 3, 4], [5, 6], [7]]);
    assert.deepEqual(seenOf(calls), [1, 2, 3, 4, 5, 6, 7]);
  });

  it("Smaller than what waits: a full batch leaves at once", async () => {
    const { host, handler, batcher, run } = held({ size: 9, maxWaitMs: 1000 });
    run(1, 2, 3);
    await host.advance(10);
    assert.deepEqual(handler.items, []);
    batcher.configure({ size: 2 });
    await turns(2);
    assert.deepEqual(handler.items, [[1, 2]]);
    handler.at(0).finish();
    await host.advance(989);
    assert.deepEqual(handler.items, [[1, 2]]);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
  });

  it("Larger: what waits in several batches leaves in one", async () => {
    const { host, handler, batcher, run } = held({ size: 2 });
    run(1, 2, 3, 4, 5, 6, 7);
    await host.advance();
    batcher.configure({ size: 10 });
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2], [3, 4, 5, 6, 7]]);
  });

  it("In the very turn in which calls come, before and after", async () => {
    const { host, handler, batcher, run } = held({ size: 8, maxWaitMs: 50 });
    run(0);
    await host.advance();
    run(1, 2);
    batcher.configure({ size: 3 });
    run(4, 5);
    await host.advance();
    assert.deepEqual(handler.items, [[0, 1, 2]]);
    assert.equal(batcher.stats().waiting, 2);
  });

  it("R24 goes before a size that was lowered because a batch was too large, and stays", async () => {
    const host = new VirtualHost();
    const sizes: number[] = [];
    const batcher = new Batcher((xs: number[]) => {
      sizes.push(xs.length);
      if (xs.length > 4) throw new BatchTooLargeError("Too large");
      return xs;
    }, { size: 8, host });
    const run = async (calls: number) => {
      for (let x = 0; x < calls; x++) watched(batcher.run(x));
      await host.advance();
      return sizes.splice(0);
    };
    assert.deepEqual(await run(8), [8, 4, 4]);
    batcher.configure({ size: 3 });
    assert.deepEqual(await run(8), [3, 3, 2]);
    await host.advance(120_000);
    assert.deepEqual(await run(8), [3, 3, 2]);
  });

  it("Changes how many calls the free slots take", () => {
    const { batcher, run } = held({ size: 2, maxQueue: 0 });
    run(1);
    batcher.configure({ size: 1 });
    assert.equal(batcher.full, true);
    batcher.configure({ size: 2 });
    assert.equal(batcher.full, false);
  });
});

describe("configure(): concurrency", () => {
  it("More of it: what waits leaves at the end of the turn, nobody has to call or to end", async () => {
    const { host, handler, batcher, run } = held({ size: 1 });
    run(1, 2, 3, 4);
    await host.advance();
    assert.equal(handler.batches.length, 1);
    batcher.configure({ concurrency: 3 });
    await turns(2);
    assert.deepEqual(handler.items, [[1], [2], [3]]);
  });

  it("More of it: policies hear that a slot is free since then", async () => {
    const heard = new Set<number>();
    const lane: LanePolicy = {
      decide: ({ waiting }, { freeSince }, _now, verdict) => {
        heard.add(freeSince);
        verdict.leave(waiting, "idle");
      },
    };
    const policy: Policy = { forLane: () => lane };
    const { host, batcher, run } = held({ policy });
    run(1);
    await host.advance(5);
    batcher.configure({ concurrency: 2 });
    run(2);
    await host.advance(1);
    assert.deepEqual([...heard], [0, 5]);
  });

  it("Less of it: batches that run end, and no others start till then", async () => {
    const { host, handler, batcher, run } = held({ size: 1, concurrency: 3 });
    run(1, 2, 3, 4, 5);
    await host.advance();
    batcher.configure({ concurrency: 1 });
    for (const [ended, left] of [[0, 3], [1, 3], [2, 4], [3, 5]] as const) {
      handler.at(ended).finish();
      await host.advance();
      assert.equal(handler.batches.length, left);
    }
  });

  it("Who waits for room hears of it", async () => {
    const { host, batcher, run } = held({ size: 1, maxQueue: 0 });
    run(1);
    await host.advance();
    const ready = watched(batcher.ready());
    await host.advance();
    assert.equal(ready.state, "pending");
    batcher.configure({ concurrency: 2 });
    await host.advance();
    assert.equal(ready.state, "fulfilled");
  });
});

describe("configure(): maxWaitMs and policy", () => {
  it("A shorter time holds for what waits already", async () => {
    const { host, handler, batcher, run } = held({ maxWaitMs: 1000 });
    run(1);
    await host.advance(10);
    batcher.configure({ maxWaitMs: 30 });
    await host.advance(19);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1]]);
  });

  it("A time that has passed already: it leaves at the end of the turn", async () => {
    const { host, handler, batcher, run } = held({ maxWaitMs: 1000 });
    run(1);
    await host.advance(40);
    batcher.configure({ maxWaitMs: 0 });
    await turns(2);
    assert.deepEqual(handler.items, [[1]]);
  });

  it("A longer time holds as well, and the old one rings in vain", async () => {
    const { host, handler, batcher, run } = held({ maxWaitMs: 20 });
    run(1);
    await host.advance(10);
    batcher.configure({ maxWaitMs: 50 });
    await host.advance(39);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1]]);
  });

  it("It takes the place of what was learned, too", async () => {
    const { host, handler, batcher, run } = held();
    batcher.configure({ maxWaitMs: 30 });
    run(1);
    await host.advance(29);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [[1]]);
  });

  it("In all lanes, those to come as well", async () => {
    const { host, handler, batcher, run } = held({
      ...{ maxWaitMs: 1000, lane: (x) => x % 2, concurrency: 9 },
    });
    run(1, 2);
    batcher.configure({ maxWaitMs: 20 });
    await host.advance(20);
    assert.deepEqual(handler.items.flat().toSorted(), [1, 2]);
    handler.batches.forEach((batch) => batch.finish());
    await host.advance();
    run(3);
    await host.advance(20);
    assert.deepEqual(handler.items.at(-1), [3]);
  });

  it("A policy in place of a time, and in place of another", async () => {
    const { host, handler, batcher, run } = held({ maxWaitMs: 1000 });
    run(1);
    batcher.configure({ policy: natural() });
    await host.advance();
    assert.deepEqual(handler.items, [[1]]);
    handler.at(0).finish();
    batcher.configure({ policy: window(10) });
    run(2);
    await host.advance(9);
    assert.equal(handler.batches.length, 1);
    await host.advance(1);
    assert.equal(handler.batches.length, 2);
  });

  it("A policy is told the limits, whenever it comes", () => {
    const told: unknown[] = [];
    const policy: Policy = {
      forLane({ size, concurrency }) {
        told.push([size, concurrency]);
        return natural().forLane({ size, concurrency });
      },
    };
    const batcher = new Batcher((xs: number[]) => xs, { size: 5, policy });
    batcher.configure({ policy });
    assert.deepEqual(told, [[5, 1], [5, 1]]);
  });

  it("maxWaitMs is refused where a policy was given, at first or later", () => {
    const message =
      'Cannot configure the batcher: "maxWaitMs" must be left out where "policy" is given, got 5';
    const policy = natural();
    const given = held({ policy }).batcher;
    const later = held({ maxWaitMs: 5 }).batcher;
    later.configure({ maxWaitMs: 6 });
    assert.throws(() => later.configure({ maxWaitMs: 5, policy }), { message });
    later.configure({ policy });
    for (const batcher of [given, later]) {
      const error = { name: "TypeError", message };
      assert.throws(() => batcher.configure({ maxWaitMs: 5 }), error);
      batcher.configure({ maxWaitMs: undefined, size: 3 });
    }
  });

  /** Writes down what its lanes hear. */
  function telling(heard: string[], name: string): Policy {
    const lane: LanePolicy = {
      arrived: (calls) => heard.push(`${name}: ${calls} arrived`),
      started: ({ id }) => void heard.push(`${name}: ${id} started`),
      ended: ({ id }) => heard.push(`${name}: ${id} ended`),
      decide: ({ waiting }, _slots, _now, verdict) =>
        verdict.leave(waiting, "idle"),
    };
    return { forLane: () => lane };
  }

  it("The new one hears of what waits, and of no batch that another has sent", async () => {
    const heard: string[] = [];
    const { host, handler, batcher, run } = held({
      policy: telling(heard, "old"),
      size: 2,
    });
    run(1, 2);
    await host.advance();
    run(3, 4, 5);
    await host.advance();
    heard.length = 0;
    batcher.configure({ policy: telling(heard, "new") });
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(heard, [
      "new: 3 arrived",
      "new: 2 started",
      "new: 2 ended",
      "new: 3 started",
    ]);
  });

  it("The one that learns may be put in while calls wait and run", async () => {
    const { host, handler, batcher, run } = held({
      policy: natural(),
      size: 2,
    });
    const calls = run(1, 2, 3, 4, 5);
    await host.advance();
    batcher.configure({ policy: adaptive({ targetMs: 100, shed: true }) });
    for (let i = 0; i < 3; i++) {
      await host.advance(3);
      handler.at(i).finish();
    }
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2, 3, 4, 5]);
  });
});

describe("configure(): misuse", () => {
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ size: 0 }, /"size" must be an integer >= 1 or Infinity, got 0/],
    [{ concurrency: "2" }, /"concurrency" must be .* got "2"/],
    [{ maxWaitMs: -1 }, /"maxWaitMs" must be a number of ms >= 0, got -1/],
    [{ policy: natural }, /"policy" must be an object with forLane\(\)/],
    [{ maxQueue: 5 }, /unknown option "maxQueue", wanted one of size, /],
  ];
  for (const [changes, message] of wrong) {
    it(`${Object.keys(changes)} is checked like an option: ${message}`, () => {
      const { batcher } = held();
      assert.throws(
        () => batcher.configure(changes as never),
        (error: Error) =>
          message.test(error.message) &&
          error.message.startsWith("Cannot configure the batcher: "),
      );
    });
  }

  it("What is no object is refused", () => {
    for (const changes of [undefined, null, 5]) {
      assert.throws(() => held().batcher.configure(changes as never), {
        name: "TypeError",
        message: /"options" must be an object/,
      });
    }
  });

  it("When one is wrong nothing changes, nor when the policy throws", async () => {
    const { host, handler, batcher, run } = held({ size: 2, maxWaitMs: 50 });
    const thrower: Policy = {
      forLane: () => {
        throw new Error("no lane");
      },
    };
    assert.throws(() => batcher.configure({ size: 1, concurrency: 0 }));
    assert.throws(() => batcher.configure({ size: 1, policy: thrower }), {
      message: "no lane",
    });
    const empty = { forLane: () => undefined } as never;
    assert.throws(() => batcher.configure({ size: 1, policy: empty }), {
      name: "TypeError",
      message:
        'Cannot ask the policy: "forLane" must return an object with decide(), got a value of type undefined',
    });
    run(1);
    await host.advance(49);
    assert.deepEqual(handler.items, []);
    run(2);
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2]]);
  });

  it("Nothing changes nothing", async () => {
    const { host, handler, batcher, run } = held({ size: 2 });
    batcher.configure({});
    batcher.configure({ size: undefined, policy: undefined });
    run(1, 2, 3);
    await host.advance();
    assert.deepEqual(handler.items, [[1, 2]]);
  });

  it("A batcher that is idle, or closed, takes it and keeps no timer", async () => {
    const { host, batcher } = held();
    batcher.configure({ size: 3, maxWaitMs: 10 });
    await host.advance();
    assert.equal(host.timers, 0);
    await batcher.close();
    batcher.configure({ size: 4 });
    await host.advance();
    assert.equal(host.timers, 0);
  });

  it("batched() functions reach it through their batcher", async () => {
    const sizes: number[] = [];
    const double = batched((xs: number[]) => {
      sizes.push(xs.length);
      return xs.map((x) => 2 * x);
    });
    double.batcher.configure({ size: 1 });
    await Promise.all([1, 2].map(double));
    assert.deepEqual(sizes, [1, 1]);
  });
});
