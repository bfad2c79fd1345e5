import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  type BatchEvent,
  ItemTooHeavyError,
  natural,
  type Policy,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, type Watched, watched } from "./watched.ts";

/** Items weigh what they are; a long window and batches of up to 10. */
function weighing(options: BatcherOptions<number> = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const batcher = new Batcher(handler, {
    maxWaitMs: 1000,
    weigh: (x) => x,
    maxWeight: 10,
    host,
    ...options,
  });
  return { host, handler, batcher };
}

/** Answers what runs until nothing is left. */
async function finishAll({ host, handler }: ReturnType<typeof weighing>) {
  for (let done = 0; done < handler.batches.length; done++) {
    handler.at(done).finish();
    await host.advance();
  }
}

describe("R6: weigh", () => {
  it("Without maxWeight it limits nothing, and the policy hears what items weigh", async () => {
    const weights: number[] = [];
    const host = new VirtualHost();
    const policy: Policy = {
      forLane: (limits) => ({
        ...natural().forLane(limits),
        ended: ({ weight }) => void weights.push(weight),
      }),
    };
    const weigh = (x: number) => x;
    const batcher = new Batcher((xs: number[]) => xs, { weigh, policy, host });
    const calls = [1000, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [1000, 2, 3]);
    assert.deepEqual(weights, [1005]);
    await assert.rejects(batcher.run(-1), TypeError);
  });

  it("Hooks hear what a batch weighs, those included who leave it as it runs", async () => {
    const events: BatchEvent[] = [];
    const hear = (event: BatchEvent) => void events.push(event);
    const { host, handler, batcher } = weighing({
      hooks: { onBatchStart: hear, onBatchEnd: hear },
    });
    const [early, late] = [new AbortController(), new AbortController()];
    for (const signal of [early.signal, undefined, late.signal, undefined]) {
      watched(batcher.run(2.5, { signal }));
    }
    early.abort();
    watched(batcher.run(2));
    batcher.flush();
    await host.advance();
    late.abort();
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(events.map(({ weight, size }) => [weight, size]), [
      [9.5, 4],
      [9.5, 4],
    ]);
  });

  it("Is called once for each item, on entry, however long it waits", async () => {
    const weighed: number[] = [];
    const { host, handler, batcher } = weighing({
      weigh: (x) => (weighed.push(x), x),
    });
    const calls = [3, 4, 9].map((x) => watched(batcher.run(x)));
    assert.deepEqual(weighed, [3, 4, 9]);
    await host.advance(500);
    calls.push(watched(batcher.run(1, { priority: 1 })));
    calls.push(watched(batcher.run(2)));
    await host.advance(2000);
    handler.at(0).finish();
    await host.advance(2000);
    handler.at(1).finish();
    await host.advance(2000);
    assert.deepEqual(weighed, [3, 4, 9, 1, 2]);
  });

  it("What does not fit stays first in line for the next batch", async () => {
    const heavy = weighing();
    for (const x of [6, 5, 4, 1]) watched(heavy.batcher.run(x));
    await heavy.host.advance();
    assert.deepEqual(heavy.handler.items, [[6]]);
    assert.equal(heavy.handler.at(0).batch.reason, "weight");
    await finishAll(heavy);
    assert.deepEqual(heavy.handler.items, [[6], [5, 4, 1]]);
  });

  it("The limit is inclusive, and a batch that reaches it leaves at once", async () => {
    const { host, handler, batcher } = weighing();
    for (const x of [7, 3]) watched(batcher.run(x));
    await host.advance();
    assert.deepEqual(handler.items, [[7, 3]]);
  });

  it("A batch that does not is held for company", async () => {
    const { host, handler, batcher } = weighing();
    for (const x of [7, 2.5]) watched(batcher.run(x));
    await host.advance(999);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [[7, 2.5]]);
  });

  it("A heavier item rejects alone, at once, and takes no place", async () => {
    const { host, handler, batcher } = weighing({ maxQueue: 1, size: 2 });
    const calls = [4, 11, 6].map((x) => watched(batcher.run(x)));
    for (let i = 0; i < 5; i++) await undefined;
    const { error } = calls[1]!;
    assert.ok(error instanceof ItemTooHeavyError);
    assert.deepEqual([error.weight, error.maxWeight], [11, 10]);
    assert.equal(
      error.message,
      `Cannot queue the call of "${batcher.name}": its item weighs 11, "maxWeight" is 10`,
    );
    await host.advance();
    assert.deepEqual(handler.items, [[4, 6]]);
    assert.equal(batcher.stats().calls, 2);
  });

  it("Nothing fits that weighs without end, whether or not there is a limit", async () => {
    for (const maxWeight of [undefined, 10, Infinity]) {
      const { batcher } = weighing({ maxWeight });
      await assert.rejects(batcher.run(Infinity), ItemTooHeavyError);
      assert.equal(batcher.pending, 0);
    }
  });

  it("R14 one that throws rejects that call alone, with what it threw", async () => {
    const { host, handler, batcher } = weighing({
      weigh: (x) => {
        if (x === 2) throw new RangeError("no weight");
        return x;
      },
    });
    const calls = [1, 2, 3, 6].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.equal((calls[1]!.error as Error).message, "no weight");
    assert.deepEqual(handler.items, [[1, 3, 6]]);
  });

  it("R14 one that answers no number >= 0 rejects that call alone", async () => {
    const answers: [unknown, string][] = [
      [NaN, "got NaN"],
      [-1, "got -1"],
      ["5", "got a value of type string"],
      [undefined, "got a value of type undefined"],
      [null, "got null"],
      [[5], "got an array"],
      [5n, "got a value of type bigint"],
    ];
    for (const [answer, wanted] of answers) {
      const { host, handler, batcher } = weighing({
        weigh: (x) => x === 2 ? answer as number : x,
      });
      const calls = [1, 2, 9].map((x) => watched(batcher.run(x)));
      await host.advance();
      const error = calls[1]!.error as Error;
      assert.ok(error instanceof TypeError);
      const said = 'Cannot take the call: "weigh" must return a number >= 0, ';
      assert.ok(error.message.startsWith(said), error.message);
      assert.ok(error.message.includes(wanted), error.message);
      assert.deepEqual(handler.items, [[1, 9]]);
    }
  });

  const departures: [string, (weighing: ReturnType<typeof make>) => unknown][] =
    [
      ["its signal", ({ controller }) => controller.abort("stop")],
      ["its deadline", ({ host }) => host.advance(50)],
      ["a drop", ({ batcher }) => watched(batcher.run(1))],
    ];

  /** The call of 8 may leave in some ways, the one of 2 stays. */
  function make() {
    const made = weighing({ maxQueue: 1, size: 3, overflow: "drop-oldest" });
    const controller = new AbortController();
    return { ...made, controller, calls: [] as Watched<number>[] };
  }

  for (const [how, leave] of departures) {
    it(`R16 a call that leaves by ${how} gives its weight back`, async () => {
      const made = make();
      const { host, handler, batcher, controller, calls } = made;
      calls.push(watched(batcher.run(10)));
      await host.advance();
      const { signal } = controller;
      calls.push(watched(batcher.run(8, { signal, deadlineMs: 50 })));
      await leave(made);
      await host.advance();
      assert.equal(calls[1]!.state, "rejected");
      if (how !== "a drop") calls.push(watched(batcher.run(1)));
      handler.at(0).finish();
      await host.advance();
      calls.push(watched(batcher.run(9)));
      await host.advance();
      assert.deepEqual(handler.items, [[10], [1, 9]]);
      handler.at(1).finish();
      await host.advance();
      assert.deepEqual([batcher.pending, host.timers], [0, 0]);
    });
  }

  it("Lanes have their own weights", async () => {
    const { host, handler, batcher } = weighing({
      lane: (x) => x % 2,
      concurrency: 2,
    });
    for (const x of [4, 5, 3, 6, 1]) watched(batcher.run(x));
    await host.advance();
    assert.deepEqual(handler.items, [[4, 6]]);
    watched(batcher.run(1));
    await host.advance();
    assert.deepEqual(handler.items, [[4, 6], [5, 3, 1, 1]]);
  });

  it("Without a limit a batch knows its weight, and nothing else changes", async () => {
    const weights: number[] = [];
    const { host, handler, batcher } = weighing({
      maxWeight: undefined,
      policy: {
        forLane: () => ({
          decide: (lane, _slots, _now, verdict) => {
            weights.push(lane.weight);
            verdict.leave(lane.waiting, "idle");
          },
        }),
      },
    });
    for (const x of [40, 2]) watched(batcher.run(x));
    await host.advance();
    assert.equal(weights.at(-1), 42);
    assert.deepEqual(handler.items, [[40, 2]]);
  });

  it("R5 many calls of any weight: each is answered, in order, and no batch is too heavy", async () => {
    const made = weighing({ size: 7 });
    const { host, handler, batcher } = made;
    const items = Array.from({ length: 300 }, (_, i) => (i * 7919) % 11);
    const calls: Watched<number>[] = [];
    for (let i = 0; i < items.length; i += 30) {
      calls.push(...items.slice(i, i + 30).map((x) => watched(batcher.run(x))));
      await host.advance(1);
    }
    const closed = watched(batcher.close());
    await host.advance();
    await finishAll(made);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual(seenOf(calls), items);
    assert.deepEqual(handler.items.flat(), items);
    for (const [i, batch] of handler.items.entries()) {
      const weight = batch.reduce((sum, x) => sum + x, 0);
      const [next = Infinity] = handler.items[i + 1] ?? [];
      assert.ok(weight <= 10 && batch.length <= 7);
      assert.ok(weight + next > 10 || batch.length === 7, `${batch} | ${next}`);
    }
  });
});
