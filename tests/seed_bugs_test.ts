/**
 * Bugs that other batchers were seen to have, one by one, and that we do not have.
 * The numbers are those of a list of semantics that a batcher must get right.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BatchAnswer, Batcher, BatchResultError } from "../mod.ts";
import { recordingHandler, VirtualHost } from "../src/testing.ts";
import { heldHandler } from "./batcher/held_handler.ts";
import { seenOf, turns, watched } from "./batcher/watched.ts";

const echo = (xs: number[]) => xs;

describe("Bugs of filling that we do not have", () => {
  it("1: a call never waits for longer than maxWaitMs, however many others come", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(echo, { maxWaitMs: 200, host });
    const first = watched(batcher.run(0));
    for (let time = 0; time < 190; time += 10) {
      await host.advance(10);
      batcher.run(time);
    }
    await host.advance(9);
    assert.equal(first.state, "pending");
    await host.advance(1);
    assert.equal(first.state, "fulfilled");
    assert.equal(host.now(), 200);
  });

  it("1: a batch that is full at once waits for nothing", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(echo, { size: 4, maxWaitMs: 200, host });
    const calls = [1, 2, 3, 4].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2, 3, 4]);
    assert.equal(host.now(), 0);
  });

  it("5: fewer callers in closed loops than size pay no timer", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { size: 100, host });
    const loop = async (client: number) => {
      for (let round = 0; round < 20; round++) await batcher.run(client);
    };
    const clients = Array.from({ length: 64 }, (_, client) => loop(client));
    await host.advance();
    await Promise.all(clients);
    assert.equal(host.now(), 0);
    assert.equal(handler.batches.length, 20);
    for (const { items } of handler.batches) assert.equal(items.length, 64);
  });

  it("9: a function that throws for one item fails that call, and no later one hangs", async () => {
    const host = new VirtualHost();
    const lane = (x: number | null) => x!.toFixed(0).length;
    const handler = (xs: (number | null)[]) => xs;
    const batcher = new Batcher(handler, { lane, host });
    const calls = [1, null, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    const later = watched(batcher.run(4));
    await host.advance();
    assert.deepEqual([calls[0]!.value, calls[2]!.value], [1, 3]);
    assert.ok(calls[1]!.error instanceof TypeError);
    assert.equal(later.value, 4);
  });

  it("26: equal calls leave in the order in which they came", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, host });
    batcher.run(-1);
    await host.advance();
    for (let x = 0; x < 8; x++) batcher.run(x);
    for (let batch = 0; batch < 9; batch++) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual(handler.items.flat(), [-1, 0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("Bugs of settling that we do not have", () => {
  /** Aborts the third of five calls, in the queue or in flight; what they hear. */
  async function abortOneOfFive(
    when: "queue" | "flight",
    end: "finish" | "fail",
  ) {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 10, host });
    const controller = new AbortController();
    const calls = [0, 1, 2, 3, 4].map((x) =>
      watched(batcher.run(x, x === 2 ? { signal: controller.signal } : {}))
    );
    if (when === "queue") controller.abort("gone");
    await host.advance(10);
    controller.abort("gone");
    if (end === "finish") handler.at(0).finish();
    else handler.at(0).fail("broken");
    await host.advance();
    return seenOf(calls);
  }

  for (const when of ["queue", "flight"] as const) {
    it(`10: a caller who is cancelled in ${when} hangs none of those behind it`, async () => {
      const finished = await abortOneOfFive(when, "finish");
      assert.deepEqual(finished, [0, 1, "gone", 3, 4]);
      const failed = await abortOneOfFive(when, "fail");
      assert.deepEqual(failed, [
        ...["broken", "broken"],
        "gone",
        ...["broken", "broken"],
      ]);
    });
  }

  it("11: keys of a record, or nothing at all, are no results", async () => {
    for (const answer of [{ a: 1, b: 2 }, new Map([["a", 1]]), null]) {
      const handler = () => answer as unknown as number[];
      const batcher = new Batcher(handler);
      const calls = [1, 2].map((x) => watched(batcher.run(x)));
      await turns(3);
      for (const { error } of calls) {
        assert.ok(error instanceof BatchResultError);
      }
    }
  });

  it("12: a result that ends iterations elsewhere is a result, and the rest gets theirs", async () => {
    const end: IteratorResult<number> = { done: true, value: undefined };
    const stop = new Error("StopIteration");
    const batcher = new Batcher<number, unknown>(([x, , , y]) => [
      x,
      end,
      stop,
      y,
    ]);
    const calls = [1, 2, 3, 4].map((x) => watched(batcher.run(x)));
    await turns(3);
    assert.deepEqual(seenOf(calls), [1, end, stop, 4]);
  });

  it("13: an error that many callers share stays as it is", async () => {
    const error = new Error("shared");
    const { stack, message } = error;
    const keys = Reflect.ownKeys(error);
    const batcher = new Batcher<number, number>(() => Promise.reject(error));
    for (let round = 0; round < 20; round++) {
      const calls = Array.from({ length: 50 }, (_, x) => batcher.run(x));
      for (const result of await Promise.allSettled(calls)) {
        assert.deepEqual(result, { status: "rejected", reason: error });
      }
    }
    assert.deepEqual([error.stack, error.message], [stack, message]);
    assert.deepEqual(Reflect.ownKeys(error), keys);
  });

  it("14: an abort that the handler raises is its failure, and hangs nobody", async () => {
    const aborts: (() => BatchAnswer<number>)[] = [
      () => Promise.reject(new DOMException("inside", "AbortError")),
      () => {
        throw new DOMException("inside", "AbortError");
      },
      async () => {
        AbortSignal.abort("inside").throwIfAborted();
        return await Promise.resolve([]);
      },
    ];
    for (const answer of aborts) {
      const batcher = new Batcher<number, number>(answer);
      const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
      await turns(3);
      for (const { state } of calls) assert.equal(state, "rejected");
      assert.equal(batcher.stats().running, 0);
    }
  });

  it("Handlers are called by position: parameters may have any name", async () => {
    const sync = new Batcher((anyName: number[]) => anyName);
    const later = new Batcher(async (another: number[]) => await another);
    assert.deepEqual(await Promise.all([sync.run(1), later.run(2)]), [1, 2]);
  });
});
