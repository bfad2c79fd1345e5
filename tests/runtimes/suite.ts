/**
 * What every runtime must do with real time. Order and counts only: how long anything takes is
 * the machine's business. It knows no runner and no runtime: see `described.ts`, `worker.ts` and
 * `page.ts` for those who run it.
 *
 * @module
 */
import { Batched, batched, Batcher, batcherOf, type Host } from "../../mod.ts";
import { recordingHandler } from "../../src/testing.ts";
import { CountingHost } from "./counting_host.ts";
import { rejection, same } from "./same.ts";

/** One thing that is so everywhere. */
export interface Behaviour {
  name: string;
  /** Rejects if it is not so; says why where that cannot be told. */
  check(host: Host): Promise<string | void>;
}

/** Part of `node:async_hooks`. */
interface AsyncHooks {
  AsyncLocalStorage: new <T>() => {
    getStore(): T | undefined;
    run<R>(store: T, run: () => R): R;
  };
}

const double = (xs: number[]) => xs.map((x) => 2 * x);
const never = (_: number[]) => new Promise<number[]>(() => {});
const LONG_MS = 600_000;
const WINDOW_MS = 1000;

/** All of them, in the order of the design. */
export const suite: Behaviour[] = [
  {
    name: "Calls of one turn share a batch, those of the next turn the next",
    async check(host) {
      const handler = recordingHandler(double);
      const batcher = new Batcher(handler, { host });
      const first = [1, 2, 3].map((x) => batcher.run(x));
      same(await Promise.all(first), [2, 4, 6]);
      await turns(host, 2);
      same(await batcher.run(4), 8);
      same(handler.items, [[1, 2, 3], [4]]);
    },
  },
  {
    name: "A decorated method travels in batches, each object for itself",
    async check(host) {
      class Doubler {
        @Batched({ host })
        double(x: number): Promise<number> {
          return Promise.resolve(2 * x);
        }
        doubleBatch(xs: number[]): number[] {
          return double(xs);
        }
      }
      const [a, b] = [new Doubler(), new Doubler()];
      const answers = [a.double(1), a.double(2), b.double(3), b.double(4)];
      same(await Promise.all(answers), [2, 4, 6, 8]);
      const stats = [a, b].map((x) => batcherOf(x, "double").stats());
      same(stats.map(({ batches, size }) => [batches, size.max]), [
        [1, 2],
        [1, 2],
      ]);
    },
  },
  {
    name: "A window ends by itself, and calls of other turns have joined",
    async check(host) {
      // Where the machine stops for as long as the window lasts, nobody can join it.
      while (!await joined(host));
    },
  },
  {
    name: "A full batch does not wait for its window",
    async check(host) {
      const options = { size: 2, maxWaitMs: LONG_MS, host };
      const batcher = new Batcher(double, options);
      same(await Promise.all([1, 2].map((x) => batcher.run(x))), [2, 4]);
    },
  },
  {
    name: "Callers in closed loops meet in every batch",
    async check(host) {
      const handler = recordingHandler(async (xs: number[]) => {
        await turns(host);
        return xs;
      });
      const batcher = new Batcher(handler, { size: 64, host });
      const loop = async (client: number) => {
        for (let round = 0; round < 50; round++) await batcher.run(client);
      };
      await Promise.all([1, 2, 3, 4].map(loop));
      same(handler.items, Array(50).fill([1, 2, 3, 4]));
    },
  },
  {
    name: "No more batches than slots run at once, and runMany() feeds them",
    async check(host) {
      let running = 0;
      let most = 0;
      const handler = async (xs: number[]) => {
        most = Math.max(most, ++running);
        await after(host, 1);
        running--;
        return xs;
      };
      const batcher = new Batcher(handler, { size: 5, concurrency: 3, host });
      const xs = Array.from({ length: 100 }, (_, x) => x);
      same(await batcher.runMany(xs), xs);
      same([most, batcher.stats().batches], [3, 20]);
    },
  },
  {
    name: "Deadlines fire by themselves, the nearest first",
    async check(host) {
      const batcher = new Batcher(never, { host });
      const order: unknown[] = [];
      await Promise.all([120, 10, 60].map(async (deadlineMs) => {
        order.push(await rejection(batcher.run(1, { deadlineMs })), deadlineMs);
      }));
      const name = "DeadlineError";
      same(order, [name, 10, name, 60, name, 120]);
    },
  },
  {
    name: "An aborted call hears before the others are answered",
    async check(host) {
      const order: string[] = [];
      const handler = async (xs: number[]) => {
        await after(host, 30);
        return xs;
      };
      const batcher = new Batcher(handler, { host });
      const signal = AbortSignal.timeout(5);
      await Promise.all([
        rejection(batcher.run(1, { signal })).then((name) => order.push(name)),
        batcher.run(2).then(() => order.push("answered")),
      ]);
      same(order, ["TimeoutError", "answered"]);
    },
  },
  {
    name: "A full queue refuses at once",
    async check(host) {
      const batcher = new Batcher(never, { size: 1, maxQueue: 1, host });
      const calls = [1, 2, 3].map((x) => rejection(batcher.run(x)));
      same(await Promise.race(calls), "QueueFullError");
      same(batcher.stats().refused, 1);
      await batcher.close({ timeoutMs: 0 });
      same(await Promise.all(calls), [
        "ClosedError",
        "ClosedError",
        "QueueFullError",
      ]);
    },
  },
  {
    name: "One bad item fails alone",
    async check(host) {
      const parse = (texts: string[]) => texts.map((text) => JSON.parse(text));
      const options = { isolate: "bisect", host } as const;
      const parsed = batched(parse, options);
      const texts = ["1", "2", "oops", "4"];
      const calls = texts.map((text) => rejection(parsed(text)));
      const good = "fulfilled";
      same(await Promise.all(calls), [good, good, "SyntaxError", good]);
    },
  },
  {
    name: "A streamed answer reaches each caller as it comes",
    async check(host) {
      const order: number[] = [];
      const answer = batched(async function* (xs: number[]) {
        for (const index of [...xs.keys()].reverse()) {
          await turns(host);
          yield [index, xs[index]!] as [number, number];
        }
      }, { host });
      await Promise.all([1, 2, 3].map(async (x) => {
        order.push(await answer(x));
      }));
      same(order, [3, 2, 1]);
    },
  },
  {
    name: "flush() and close() do not wait for the window",
    async check(host) {
      const batcher = new Batcher(double, { maxWaitMs: LONG_MS, host });
      const first = batcher.run(1);
      await batcher.flush();
      same(await first, 2);
      const second = batcher.run(2);
      await batcher.close();
      same(await second, 4);
      same(await rejection(batcher.run(3)), "ClosedError");
    },
  },
  {
    name: "close({ timeoutMs }) gives up by itself",
    async check(host) {
      const batcher = new Batcher(never, { host });
      const call = rejection(batcher.run(1));
      await batcher.close({ timeoutMs: 5 });
      same(await call, "ClosedError");
    },
  },
  {
    name: "An idle batcher has no timer, nor has a closed one",
    async check(host) {
      const counting = new CountingHost(host);
      const batcher = new Batcher(double, { maxWaitMs: 5, host: counting });
      same(await batcher.run(1), 2);
      await turns(host, 4);
      same(counting.standing, 0);
      const stuck = new Batcher(never, { host: counting });
      const call = rejection(stuck.run(1, { deadlineMs: LONG_MS }));
      await turns(host, 4);
      same(counting.standing, 1);
      await stuck.close({ timeoutMs: 0 });
      await call;
      await turns(host, 4);
      same(counting.standing, 0);
    },
  },
  {
    name: "Batches run in nobody's context, callers go on in their own",
    async check(host) {
      const hooks = asyncHooks();
      if (hooks === undefined) return "no AsyncLocalStorage";
      const storage = new hooks.AsyncLocalStorage<string>();
      const seen: unknown[] = [];
      const batcher = new Batcher((xs: number[]) => {
        seen.push(storage.getStore());
        return xs;
      }, { size: 2, maxWaitMs: 5, host });
      const call = (caller: string) =>
        storage.run(caller, async () => {
          await batcher.run(1);
          return storage.getStore();
        });
      const callers = ["a", "b", "c"];
      same(await Promise.all(callers.map(call)), callers);
      same(seen, [undefined, undefined]);
    },
  },
];

/** Whether the calls of three turns were made within one window; they shared a batch then. */
async function joined(host: Host): Promise<boolean> {
  const handler = recordingHandler(double);
  const batcher = new Batcher(handler, { maxWaitMs: WINDOW_MS, host });
  const calls: Promise<number>[] = [];
  const begun = host.now();
  for (const x of [1, 2, 3]) {
    await turns(host, 2);
    calls.push(batcher.run(x));
  }
  const isInTime = host.now() - begun < WINDOW_MS;
  same(await Promise.all(calls), [2, 4, 6]);
  if (!isInTime) return false;
  same(handler.items, [[1, 2, 3]]);
  same(batcher.stats().reasons, { window: 1 });
  return true;
}

/** A wait in real time. */
function after(host: Host, ms: number): Promise<void> {
  return new Promise((resolve) => host.timer(resolve, ms));
}

/** Turns of the event loop, with all that promises do in them. */
async function turns(host: Host, count = 1): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => host.hop(resolve));
  }
}

function asyncHooks(): AsyncHooks | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): AsyncHooks | undefined };
  };
  return process?.getBuiltinModule?.("node:async_hooks");
}
