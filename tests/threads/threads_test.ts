import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import {
  type BatchContext,
  Batched,
  batched,
  Batcher,
  BatchResultError,
  BatchTooLargeError,
  done,
  RetryError,
} from "../../mod.ts";
import { threads as threadsOf } from "../../src/threads/mod.ts";
import { seenOf, turns, watched } from "../batcher/watched.ts";
import {
  abortable,
  ask,
  flag,
  kinds,
  nodeWorker,
  pool,
  raised,
} from "./pools.ts";
import type { ErrorName, Task } from "./workers/tasks.ts";

for (const kind of kinds) {
  describe(`threads with ${kind}: batches`, () => {
    const threads = pool<Task, unknown>("tasks", {}, kind);
    after(() => threads.close());

    it("Items travel there and results come back, in order", async () => {
      const double = batched(threads, { size: 2 });
      const calls = [1, 2, 3].map((x) => double({ do: "double", x }));
      assert.deepEqual(await Promise.all(calls), [2, 4, 6]);
      assert.equal(double.batcher.stats().batches, 2);
      assert.equal(double.batcher.name, "tasks");
    });

    it("The event loop turns while a batch keeps its thread busy", async () => {
      const until = flag();
      const spun = ask(threads, { do: "spin", until });
      await turns(10);
      Atomics.store(until, 0, 1);
      assert.equal(await spun, "spun");
    });

    it("The handler hears of the batch what every handler hears", async () => {
      const seen: unknown[] = [];
      for (const lane of ["a", Symbol("b")]) {
        const batcher = new Batcher(threads, { size: 1, lane: () => lane });
        seen.push(await batcher.run({ do: "tell the batch" }));
      }
      assert.deepEqual(seen, [
        { id: 1, lane: "a", reason: "full" },
        { id: 1, lane: "b", reason: "full" },
      ]);
      const batches = [1, 2].map(() => ask(threads, { do: "tell the batch" }));
      const [first, second] = await Promise.all(batches) as BatchContext[];
      assert.equal(second!.id, first!.id + 1, "its own number without another");
    });

    it("An item or a result that cannot travel fails its batch and no other", async () => {
      const before = await ask(threads, { do: "name yourself" });
      await assert.rejects(ask(threads, { do: "echo", value: () => {} }));
      await assert.rejects(
        ask(threads, { do: "have an outcome", what: "a function" }),
      );
      assert.equal(await ask(threads, { do: "name yourself" }), before);
    });

    it("R10 Each outcome is read as if the handler stood here", async () => {
      const batcher = new Batcher(threads);
      const settled = await batcher.runMany(
        ([
          "an error",
          "failed",
          "done",
          "done with an error",
          "a promise",
          "a rejection",
        ] as const).map((what) => ({ do: "have an outcome", what })),
        { settled: true },
      );
      const [error, failed, done, doneError, promise, rejection] = settled;
      assert.ok(error?.status === "rejected");
      assert.ok(error.reason instanceof RangeError);
      assert.equal(error.reason.message, "this one");
      assert.deepEqual(failed, { status: "rejected", reason: "words" });
      assert.deepEqual(done, { status: "fulfilled", value: "fine" });
      assert.ok(doneError?.status === "fulfilled");
      assert.ok(doneError.value instanceof Error);
      assert.deepEqual(promise, { status: "fulfilled", value: "later" });
      assert.ok(rejection?.status === "rejected");
      assert.equal(rejection.reason.message, "later");
      assert.equal(batcher.stats().failures, 3);
    });

    it("R10 One outcome counts for all items", async () => {
      const answer: Task = { do: "answer for all", what: "done" };
      assert.deepEqual(await threads([answer, answer]), done());
      const batcher = new Batcher(threads);
      const failing: Task = { do: "answer for all", what: "failed" };
      for (const call of [batcher.run(failing), batcher.run(failing)]) {
        await assert.rejects(call, { name: "RangeError", message: "for all" });
      }
    });

    it("R25 What is to be tried again is, and at last fails with its cause", async () => {
      const batcher = new Batcher(threads, { retry: { attempts: 2 } });
      const one: Task = { do: "have an outcome", what: "retry later" };
      const all: Task = { do: "answer for all", what: "retry later" };
      for (const task of [one, all]) {
        const answers = [batcher.run(task), batcher.run(task)];
        for (const answer of await Promise.allSettled(answers)) {
          assert.ok(answer.status === "rejected");
          assert.ok(answer.reason instanceof RetryError);
          assert.equal(answer.reason.attempts, 2);
          assert.ok(answer.reason.cause instanceof RangeError);
        }
      }
      assert.equal(batcher.stats().batches, 4);
    });

    it("R11 A streamed answer travels when it has ended, and says what it left out", async () => {
      const batcher = new Batcher(threads);
      const streaming: Task = { do: "answer for all", what: "a stream" };
      assert.deepEqual(
        await Promise.all([batcher.run(streaming), batcher.run(streaming)]),
        ["zero", "one"],
      );
      const stopping: Task = {
        do: "answer for all",
        what: "a stream that stops",
      };
      const [left, told] = await Promise.allSettled([
        batcher.run(stopping),
        batcher.run(stopping),
      ]);
      assert.ok(left.status === "rejected");
      assert.ok(left.reason instanceof BatchResultError);
      assert.deepEqual(told, { status: "fulfilled", value: "one" });
    });

    it("R11 A stream is asked to end when nobody waits for it any more", async () => {
      for (const isLate of [false, true]) {
        const [started, ended] = [flag(), flag()];
        const { signal, abort } = abortable();
        const answer = ask(
          threads,
          { do: "stream without end", started, ended, isLate },
          { id: 1, lane: undefined, reason: "full", signal },
        );
        await raised(started);
        abort("enough");
        assert.equal(await answer.catch((reason) => reason), "enough");
        assert.equal(Atomics.load(ended, 0), 1);
      }
    });

    it("R12 An answer that says nothing of each item is a BatchResultError", async () => {
      for (const what of ["nothing", "too few", "a map"] as const) {
        const answer: Task = { do: "answer for all", what };
        await assert.rejects(threads([answer, answer]), (error: unknown) => {
          assert.ok(error instanceof BatchResultError);
          assert.equal(error.expected, 2);
          assert.equal(error.received, what === "too few" ? 0 : undefined);
          return true;
        });
      }
    });

    it("R12 Nobody hears of promises in an answer that does not fit", async () => {
      const before = await ask(threads, { do: "name yourself" });
      const answer: Task = { do: "answer for all", what: "too many that fail" };
      await assert.rejects(threads([answer]), BatchResultError);
      assert.equal(await ask(threads, { do: "name yourself" }), before);
    });

    it("The handler may take its items away", async () => {
      const task: Task = { do: "take the items away" };
      assert.deepEqual(await threads([task, task]), [1, 1]);
    });

    it("R13 Errors arrive with name, message, cause, stack and fields", async () => {
      const caught = (what: ErrorName) =>
        ask(threads, { do: "throw", what }).then(
          () => assert.fail("It did not throw"),
          (error) => error,
        );
      const ours = await caught("ours");
      assert.ok(ours instanceof BatchTooLargeError);
      assert.deepEqual([ours.message, ours.cause], ["too much", 413]);
      assert.match(ours.stack ?? "", /tasks\.ts/);
      const builtin = await caught("a builtin");
      assert.ok(builtin instanceof RangeError);
      assert.ok(builtin.cause instanceof TypeError);
      assert.equal(builtin.cause.message, "odd");
      assert.match(builtin.cause.stack ?? "", /tasks\.ts/);
      const own = await caught("of a class of its own");
      assert.ok(own instanceof Error);
      assert.equal(String(own), "OutOfStock: none left");
      assert.equal(Reflect.get(own, "status"), 409);
      assert.equal(Reflect.get(own, "product"), undefined);
      const circle = await caught("in a circle");
      assert.equal(circle.cause.cause.message, "round and round");
    });

    it("R13 What is thrown and is no error arrives as it is, or as its words", async () => {
      const thrown = (what: ErrorName) =>
        ask(threads, { do: "throw", what }).catch((error) => error);
      assert.equal(await thrown("words"), "just words");
      assert.match(await thrown("a function") as string, /unspeakable/);
    });

    it("R16 An abort reaches the handler when the last caller has left, with its reason", async () => {
      const batcher = new Batcher(threads);
      const started = flag();
      const controllers = [new AbortController(), new AbortController()];
      const calls = controllers.map(({ signal }) =>
        batcher.run({ do: "wait for an abort", started }, { signal })
      );
      const rejections = calls.map((call) => assert.rejects(call, RangeError));
      await raised(started);
      controllers[0]!.abort(new RangeError("first"));
      const reason = () => ask(threads, { do: "tell the last reason" });
      assert.equal(await reason(), undefined);
      controllers[1]!.abort(new RangeError("gone home"));
      await Promise.all(rejections);
      await batcher.close();
      assert.match(String(await reason()), /gone home/);
    });
  });

  describe(`threads with ${kind}: workers`, () => {
    it("R16 An abort that comes when the worker has just answered changes nothing", async () => {
      await using threads = pool<Task, unknown>("tasks", {}, kind);
      const before = await ask(threads, { do: "name yourself" });
      const here = flag();
      const { signal, abort } = abortable();
      const batch = { id: 1, lane: undefined, reason: "full", signal } as const;
      const task: Task = { do: "spin till all are here", here, all: 1 };
      const answer = ask(threads, task, batch);
      // It is sent meanwhile; and nothing of the answer is heard here before the abort.
      for (let step = 0; step < 20; step++) await undefined;
      const until = performance.now() + 2000;
      while (Atomics.load(here, 0) === 0 && performance.now() < until);
      abort("late");
      assert.equal(await answer, before);
      assert.equal(await ask(threads, { do: "name yourself" }), before);
    });

    it("Batches in flight work on threads of their own", async () => {
      await using threads = pool<Task, unknown>("tasks", { workers: 2 }, kind);
      const here = flag();
      const meet: Task = { do: "spin till all are here", here, all: 2 };
      const concurrency = threads.workers;
      const batcher = new Batcher(threads, { size: 1, concurrency });
      const [a, b] = await batcher.runMany([meet, meet]);
      assert.notEqual(a, b);
    });

    it("One starts only when all others are busy", async () => {
      await using threads = pool<Task, unknown>("tasks", { workers: 3 }, kind);
      const name = () => ask(threads, { do: "name yourself" });
      const first = await name();
      assert.equal(await name(), first);
      const until = flag();
      const busy = ask(threads, { do: "spin", until });
      const second = await name();
      assert.notEqual(second, first);
      assert.equal(await name(), second);
      Atomics.store(until, 0, 1);
      await busy;
    });

    it("One that loads its model first gets its batches when it serves", async () => {
      await using threads = pool<number, number>("late", {}, kind);
      await threads.ready();
      const double = batched(threads);
      assert.deepEqual(await Promise.all([1, 2].map(double)), [2, 4]);
    });

    it("A batch that is aborted before its worker serves is never sent", async () => {
      await using threads = pool<number, number>("late", {}, kind);
      const { signal, abort } = abortable();
      const answer = threads([1], {
        id: 1,
        lane: undefined,
        reason: "full",
        signal,
      });
      abort("changed my mind");
      const reason = await Promise.resolve(answer).catch((reason) => reason);
      assert.equal(reason, "changed my mind");
    });

    it("One that never serves holds up no batch that is aborted", async () => {
      await using threads = pool<number, number>("never", {}, kind);
      const { signal, abort } = abortable();
      const batch = { id: 1, lane: undefined, reason: "full", signal } as const;
      const running = watched(threads([1], batch));
      abort("changed my mind");
      const late = watched(threads([2], batch));
      await turns();
      assert.deepEqual(seenOf([running, late]), Array(2).fill(signal.reason));
    });
  });
}

describe("threads: modules from elsewhere", () => {
  it("A module that is no file runs in a Web Worker, where there is one", async () => {
    const serve = import.meta.resolve("../../src/threads/mod.ts");
    const module = `import { serve } from "${serve}"; serve((xs) => xs);`;
    const blob = new Blob([module], { type: "text/javascript" });
    await using threads = threadsOf<number, number>(
      URL.createObjectURL(blob),
    );
    const answer = Promise.resolve(threads([7]));
    if (typeof Worker === "function") assert.deepEqual(await answer, [7]);
    else await assert.rejects(answer, /has none for addresses with "blob:"$/);
  });
});

describe("threads: workers that are made by a function", () => {
  it("They may hear words of others before they serve", async () => {
    await using threads = threadsOf<Task, number>(() => {
      const worker = nodeWorker("tasks");
      for (const word of [null, 7, {}]) worker.postMessage(word);
      return worker;
    });
    assert.deepEqual(await threads([{ do: "double", x: 21 }]), [42]);
  });

  it("They may have words of their own", {
    skip: typeof Worker === "function" ? false : "there is no Web Worker",
  }, async () => {
    const url = new URL("./workers/chatty.ts", import.meta.url);
    await using threads = threadsOf<number, number>(() => {
      const worker = new Worker(url, { type: "module" });
      worker.addEventListener("message", ({ data }) => {
        if (data === "ask") [null, "words"].map((x) => worker.postMessage(x));
      });
      return worker;
    });
    assert.deepEqual(await threads([1]), [1]);
  });
});

describe("threads: decorated", () => {
  it("A method's twin may be threads", async () => {
    await using threads = pool<number, number>("late");
    class Model {
      @Batched({ handler: threads })
      predict(x: number): Promise<number> {
        return Promise.resolve(2 * x);
      }
    }
    const model = new Model();
    const answers = [1, 2].map((x) => model.predict(x));
    assert.deepEqual(await Promise.all(answers), [2, 4]);
  });
});
