import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import {
  type Threads,
  threads,
  type ThreadsOptions,
  WorkerError,
} from "../../src/threads/mod.ts";
import { ListenedSignal } from "../batcher/listened_signal.ts";
import { turns, watched } from "../batcher/watched.ts";
import { FakeWorker } from "./fake_worker.ts";

/** Threads of workers that do what they are told to, and those that have started. */
function faked(
  options?: ThreadsOptions,
): { pool: Threads<number, number>; made: FakeWorker[] } {
  const made: FakeWorker[] = [];
  const pool = threads<number, number>(() => {
    const worker = new FakeWorker();
    made.push(worker);
    return worker;
  }, options);
  return { pool, made };
}

/** Waits until so many messages have come. */
async function arrived(worker: FakeWorker, count: number): Promise<void> {
  while (worker.requests.length < count) await turns();
}

describe("threads: their number", () => {
  it("ready() starts all of them, or one where their number is not limited", async () => {
    for (const [workers, count] of [[3, 3], [Infinity, 1]] as const) {
      const { pool, made } = faked({ workers });
      const ready = watched(pool.ready());
      assert.equal(made.length, count);
      for (const worker of made) {
        for (const data of [null, 7, {}]) worker.emit("message", { data });
        await turns();
        assert.equal(ready.state, "pending");
        worker.serve();
      }
      await turns();
      assert.equal(ready.state, "fulfilled");
      await pool.close();
    }
  });

  it("No more start than there may be: the next batch goes where the fewest wait", async () => {
    const { pool, made } = faked({ workers: 2 });
    const batches = [1, 2, 3, 4].map((x) => watched(pool([x])));
    assert.equal(made.length, 2);
    for (const worker of made) worker.serve();
    await Promise.all(made.map((worker) => arrived(worker, 2)));
    await pool.close();
    await turns();
    assert.deepEqual(
      batches.map(({ state }) => state),
      Array(4).fill("rejected"),
    );
  });
});

describe("threads: without a batcher", () => {
  it("A batch is told to be a full one of no lane", async () => {
    const { pool, made } = faked();
    const answers = [watched(pool([1])), watched(pool([2]))];
    made[0]!.serve();
    await arrived(made[0]!, 2);
    assert.deepEqual(
      made[0]!.requests.map((request) => Reflect.get(request, "batch")),
      [1, 2].map((id) => ({ id, lane: undefined, reason: "full" })),
    );
    await pool.close();
    await turns();
    assert.deepEqual(answers.map(({ state }) => state), [
      "rejected",
      "rejected",
    ]);
  });
});

describe("threads: what they are called", () => {
  const named: [() => object, string][] = [
    [function digits() {
      return new FakeWorker();
    }, "digits"],
    [(() => () => new FakeWorker())(), "worker"],
  ];
  for (const [source, name] of named) {
    it(`As the function that makes the workers, here ${name}`, async () => {
      const pool = threads<number, number>(source);
      assert.equal(pool.name, name);
      await pool.close();
      await assert.rejects(Promise.resolve(pool([1])), {
        name: "ClosedError",
        message: `Cannot answer the batch: the threads of "${name}" are closed`,
      });
    });
  }
});

describe("threads: the process", () => {
  it("Is kept as long as a batch runs, by a Web Worker too, where one can", async () => {
    let isHeld = true;
    const worker = Object.assign(new FakeWorker(), {
      ref: () => void (isHeld = true),
      unref: () => void (isHeld = false),
    });
    const pool = threads<number, number>(() => worker);
    const ready = pool.ready();
    assert.equal(isHeld, true);
    worker.serve();
    await ready;
    assert.equal(isHeld, false);
    const batches = [1, 2].map((x) => watched(pool([x])));
    for (const call of [1, 2]) {
      await arrived(worker, 2);
      assert.equal(isHeld, true);
      worker.answer(call, [call]);
      while (batches[call - 1]!.state === "pending") await turns();
    }
    assert.equal(isHeld, false);
    await pool.close();
  });
});

describe("threads: a worker of node:worker_threads", () => {
  it("Serves when it says so, whatever else it says", async () => {
    const worker = Object.assign(new EventEmitter(), {
      ref() {},
      unref() {},
      postMessage() {},
      terminate() {},
    });
    const pool = threads<number, number>(() => worker);
    const ready = watched(pool.ready());
    for (const message of [null, 7, {}]) worker.emit("message", message);
    await turns();
    assert.equal(ready.state, "pending");
    worker.emit("message", { batched: "serves" });
    await turns();
    assert.equal(ready.state, "fulfilled");
    await pool.close();
  });
});

describe("threads: an end", () => {
  it("Closing ends each worker once, resolves when it has ended, and is no crash", async () => {
    const ended: (() => void)[] = [];
    const worker = {
      on() {},
      ref() {},
      unref() {},
      postMessage() {},
      terminate: () => new Promise<void>((resolve) => ended.push(resolve)),
    };
    const crashes: unknown[] = [];
    const onCrash = (error: unknown) => void crashes.push(error);
    const pool = threads<number, number>(() => worker, { onCrash });
    const batch = watched(pool([1]));
    const closed = watched(pool.close());
    await turns();
    assert.deepEqual([batch.state, closed.state], ["rejected", "pending"]);
    assert.equal(ended.length, 1);
    ended[0]!();
    await turns();
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual(crashes, []);
  });

  it("await using closes them", async () => {
    const { pool, made } = faked();
    const batch = watched(pool([1]));
    {
      await using _closed = pool;
    }
    await turns();
    assert.deepEqual([batch.state, made[0]!.terminated], ["rejected", 1]);
  });

  it("Who hears twice that a worker has ended tells of it once", async () => {
    const crashes: WorkerError[] = [];
    const { pool, made } = faked({ onCrash: (error) => crashes.push(error) });
    const batch = watched(pool([1]));
    const [worker] = made;
    worker!.emit("error", { message: "broken" });
    worker!.emit("close", { code: 1 });
    await turns();
    assert.ok(batch.error instanceof WorkerError);
    assert.match(String(batch.error.cause), /broken/);
    assert.deepEqual(crashes, [batch.error]);
    // What is left of a Web Worker after an error would go on.
    assert.equal(worker!.terminated, 1);
    await pool.close();
  });

  it("A Web Worker that closes fails its batch, where that is told", async () => {
    const { pool, made } = faked();
    const batch = watched(pool([1]));
    made[0]!.serve();
    made[0]!.emit("close", { code: 7 });
    await turns();
    assert.ok(batch.error instanceof WorkerError);
    assert.equal(batch.error.exitCode, 7);
    await pool.close();
  });
});

describe("threads: signals", () => {
  const batch = { id: 1, lane: undefined, reason: "full" } as const;

  it("R19 While a worker may be ended for an aborted batch it gets no other", async () => {
    for (const letsGo of [true, false]) {
      const { pool, made } = faked({ abortGraceMs: letsGo ? 600_000 : 1 });
      const controller = new AbortController();
      const { signal } = controller;
      const aborted = watched(pool([1], { ...batch, signal }));
      const first = made[0]!;
      first.serve();
      await arrived(first, 1);
      controller.abort("enough");
      const next = watched(pool([2]));
      await arrived(first, 2);
      await turns(3);
      assert.equal(first.requests.length, 2, "the batch and its abort");
      if (letsGo) first.answer(1, [2]);
      while (aborted.state === "pending") await turns();
      assert.equal(aborted.state, letsGo ? "fulfilled" : "rejected");
      while (made.length === 1 && first.requests.length === 2) await turns();
      assert.equal(made.length, letsGo ? 1 : 2);
      const worker = made.at(-1)!;
      if (!letsGo) worker.serve();
      await arrived(worker, letsGo ? 3 : 1);
      worker.answer(letsGo ? 2 : 1, [4]);
      while (next.state === "pending") await turns();
      assert.deepEqual(next.value, [4]);
      await pool.close();
    }
  });

  it("R19 A worker that may not be ended gets others beside an aborted batch", async () => {
    const { pool, made } = faked();
    const controller = new AbortController();
    const { signal } = controller;
    const batches = [pool([1], { ...batch, signal }), pool([2])].map(watched);
    made[0]!.serve();
    await arrived(made[0]!, 2);
    controller.abort("enough");
    batches.push(watched(pool([3])));
    for (let turn = 0; turn < 200 && made[0]!.requests.length < 4; turn++) {
      await turns();
    }
    assert.deepEqual([made.length, made[0]!.requests.length], [1, 4]);
    await pool.close();
    await turns();
    assert.ok(batches.every(({ state }) => state === "rejected"));
  });

  it("R19 Another worker is preferred to one that may be ended", async () => {
    const { pool, made } = faked({ workers: 2, abortGraceMs: 600_000 });
    const controller = new AbortController();
    const { signal } = controller;
    const batches = [pool([1], { ...batch, signal }), pool([2])].map(watched);
    for (const worker of made) {
      worker.serve();
      await arrived(worker, 1);
    }
    controller.abort("enough");
    batches.push(watched(pool([3])));
    await arrived(made[1]!, 2);
    assert.equal(made[0]!.requests.length, 2, "the batch and its abort");
    await pool.close();
    await turns();
    assert.ok(batches.every(({ state }) => state === "rejected"));
  });

  it("R19 Where all may be ended, the first that lets go gets the next batch", async () => {
    const { pool, made } = faked({ workers: 2, abortGraceMs: 600_000 });
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = [1, 2].map((x) => watched(pool([x], { ...batch, signal })));
    for (const worker of made) {
      worker.serve();
      await arrived(worker, 1);
    }
    controller.abort("enough");
    const next = watched(pool([3]));
    const second = made[1]!;
    await arrived(second, 2);
    second.answer(1, [4]);
    for (let i = 0; i < 200 && second.requests.length < 3; i++) await turns();
    assert.equal(second.requests.length, 3);
    second.answer(2, [6]);
    while (next.state === "pending") await turns();
    assert.deepEqual(next.value, [6]);
    assert.equal(aborted[0]!.state, "pending");
    await pool.close();
  });

  it("R16 Who waits until one lets go, and leaves, waits no more", async () => {
    const { pool, made } = faked({ abortGraceMs: 600_000 });
    const first = new AbortController();
    const running = watched(pool([1], { ...batch, signal: first.signal }));
    made[0]!.serve();
    await arrived(made[0]!, 1);
    first.abort("enough");
    const next = new ListenedSignal();
    const waiting = watched(pool([2], { ...batch, signal: next.signal }));
    await turns();
    assert.equal(next.listeners, 1);
    next.abort("gone");
    await turns();
    assert.equal(waiting.error, "gone");
    assert.equal(running.state, "pending");
    made[0]!.answer(1, [2]);
    while (running.state === "pending") await turns();
    await turns();
    assert.equal(next.listeners, 0);
    await pool.close();
  });

  it("R16 No listener is left on a signal whose batch was answered, and a late abort changes nothing", async () => {
    const { pool, made } = faked({ abortGraceMs: 0 });
    const listened = new ListenedSignal();
    const answer = pool([1], { ...batch, signal: listened.signal });
    const [worker] = made;
    await turns();
    assert.equal(listened.listeners, 1);
    worker!.serve();
    await arrived(worker!, 1);
    worker!.answer(1, [2]);
    assert.deepEqual(await answer, [2]);
    assert.equal(listened.listeners, 0);
    listened.abort("late");
    const next = pool([2]);
    await arrived(worker!, 2);
    worker!.answer(2, [4]);
    assert.deepEqual(await next, [4]);
    assert.deepEqual([worker!.requests.length, made.length], [2, 1]);
    await pool.close();
  });

  it("R16 A batch that nobody waits for any more is never sent", async () => {
    const { pool, made } = faked();
    const ready = pool.ready();
    made[0]!.serve();
    await ready;
    const signal = AbortSignal.abort("gone");
    const gone = watched(pool([1], { ...batch, signal }));
    await turns();
    assert.equal(gone.error, "gone");
    const answer = pool([2]);
    await arrived(made[0]!, 1);
    const [request] = made[0]!.requests;
    assert.ok(request && "items" in request);
    assert.deepEqual(request.items, [2]);
    made[0]!.answer(request.call, [4]);
    assert.deepEqual(await answer, [4]);
    await pool.close();
  });
});
