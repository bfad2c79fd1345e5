import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batched,
  Batcher,
  type BatcherOptions,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  type Policy,
  QueueFullError,
  RetryError,
  retryLater,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { collectUntil } from "../decorator/garbage.ts";
import { heldHandler } from "./held_handler.ts";
import { ListenedSignal } from "./listened_signal.ts";
import { seenOf, turns, watched } from "./watched.ts";

/** Words that are equal but for their case ask for the same; those that begin with `_` share with nobody. */
function shared(options: BatcherOptions<string> = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((word: string) => ({ word }));
  const batcher = new Batcher(handler, {
    dedupe: (word) => word.startsWith("_") ? undefined : word.toLowerCase(),
    host,
    ...options,
  });
  const run = (words: string, call?: Parameters<typeof batcher.run>[1]) =>
    words.split(" ").map((word) => watched(batcher.run(word, call)));
  const finish = async (index: number) => {
    handler.at(index).finish();
    await host.advance();
  };
  return { host, handler, batcher, run, finish };
}

/** The same with its only slot busy with "busy". */
async function busy(options: BatcherOptions<string> = {}) {
  const made = shared(options);
  made.run("busy");
  await made.host.advance();
  return made;
}

const wordsOf = (seen: { value: { word: string } | undefined }[]) =>
  seen.map(({ value }) => value?.word);

describe("R27: dedupe", () => {
  it("Calls of one key that wait are one item to the handler, and get one and the same object", async () => {
    const { host, handler, run, finish } = shared();
    const calls = run("a b A a");
    await host.advance();
    assert.deepEqual(handler.items, [["a", "b"]]);
    await finish(0);
    assert.deepEqual(wordsOf(calls), ["a", "b", "a", "a"]);
    assert.equal(calls[0]!.value, calls[2]!.value);
    assert.equal(calls[0]!.value, calls[3]!.value);
  });

  it("A call joins one that is in flight", async () => {
    const { host, handler, run, finish } = shared();
    const calls = run("a");
    await host.advance(10);
    calls.push(...run("A b"));
    await finish(0);
    assert.deepEqual(wordsOf(calls), ["a", "a", undefined]);
    assert.deepEqual(handler.items, [["a"], ["b"]]);
  });

  it("One that was answered is over: the next call is an item again", async () => {
    const { host, handler, run, finish } = shared();
    const calls = run("a");
    await host.advance();
    await finish(0);
    calls.push(...run("a"));
    await host.advance();
    await finish(1);
    assert.deepEqual(handler.items, [["a"], ["a"]]);
    assert.notEqual(calls[0]!.value, calls[1]!.value);
  });

  it("A call made as soon as the answer is there starts anew, too", async () => {
    const { host, handler, batcher, finish } = shared();
    const chain = watched(batcher.run("a").then(() => batcher.run("a")));
    await host.advance();
    await finish(0);
    assert.deepEqual(handler.items, [["a"], ["a"]]);
    await finish(1);
    assert.equal(chain.state, "fulfilled");
  });

  it("All share its failure: what the handler threw, an Error in the answer, a wrong answer", async () => {
    const { host, handler, run } = shared();
    const calls = [...run("a a"), ...run("b b"), ...run("c c")];
    await host.advance();
    const error = new Error("b");
    handler.at(0).answer([{ word: "a" }, error, { word: "c" }]);
    await host.advance();
    assert.deepEqual(calls.map(({ state }) => state), [
      ...["fulfilled", "fulfilled", "rejected", "rejected"],
      ...["fulfilled", "fulfilled"],
    ]);
    assert.equal(calls[2]!.error, error);
    assert.equal(calls[3]!.error, error);
    const failed = run("d d");
    await host.advance();
    handler.at(1).fail(error);
    await host.advance();
    assert.deepEqual(seenOf(failed), [error, error]);
    const misfit = run("e e");
    await host.advance();
    handler.at(2).answer([]);
    await host.advance();
    assert.deepEqual(misfit.map(({ state }) => state), [
      "rejected",
      "rejected",
    ]);
  });

  it("undefined shares with nobody", async () => {
    const { host, handler, run } = shared();
    run("_a _a a a");
    await host.advance();
    assert.deepEqual(handler.items, [["_a", "_a", "a"]]);
  });

  it("Any other value is a key: objects are what they are, NaN is itself", async () => {
    const [one, other] = [{}, {}];
    const keys = [one, one, other, NaN, NaN, null, null, "1", 1, 0, -0];
    const handler = heldHandler((x: number) => x);
    const host = new VirtualHost();
    const options = { dedupe: (x: number) => keys[x], host };
    const batcher = new Batcher(handler, options);
    const calls = keys.map((_, x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(handler.items, [[0, 2, 3, 5, 7, 8, 9]]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [0, 0, 2, 3, 3, 5, 5, 7, 8, 9, 9]);
  });

  it("R7 items of different lanes are never the same", async () => {
    const { host, handler, run } = shared({ lane: (word) => word.length });
    const dedupe = run("a aa a aa");
    await host.advance();
    assert.equal(dedupe.length, 4);
    assert.deepEqual(handler.items, [["a"]]);
    const same = new Batcher(handler, {
      ...{ lane: (x: string) => x, dedupe: () => 1, concurrency: 9, host },
    });
    for (const word of ["x", "y", "x"]) watched(same.run(word));
    await host.advance();
    assert.deepEqual(handler.items.slice(1), [["x"], ["y"]]);
  });

  it("R14 one that throws rejects that call alone", async () => {
    const { host, handler, run, batcher } = shared({
      dedupe: (word) => {
        if (word === "bad") throw new RangeError("no key");
        return word;
      },
    });
    const calls = run("a bad a");
    await host.advance();
    assert.equal((calls[1]!.error as Error).message, "no key");
    assert.deepEqual(handler.items, [["a"]]);
    assert.equal(batcher.stats().calls, 2);
  });

  it("It is asked once for each call, with the item", () => {
    const asked: string[] = [];
    const { run } = shared({ dedupe: (word) => asked.push(word) && word });
    run("a b a");
    assert.deepEqual(asked, ["a", "b", "a"]);
  });

  it("Works for decorated methods, each object for itself", async () => {
    const batches: string[][] = [];
    class Words {
      @Batched({
        dedupe: (word) => word,
        handler: (words: string[]) => (batches.push(words), words),
      })
      async echo(word: string): Promise<string> {
        return await word;
      }
    }
    const [one, other] = [new Words(), new Words()];
    const calls = ["a", "b", "a"].flatMap((x) => [one.echo(x), other.echo(x)]);
    await Promise.all(calls);
    assert.deepEqual(batches, [["a", "b"], ["a", "b"]]);
  });
});

describe("R27: calls that share a place and leave it", () => {
  it("R16 one that aborts touches no other, waiting or in flight", async () => {
    const { host, handler, run, finish } = await busy();
    const [first, second, third] = [1, 2, 3].map(() => new AbortController());
    const calls = [
      ...run("a", { signal: first!.signal }),
      ...run("a", { signal: second!.signal }),
      ...run("a", { signal: third!.signal }),
      ...run("a"),
    ];
    first!.abort("first");
    await finish(0);
    assert.deepEqual(handler.items, [["busy"], ["a"]]);
    second!.abort("second");
    await host.advance();
    assert.equal(handler.at(1).batch.signal.aborted, false);
    await finish(1);
    third!.abort("third");
    const [, , value] = seenOf(calls);
    assert.deepEqual(seenOf(calls), ["first", "second", value, value]);
    assert.deepEqual(value, { word: "a" });
  });

  it("R16 with the last one the place is free, waiting", async () => {
    const { host, handler, batcher, run, finish } = await busy({ maxQueue: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = run("a a", { signal });
    assert.equal(batcher.full, true);
    controller.abort("stop");
    assert.equal(batcher.full, false);
    calls.push(...run("b"));
    await host.advance();
    assert.deepEqual(seenOf(calls), ["stop", "stop", "pending"]);
    await finish(0);
    assert.deepEqual(handler.items, [["busy"], ["b"]]);
    assert.equal(batcher.pending, 1);
  });

  it("R16 with the last one the signal of the batch aborts, in flight; a new call starts anew", async () => {
    const { host, handler, run, finish } = shared();
    const controllers = [1, 2].map(() => new AbortController());
    const calls = controllers.flatMap(({ signal }) => run("a", { signal }));
    await host.advance();
    controllers[0]!.abort("one");
    await host.advance();
    const { signal } = handler.at(0).batch;
    assert.equal(signal.aborted, false);
    controllers[1]!.abort("two");
    assert.deepEqual([signal.aborted, signal.reason], [true, "two"]);
    calls.push(...run("a"));
    await finish(0);
    await finish(1);
    assert.deepEqual(handler.items, [["a"], ["a"]]);
    assert.deepEqual(seenOf(calls), ["one", "two", { word: "a" }]);
  });

  it("A signal that has aborted before joins nothing", async () => {
    const { host, batcher, run } = await busy();
    const calls = [
      ...run("a"),
      ...run("a", { signal: AbortSignal.abort("x") }),
    ];
    await host.advance();
    assert.deepEqual(seenOf(calls), ["pending", "x"]);
    assert.deepEqual([batcher.pending, batcher.stats().calls], [2, 2]);
  });

  it("A signal that cannot be listened to rejects the call that would join, and no other", async () => {
    const { run, finish } = await busy();
    const [first] = run("a");
    const { signal } = new AbortController();
    const deaf = new Error("deaf");
    signal.addEventListener = () => {
      throw deaf;
    };
    const [call] = run("a", { signal });
    await finish(0);
    await finish(1);
    assert.deepEqual([first!.state, call!.error], ["fulfilled", deaf]);
  });

  it("A place is forgotten, key and all, when all who share it have left", async () => {
    const held: WeakRef<object>[] = [];
    const { batcher } = await busy({
      dedupe: () => {
        const key = {};
        held.push(new WeakRef(key));
        return key;
      },
    });
    for (let turn = 0; turn < 100; turn++) {
      const controller = new AbortController();
      watched(batcher.run("a", { signal: controller.signal }));
      controller.abort("gone");
    }
    const left = await collectUntil(10, held);
    assert.ok(left <= 10, `${left} are held`);
    assert.equal(batcher.pending, 1);
  });

  it("R9 A signal that aborts the last one who shares a place, as it is listened to, lets the next one have its own", async () => {
    const { handler, batcher, run, finish } = await busy();
    const first = new AbortController();
    const [gone] = run("a", { signal: first.signal });
    const listened = new ListenedSignal();
    const { signal } = listened;
    const { addEventListener } = signal;
    signal.addEventListener = (...args: unknown[]) => {
      Reflect.apply(addEventListener, signal, args);
      first.abort("gone");
    };
    const [call] = run("a", { signal });
    await finish(0);
    await finish(1);
    assert.deepEqual(seenOf([gone!]), ["gone"]);
    assert.equal(listened.listeners, 0);
    assert.deepEqual([call!.state, batcher.pending], ["fulfilled", 0]);
    assert.deepEqual(handler.items, [["busy"], ["a"]]);
  });

  it("R16 no listener is left behind, whichever way calls end", async () => {
    const { host, handler, run, finish } = await busy();
    const signals = [1, 2, 3].map(() => new ListenedSignal());
    for (const { signal } of signals) run("a a", { signal });
    signals[0]!.abort("stop");
    await finish(0);
    await finish(1);
    assert.deepEqual(handler.items, [["busy"], ["a"]]);
    for (const { listeners } of signals) assert.equal(listeners, 0);
    assert.equal(host.timers, 0);
  });

  it("R17 each hears by its own deadline, the others wait on", async () => {
    const { host, run, finish } = await busy();
    const times: [string, number][] = [];
    const call = (name: string, deadlineMs: number | undefined) => {
      const [seen] = run("a", { deadlineMs });
      return { name, seen: seen! };
    };
    const calls = [call("50", 50), call("never", undefined), call("20", 20)];
    await host.advance(10);
    calls.push(call("30 from 10", 20));
    for (let now = 10; now < 100; now++) {
      for (const { name, seen } of calls) {
        const isNew = !times.some(([known]) => known === name);
        if (seen.state === "rejected" && isNew) times.push([name, host.now()]);
      }
      await host.advance(1);
    }
    assert.deepEqual(times, [["20", 20], ["30 from 10", 30], ["50", 50]]);
    assert.ok(calls[0]!.seen.error instanceof DeadlineError);
    assert.equal((calls[0]!.seen.error as DeadlineError).deadlineMs, 50);
    await finish(0);
    await finish(1);
    assert.equal(calls[1]!.seen.state, "fulfilled");
    assert.equal(host.timers, 0);
  });

  it("R17 the deadline that all have holds for each from its own call on, waiting and in flight", async () => {
    const { host, handler, run } = await busy({ deadlineMs: 100 });
    const calls = [...run("a")];
    await host.advance(30);
    calls.push(...run("a"));
    await host.advance(40);
    handler.at(0).finish();
    await host.advance(10);
    calls.push(...run("a"));
    assert.deepEqual(handler.items, [["busy"], ["a"]]);
    const states = () => calls.map(({ state }) => state.slice(0, 3));
    await host.advance(19);
    assert.deepEqual(states(), ["pen", "pen", "pen"]);
    await host.advance(1);
    assert.deepEqual(states(), ["rej", "pen", "pen"]);
    await host.advance(30);
    assert.deepEqual(states(), ["rej", "rej", "pen"]);
    await host.advance(50);
    assert.deepEqual(states(), ["rej", "rej", "rej"]);
    assert.ok(handler.at(1).batch.signal.aborted);
  });

  it("R17 where none of them has a deadline it has none", async () => {
    const seen: number[] = [];
    const policy: Policy = {
      forLane: () => ({
        decide: (lane, _slots, _now, verdict) => {
          seen.push(lane.oldestDeadlineAt);
          verdict.leave(lane.waiting, "idle");
        },
      }),
    };
    const { host, run } = shared({ policy, deadlineMs: 100 });
    run("a A", { deadlineMs: Infinity });
    await host.advance();
    assert.deepEqual(new Set(seen), new Set([Infinity]));
  });

  it("R17 the nearest deadline pulls the batch forward, and no more when its call has left", async () => {
    const { host, handler, run } = shared({ maxWaitMs: 1000 });
    run("a");
    run("a", { deadlineMs: 100 });
    await host.advance(49);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [["a"]]);
    assert.equal(handler.at(0).batch.reason, "deadline");

    const other = shared({ maxWaitMs: 1000 });
    const controller = new AbortController();
    const { signal } = controller;
    other.run("a");
    other.run("a", { deadlineMs: 100, signal });
    controller.abort();
    await other.host.advance(999);
    assert.deepEqual(other.handler.items, []);
    await other.host.advance(1);
    assert.equal(other.handler.at(0).batch.reason, "window");
  });

  it("R17 whoever leaves by a hook that hears of another who is late leaves once", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const onLeave = () => controller.abort("gone");
    const { host, batcher, run } = await busy({ hooks: { onLeave } });
    const calls = [
      ...run("a", { deadlineMs: 10 }),
      ...run("a", { deadlineMs: 10, signal }),
      ...run("a"),
    ];
    await host.advance(10);
    assert.deepEqual(seenOf(calls.slice(1)), ["gone", "pending"]);
    const { calls: all, expired, aborted } = batcher.stats();
    assert.deepEqual([all, expired, aborted, batcher.pending], [4, 1, 1, 2]);
  });

  it("R18 a place that is dropped takes all along; each is told and counted", async () => {
    const left: unknown[] = [];
    const { host, batcher, run } = await busy({
      maxQueue: 1,
      overflow: "drop-oldest",
      hooks: { onLeave: ({ reason, waitMs }) => left.push([reason, waitMs]) },
    });
    const calls = run("a a");
    await host.advance(10);
    calls.push(...run("a b"));
    await host.advance();
    const errors = calls.slice(0, 3).map(({ error }) => error);
    assert.ok(errors.every((error) => error instanceof QueueFullError));
    assert.equal(calls[3]!.state, "pending");
    assert.deepEqual(left, [["dropped", 10], ["dropped", 10], ["dropped", 0]]);
    const { dropped, calls: accepted, waiting } = batcher.stats();
    assert.deepEqual([dropped, accepted, waiting], [3, 5, 1]);
  });

  it("R20 close answers all, or rejects all when its time is over", async () => {
    for (const timeoutMs of [undefined, 20]) {
      const { host, handler, batcher, run } = shared({ maxWaitMs: 1000 });
      const calls = run("a a b");
      const closed = watched(batcher.close({ timeoutMs }));
      await host.advance();
      assert.deepEqual(handler.items, [["a", "b"]]);
      const [late] = run("a");
      await host.advance();
      assert.ok(late!.error instanceof ClosedError);
      if (timeoutMs) await host.advance(timeoutMs);
      else handler.at(0).finish();
      await host.advance();
      assert.equal(closed.state, "fulfilled");
      for (const { state, error } of calls) {
        assert.equal(state, timeoutMs ? "rejected" : "fulfilled");
        assert.equal(error instanceof ClosedError, timeoutMs !== undefined);
      }
      assert.deepEqual([batcher.pending, host.timers], [0, 0]);
    }
  });

  it("R20 flush sends them, and waits for all", async () => {
    const { host, handler, batcher, run } = shared({ maxWaitMs: 1000 });
    const calls = run("a a");
    const flushed = watched(batcher.flush());
    await host.advance();
    calls.push(...run("a"));
    assert.deepEqual(handler.items, [["a"]]);
    assert.equal(flushed.state, "pending");
    handler.at(0).finish();
    await turns(2);
    assert.equal(flushed.state, "fulfilled");
    assert.deepEqual(wordsOf(calls), ["a", "a", "a"]);
  });

  it("Whoever is told that all have left may ask for the same at once", async () => {
    const again: unknown[] = [];
    const { handler, batcher, finish } = await busy({
      hooks: { onLeave: () => void again.push(watched(batcher.run("a"))) },
    });
    const controller = new AbortController();
    const { signal } = controller;
    watched(batcher.run("a", { signal }));
    controller.abort();
    await finish(0);
    assert.deepEqual(handler.items, [["busy"], ["a"]]);
    await finish(1);
    assert.deepEqual(seenOf(again as never), [{ word: "a" }]);
  });

  it("Be it that they leave at once, and others come in the same moment", async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    let told = 0;
    const { handler, host, run } = shared({
      hooks: {
        onLeave: () => {
          if (++told > 1) return;
          run("a", { signal: second.signal });
          second.abort("gone");
          run("a");
        },
      },
    });
    // Shares with nobody, so that no other place is known.
    run("_");
    await host.advance();
    run("a", { signal: first.signal });
    first.abort("gone");
    // Joins the last one.
    run("a");
    handler.at(0).finish();
    await host.advance();
    assert.equal(told, 2);
    assert.deepEqual(handler.items, [["_"], ["a"]]);
  });
});

describe("R27: a place that is opened while the last one leaves", () => {
  it("May be joined by those who come later", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const again: ReturnType<typeof run> = [];
    const { host, handler, run, finish } = await busy({
      hooks: { onLeave: () => again.push(...run("a")) },
    });
    run("a", { signal });
    await host.advance();
    controller.abort("gone");
    again.push(...run("a A"));
    await finish(0);
    assert.deepEqual(handler.items, [["busy"], ["a"]]);
    await finish(1);
    assert.deepEqual(wordsOf(again), ["a", "a", "a"]);
  });
});

describe("R27: a place that must leave soon", () => {
  it("R8, R20 Still must where somebody of a higher priority joins", async () => {
    const { host, handler, batcher, run, finish } = shared({ maxWaitMs: 1000 });
    run("busy");
    watched(batcher.flush());
    await host.advance();
    run("a");
    watched(batcher.flush());
    run("b a", { priority: 5 });
    await finish(0);
    assert.deepEqual(handler.items, [["busy"], ["a", "b"]]);
    assert.deepEqual(batcher.stats().reasons, { flush: 2 });
  });
});

describe("R27: the place of several calls", () => {
  it("A call that joins needs no room: a full queue takes it", async () => {
    const { host, batcher, run } = await busy({
      maxQueue: 1,
      maxQueuePerLane: 1,
    });
    const calls = run("a a b a");
    await host.advance();
    assert.ok(calls[2]!.error instanceof QueueFullError);
    assert.deepEqual(calls.map(({ state }) => state), [
      ...["pending", "pending", "rejected", "pending"],
    ]);
    assert.equal(batcher.stats().waiting, 3);
  });

  it("One that joins what is in flight needs no slot", async () => {
    const { host, run } = await busy({ maxQueue: 0 });
    const [call] = run("busy");
    await host.advance();
    assert.equal(call!.state, "pending");
  });

  it("R18 a place kept by ready() goes to the next who waits, when its waiter joins another call", async () => {
    const { host, handler, batcher, run } = shared({ size: 1, maxQueue: 1 });
    run("a b");
    await host.advance();
    const ready = [1, 2, 3].map(() => watched(batcher.ready()));
    await host.advance();
    assert.deepEqual(ready.map(({ state }) => state), Array(3).fill("pending"));
    handler.at(0).finish();
    await host.advance();
    assert.equal(ready[0]!.state, "fulfilled");
    assert.equal(ready[1]!.state, "pending");
    run("b");
    await host.advance();
    assert.equal(ready[1]!.state, "fulfilled");
    assert.equal(ready[2]!.state, "pending");
  });

  it("R18 a place kept by ready() is still kept when its waiter would join, but has aborted", async () => {
    const { host, batcher, run } = await busy({ maxQueue: 1 });
    await batcher.ready();
    const [gone] = run("BUSY", { signal: AbortSignal.abort("gone") });
    const next = watched(batcher.ready());
    await host.advance();
    assert.equal(gone!.error, "gone");
    assert.deepEqual([batcher.full, next.state], [true, "pending"]);
    const [call] = run("a");
    await host.advance();
    assert.equal(call!.state, "pending");
    assert.equal(batcher.stats().waiting, 1);
  });

  it("R6 what joins is not weighed, and weighs nothing", async () => {
    const weighed: string[] = [];
    const { host, handler, run } = shared({
      ...{ maxWaitMs: 1000, maxWeight: 2 },
      weigh: (word) => (weighed.push(word), word.length),
    });
    run("a A a b");
    await host.advance();
    assert.deepEqual(handler.items, [["a", "b"]]);
    assert.deepEqual(weighed, ["a", "b"]);
    const [heavy] = run("heavy");
    await host.advance();
    assert.ok(heavy!.error instanceof ItemTooHeavyError);
  });

  it("R8 it takes the highest priority, and moves up to where its age belongs", async () => {
    const { host, handler, run, finish } = await busy({ size: 2 });
    for (const word of ["h1", "low", "h2", "h3"]) {
      await host.advance(1);
      run(word, { priority: word === "low" ? -1 : 1 });
    }
    run("plain");
    run("low", { priority: 1 });
    run("low", { priority: -5 });
    for (let batch = 0; batch < 3; batch++) await finish(batch);
    assert.deepEqual(handler.items, [
      ["busy"],
      ["h1", "low"],
      ["h2", "h3"],
      ["plain"],
    ]);
  });

  it("R8 and can be dropped and left there, too", async () => {
    const { host, batcher, run, finish, handler } = await busy({
      maxQueue: 2,
      overflow: "drop-lowest",
    });
    const controller = new AbortController();
    const calls = [
      ...run("a", { priority: -3 }),
      ...run("b", { priority: -2 }),
      ...run("a", { priority: 2, signal: controller.signal }),
      ...run("c", { priority: 0 }),
    ];
    await host.advance();
    assert.deepEqual(calls.map(({ state }) => state), [
      ...["pending", "rejected", "pending", "pending"],
    ]);
    controller.abort();
    await finish(0);
    assert.deepEqual(handler.items.at(-1), ["a", "c"]);
    assert.equal(batcher.stats().waiting, 0);
  });

  it("R2 to move up never moves the window", async () => {
    const { host, handler, run } = shared({ maxWaitMs: 50 });
    run("a", { priority: -1 });
    await host.advance(20);
    run("b", { priority: 1 });
    await host.advance(20);
    run("a", { priority: 1 });
    await host.advance(9);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.deepEqual(handler.items, [["a", "b"]]);
  });

  it("onSettle hears of the batch, each of its own wait; 0 when it joined in flight", async () => {
    const heard: unknown[] = [];
    const { host, handler, run } = await busy();
    const call = (name: string) =>
      run("a", {
        onSettle: ({ size, waitMs, runMs }) =>
          heard.push([name, size, waitMs, runMs]),
      });
    run("b");
    run("a");
    await host.advance(10);
    call("early");
    await host.advance(20);
    handler.at(0).finish();
    await host.advance(5);
    call("late");
    await host.advance(5);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(heard, [["early", 2, 20, 10], ["late", 2, 0, 10]]);
  });

  it("R14 an onSettle that throws is reported and keeps nobody from hearing", async () => {
    const heard: string[] = [];
    const errors: unknown[] = [];
    const { host, run, finish } = shared({
      hooks: { onError: (error, where) => errors.push([error, where]) },
    });
    run("a", {
      onSettle: () => {
        throw "broken";
      },
    });
    run("a", { onSettle: () => heard.push("second") });
    await host.advance();
    await finish(0);
    assert.deepEqual(errors, [["broken", "onSettle"]]);
    assert.deepEqual(heard, ["second"]);
  });

  it("onCall is told of each call, and its tags are those of the batch", async () => {
    const items: unknown[] = [];
    const tags: unknown[] = [];
    const { host, run, finish } = shared({
      hooks: {
        onCall: ({ item }) => items.push(item),
        onBatchStart: (batch) => tags.push(batch.tags),
      },
    });
    run("a b A");
    await host.advance();
    run("a");
    await finish(0);
    assert.deepEqual(items, ["a", "b", "A", "a"]);
    assert.deepEqual(tags, [[1, 3, 2]]);
  });

  it("R27 onCall hears the lane of each, of those who join as well", () => {
    const lanes: unknown[] = [];
    const { run } = shared({
      lane: () => "north",
      hooks: { onCall: ({ lane }) => lanes.push(lane) },
    });
    run("a A");
    assert.deepEqual(lanes, ["north", "north"]);
  });

  it("R27 whoever joins a batch that runs, and leaves it, has not waited", async () => {
    const left: unknown[] = [];
    const { host, run } = await busy({
      hooks: { onLeave: ({ waitMs, batchId }) => left.push([waitMs, batchId]) },
    });
    await host.advance(10);
    run("BUSY", { deadlineMs: 5 });
    await host.advance(5);
    assert.deepEqual(left, [[0, 1]]);
  });

  it("R27 stats count those who share a failure as failures alone", async () => {
    const { host, handler, batcher, run } = shared();
    run("a a a");
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    const { results, failures } = batcher.stats();
    assert.deepEqual([results, failures, batcher.pending], [0, 3, 0]);
  });

  it("Stats count calls, batches count items", async () => {
    const ends: unknown[] = [];
    const { host, handler, batcher, run } = await busy({
      hooks: {
        onBatchEnd: ({ size, results, failures }) =>
          ends.push([size, results, failures]),
      },
    });
    run("a a b");
    assert.deepEqual([batcher.pending, batcher.stats().waiting], [4, 3]);
    handler.at(0).finish();
    await host.advance();
    run("a");
    assert.deepEqual([batcher.pending, batcher.stats().waiting], [4, 0]);
    handler.at(1).answer([{ word: "a" }, new Error("b")]);
    await host.advance();
    const { calls, results, failures, size } = batcher.stats();
    assert.deepEqual([calls, results, failures, size.max], [5, 4, 1, 2]);
    assert.deepEqual(ends, [[1, 1, 0], [2, 1, 1]]);
    assert.equal(batcher.pending, 0);
  });

  it("R24 isolation runs it again once for all", async () => {
    const host = new VirtualHost();
    const runs: string[][] = [];
    const batcher = new Batcher((words: string[]) => {
      runs.push([...words]);
      if (words.includes("bad")) throw new Error("bad");
      return words;
    }, { dedupe: (word) => word, isolate: "each", host });
    const words = ["a", "bad", "a", "bad", "b"];
    const calls = words.map((word) => watched(batcher.run(word)));
    await host.advance();
    const states = calls.map(({ state }) => state.slice(0, 3));
    assert.deepEqual(states, ["ful", "rej", "ful", "rej", "ful"]);
    assert.deepEqual(runs, [["a", "bad", "b"], ["a"], ["bad"], ["b"]]);
  });

  /** "a" asked for twice, of which the first attempt has come to `retryLater()`. */
  async function delayed(options: BatcherOptions<string> = {}) {
    const made = shared({ retry: { attempts: 2, delayMs: 20 }, ...options });
    const calls = made.run("a a b");
    await made.host.advance();
    made.handler.at(0).answer([retryLater({ cause: "busy" }), { word: "b" }]);
    await made.host.advance();
    return { ...made, calls };
  }

  it("R25 it is tried again for all, and others join it meanwhile", async () => {
    const { host, handler, batcher, run, finish, calls } = await delayed();
    await host.advance(10);
    calls.push(...run("a"));
    const { waiting } = batcher.stats();
    assert.deepEqual([waiting, batcher.pending], [3, 3]);
    await host.advance(10);
    assert.deepEqual(handler.items, [["a", "b"], ["a"]]);
    await finish(1);
    assert.deepEqual(wordsOf(calls), ["a", "a", "b", "a"]);
    const { results, calls: accepted } = batcher.stats();
    assert.deepEqual([results, accepted, batcher.pending], [4, 4, 0]);
  });

  it("R25 when attempts run out all reject", async () => {
    const { host, handler, batcher, calls } = await delayed();
    await host.advance(20);
    handler.at(1).answer([retryLater()]);
    await host.advance();
    assert.ok(calls[0]!.error instanceof RetryError);
    assert.equal(calls[0]!.error, calls[1]!.error);
    assert.deepEqual([batcher.pending, batcher.stats().failures], [0, 2]);
    assert.equal(host.timers, 0);
  });

  it("R25, R16, R17 calls leave it in the meantime, and it goes with the last one", async () => {
    const controller = new AbortController();
    const { host, handler, batcher, run, calls } = await delayed({
      deadlineMs: 30,
    });
    await host.advance(10);
    calls.push(...run("a", { signal: controller.signal, deadlineMs: 500 }));
    await host.advance(20);
    assert.deepEqual(handler.items.length, 2);
    assert.deepEqual(calls.map(({ state }) => state), [
      ...["rejected", "rejected", "fulfilled", "pending"],
    ]);
    handler.at(1).answer([retryLater()]);
    await host.advance();
    assert.ok(calls[3]!.error instanceof RetryError);

    const other = await delayed({ retry: { attempts: 9, delayMs: 20 } });
    other.calls.push(...other.run("a", { signal: controller.signal }));
    other.calls.push(...other.run("a", { deadlineMs: 5 }));
    controller.abort("stop");
    await other.host.advance(10);
    const states = other.calls.map(({ state }) => state.slice(0, 3));
    assert.deepEqual(states, ["pen", "pen", "ful", "rej", "rej"]);
    assert.equal(other.batcher.pending, 2);
    assert.deepEqual([batcher.pending, host.timers], [0, 0]);
    const closed = watched(other.batcher.close({ timeoutMs: 10 }));
    await other.host.advance(10);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual([other.batcher.pending, other.host.timers], [0, 0]);
  });

  it("R25, R8 it comes back with the priority that it has got meanwhile", async () => {
    const { host, handler, run } = await delayed({ size: 2 });
    run("x y");
    await host.advance();
    run("h", { priority: 1 });
    run("a", { priority: 2 });
    await host.advance(20);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(handler.items, [["a", "b"], ["x", "y"], ["a", "h"]]);
  });

  it("R19 a batch that runs out of time rejects all", async () => {
    const { host, batcher, run } = shared({ batchTimeoutMs: 50 });
    const calls = run("a a");
    await host.advance(40);
    calls.push(...run("a"));
    await host.advance(10);
    assert.deepEqual(
      calls.map(({ state }) => state),
      Array(3).fill("rejected"),
    );
    assert.deepEqual([batcher.pending, batcher.stats().failures], [0, 3]);
  });

  it("R28 runMany asks for each once, and answers in order", async () => {
    const batches: number[][] = [];
    const batcher = new Batcher((xs: number[]) => {
      batches.push([...xs]);
      return xs.map((x) => 10 * x);
    }, { dedupe: (x) => x, size: 3 });
    const items = [1, 2, 1, 3, 2, 2, 4];
    assert.deepEqual(await batcher.runMany(items), items.map((x) => 10 * x));
    assert.deepEqual(batches, [[1, 2, 3], [4]]);
  });

  it("Nobody joins what is forgotten: 10,000 keys leave nothing behind", async () => {
    const { host, handler, batcher, run } = shared({ lane: (x) => x.length });
    for (let i = 0; i < 10_000; i += 64) {
      for (let key = i; key < i + 64; key++) run(`${key} ${key}`);
      await host.advance();
      for (let b = 0; b < handler.batches.length; b++) {
        handler.at(b).finish();
        await host.advance();
      }
      handler.batches.length = 0;
    }
    const { calls, results, waiting } = batcher.stats();
    assert.deepEqual([results, waiting, batcher.pending], [calls, 0, 0]);
    assert.equal(host.timers, 0);
  });
});

describe("R27, R26: calls from inside a batch", () => {
  it("Never wait for the batch that waits for them", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<string, string> = new Batcher(
      (words) =>
        Promise.all(
          words.map(async (word) =>
            word === "outer" ? `outer(${await batcher.run("inner")})` : word
          ),
        ),
      { dedupe: (word) => word, host },
    );
    const calls = ["outer", "inner"].map((word) => watched(batcher.run(word)));
    await host.advance();
    assert.deepEqual(seenOf(calls), ["outer(inner)", "inner"]);
  });

  it("Nor for one that waits behind it", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<string, string> = new Batcher(
      async ([word]) =>
        word === "outer" ? [`outer(${await batcher.run("inner")})`] : [word!],
      { dedupe: (word) => word, size: 1, host },
    );
    const calls = ["outer", "inner"].map((word) => watched(batcher.run(word)));
    await host.advance();
    assert.deepEqual(seenOf(calls), ["outer(inner)", "inner"]);
  });

  it("Nor, from deeper inside, for the one that they run in", async () => {
    const host = new VirtualHost();
    const work: Record<string, () => Promise<string>> = {
      outer: async () => (await Promise.all(["p", "q"].map(run))).join(),
      p: async () => `p(${await run("q")})`,
      q: () => Promise.resolve("q"),
    };
    const run = (word: string) => batcher.run(word);
    const batcher: Batcher<string, string> = new Batcher(
      (words) => Promise.all(words.map((word) => work[word]!())),
      { dedupe: (word) => word, host },
    );
    const call = watched(run("outer"));
    await host.advance();
    assert.equal(call.value, "p(q),q");
  });

  it("Share with each other as long as they wait", async () => {
    const host = new VirtualHost();
    const batches: string[][] = [];
    const batcher: Batcher<string, string> = new Batcher(
      (words) => {
        batches.push([...words]);
        return Promise.all(
          words.map(async (word) =>
            word.startsWith("outer") ? await batcher.run("inner") : word
          ),
        );
      },
      { dedupe: (word) => word, host },
    );
    const calls = ["outer1", "outer2"].map((word) =>
      watched(batcher.run(word))
    );
    await host.advance();
    assert.deepEqual(seenOf(calls), ["inner", "inner"]);
    assert.deepEqual(batches, [["outer1", "outer2"], ["inner"]]);
  });

  it("R25 All count who wait for another try, though one came meanwhile that could not join them", async () => {
    const host = new VirtualHost();
    const run = (word: string) => batcher.run(word);
    const pause = (ms: number) =>
      new Promise<void>((resolve) => void host.timer(resolve, ms));
    let tries = 0;
    const batcher: Batcher<string, string> = new Batcher(
      async ([word]) => {
        if (word === "outer") {
          const both = ["inner", "inner"].map(run);
          await pause(5);
          return [(await Promise.all([...both, run("inner")])).join()];
        }
        if (++tries > 1) return [word!];
        await pause(10);
        return [retryLater({ afterMs: 10 })];
      },
      { dedupe: (word) => word, size: 1, retry: { attempts: 2 }, host },
    );
    const call = watched(batcher.run("outer"));
    await host.advance(10);
    assert.equal(batcher.stats().waiting, 2);
    await host.advance(10);
    assert.equal(call.value, "inner,inner,inner");
    assert.equal(batcher.stats().waiting, 0);
  });

  it("R17 hear by their own deadlines, though all wait for the rate limit", async () => {
    const host = new VirtualHost();
    let goOn = () => {};
    const late = new Promise<void>((resolve) => goOn = resolve);
    const errors: unknown[] = [];
    const work: Record<string, () => string | Promise<string>> = {
      inner: () => "inner",
      first: () => batcher.run("inner"),
      second: async () => {
        await late;
        return await batcher.run("inner", { deadlineMs: 5 })
          .catch((error) => (errors.push(error), "late"));
      },
    };
    const batcher: Batcher<string, string> = new Batcher(
      (words) => Promise.all(words.map((word) => work[word]!())),
      {
        rateLimit: { batches: 1, perMs: 100 },
        dedupe: (word) => word,
        host,
      },
    );
    const calls = ["first", "second"].map((word) => watched(batcher.run(word)));
    await host.advance(10);
    goOn();
    await host.advance();
    await host.advance(5);
    assert.ok(errors[0] instanceof DeadlineError);
    await host.advance(100);
    assert.deepEqual(seenOf(calls), ["inner", "late"]);
  });

  it("Two batchers that call each other with one key do not wait for each other", async () => {
    const host = new VirtualHost();
    const options = { dedupe: (x: number) => x, size: 1, host };
    const down: Batcher<number, number> = new Batcher(
      ([x]) => [x! <= 0 ? 0 : up.run(x! - 1)],
      options,
    );
    const up: Batcher<number, number> = new Batcher(
      ([x]) => [x! <= 0 ? 0 : down.run(x! - 1)],
      options,
    );
    const calls = [
      watched(down.run(5)),
      watched(up.run(4)),
      watched(down.run(3)),
    ];
    await host.advance();
    await host.advance();
    assert.deepEqual(seenOf(calls), [0, 0, 0]);
  });
});
