import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import process from "node:process";
import { describe, it } from "node:test";
import { Batcher, ClosedError } from "../../mod.ts";
import { WorkerError } from "../../src/threads/mod.ts";
import { Thread } from "../../src/threads/thread.ts";
import type { WorkerEvents } from "../../src/threads/worker.ts";
import { turns, watched } from "../batcher/watched.ts";
import { abortable, ask, flag, kinds, pool, raised } from "./pools.ts";
import type { Task } from "./workers/tasks.ts";

const isNode = !("deno" in process.versions || "bun" in process.versions);

/** What a promise rejects with, which is to be a WorkerError. */
async function crashOf(promise: Promise<unknown>): Promise<WorkerError> {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(error instanceof WorkerError, String(error));
  return error;
}

for (const kind of kinds) {
  describe(`threads with ${kind}: a worker that ends`, () => {
    it("An error that nobody caught fails its batch, and the next finds another worker", async () => {
      const crashes: WorkerError[] = [];
      const onCrash = (error: WorkerError) => crashes.push(error);
      await using threads = pool<Task, unknown>("tasks", { onCrash }, kind);
      const before = await ask(threads, { do: "name yourself" });
      const calls = new Batcher(threads);
      const [a, b] = await Promise.all([
        crashOf(calls.run({ do: "double", x: 1 })),
        crashOf(calls.run({ do: "end", by: "error" })),
      ]);
      assert.equal(a, b);
      assert.match(
        a.message,
        /^Cannot answer the batch: the worker "tasks" has ended by an error that nobody caught$/,
      );
      assert.match(String(a.cause), /late/);
      assert.deepEqual(crashes, [a]);
      assert.notEqual(await ask(threads, { do: "name yourself" }), before);
    });

    it("One that throws at its top is said never to have served, whoever asks", async () => {
      await using threads = pool<number, number>("broken", {}, kind);
      for (const promise of [threads([1]), threads.ready()]) {
        const error = await crashOf(promise);
        assert.match(error.message, /before it called serve\(\)$/);
        assert.match(String(error.cause), /at the top/);
      }
    });

    it("One that serves twice is in error", async () => {
      await using threads = pool<number, number>("twice", {}, kind);
      const error = await crashOf(threads([1]));
      assert.match(String(error.cause), /this worker does already/);
    });

    it("A module that is not there fails the batch", async () => {
      await using threads = pool<number, number>("missing", {}, kind);
      await crashOf(threads([1]));
    });

    it("R19 One in an endless loop is ended some time after the abort, and replaced", async () => {
      const options = { abortGraceMs: 1 };
      await using threads = pool<Task, unknown>("tasks", options, kind);
      const before = await ask(threads, { do: "name yourself" });
      const batcher = new Batcher(threads);
      const here = flag();
      const { signal, abort } = abortable();
      const endless: Task = { do: "spin till all are here", here, all: 2 };
      const call = batcher.run(endless, { signal });
      await raised(here);
      abort("enough");
      assert.equal(await call.catch((reason) => reason), "enough");
      assert.notEqual(await batcher.run({ do: "name yourself" }), before);
    });

    it("Closing ends it at once: what runs and what comes rejects with a ClosedError", async () => {
      const threads = pool<Task, unknown>("tasks", {}, kind);
      const started = flag();
      const running = ask(threads, { do: "wait for an abort", started });
      await raised(started);
      const closed = threads.close();
      await assert.rejects(running, ClosedError);
      await closed;
      assert.equal(threads.close(), closed);
      await assert.rejects(ask(threads, { do: "name yourself" }), ClosedError);
      await assert.rejects(threads.ready(), ClosedError);
    });
  });
}

describe("threads: a worker that ends", () => {
  it("One that ends the moment it begins to serve fails the batch that waited for it", async () => {
    let events!: WorkerEvents;
    const thread = new Thread<number, number>({
      name: "hasty",
      transfer: undefined,
      abortGraceMs: Infinity,
      start: (told) => {
        events = told;
        return { greet() {}, hold() {}, terminate() {} };
      },
      onEnd() {},
    });
    const crash = crashOf(thread.run([1], undefined));
    events.serves();
    events.ended({ exitCode: 1 });
    assert.match((await crash).message, /has ended with exit code 1$/);
  });

  it("Its end closes the way to it, which some runtimes would leave open", async () => {
    let closed!: Promise<unknown>;
    let events!: WorkerEvents;
    const thread = new Thread<number, number>({
      name: "gone",
      transfer: undefined,
      abortGraceMs: Infinity,
      start: (told) => {
        events = told;
        const greet = (port: unknown) => {
          const other = port as EventEmitter;
          // Whoever listens waits for its end.
          other.on("message", () => {});
          closed = once(other, "close");
        };
        return { greet, hold() {}, terminate() {} };
      },
      onEnd() {},
    });
    events.serves();
    thread.end(new Error("over"));
    const end = watched(closed);
    for (let i = 0; i < 200 && end.state === "pending"; i++) await turns();
    assert.equal(end.state, "fulfilled");
  });

  it("process.exit() fails its batches, and those of no other worker", async () => {
    await using threads = pool<Task, unknown>("tasks", { workers: 2 });
    const end = flag();
    const busy = ask(threads, { do: "spin", until: end });
    const error = await crashOf(ask(threads, { do: "end", by: "exit" }));
    assert.equal(error.exitCode, 3);
    assert.match(error.message, /"tasks" has ended with exit code 3$/);
    Atomics.store(end, 0, 1);
    assert.equal(await busy, "spun");
    assert.equal(await ask(threads, { do: "double", x: 1 }), 2);
  });

  it("A module that ends without serving fails the batch", async () => {
    await using threads = pool<number, number>("silent");
    const error = await crashOf(threads([1]));
    assert.match(error.message, /exit code 0 before it called serve\(\)$/);
  });

  it("One that gets a message that it cannot read is ended, and holds up nobody", async () => {
    const crashes: WorkerError[] = [];
    const onCrash = (error: WorkerError) => crashes.push(error);
    await using threads = pool<number, number>("misreads", { onCrash });
    const error = await crashOf(threads([1]));
    assert.match(error.message, /was ended, as a message .* cannot be read$/);
    assert.deepEqual(crashes, [error]);
  });

  it("One that runs out of memory fails its batch, where workers have limits", {
    skip: isNode ? false : "only Node limits the memory of a worker",
  }, async () => {
    const worker = { resourceLimits: { maxOldGenerationSizeMb: 32 } };
    await using threads = pool<Task, unknown>("tasks", { worker });
    const error = await crashOf(ask(threads, { do: "end", by: "memory" }));
    assert.match(String(error.cause), /memory/);
    assert.equal(await ask(threads, { do: "double", x: 1 }), 2);
  });

  it("R14 A listener that throws or rejects changes nothing", async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on("unhandledRejection", note);
    const listeners = [
      () => {
        throw new Error("broken listener");
      },
      () => Promise.reject(new Error("broken listener")),
    ];
    for (const onCrash of listeners) {
      await using threads = pool<Task, unknown>("tasks", { onCrash });
      await crashOf(ask(threads, { do: "end", by: "exit" }));
      assert.equal(await ask(threads, { do: "double", x: 1 }), 2);
    }
    process.off("unhandledRejection", note);
    assert.deepEqual(uncaught, []);
  });
});
