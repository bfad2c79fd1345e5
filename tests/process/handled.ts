// Every rejection here has somebody who listens.
import process from "node:process";
import { Batcher, one, retryLater } from "../../mod.ts";
import { turns } from "../batcher/watched.ts";

process.on("unhandledRejection", (reason) => {
  console.log(`unhandled: ${reason}`);
});
process.on("uncaughtException", (error) => console.log(`uncaught: ${error}`));

const ignore = () => {};
const hear = (promise: Promise<unknown>) => void promise.catch(ignore);
const never = (_: number[]) => new Promise<number[]>(ignore);

const answers: (() => unknown)[] = [
  () => Promise.reject(new Error("rejected")),
  () => {
    throw new Error("thrown");
  },
  () => undefined,
  () => [],
  () => [Promise.reject(new Error("in a misfit")), Promise.reject(1), 3],
  () => [new Error("one"), 2],
  () => [Promise.reject(new Error("promised")), 2],
  () => new Error("for all"),
];
for (const answer of answers) {
  const batcher = new Batcher<number, unknown>(() => answer() as unknown[]);
  for (const x of [1, 2]) hear(batcher.run(x));
  batcher.flush();
  await batcher.close();
  hear(one(promised(answer)));
}

/** What it throws is a rejection, as with an async handler. */
async function promised(answer: () => unknown): Promise<unknown[]> {
  return await answer() as unknown[];
}

const controller = new AbortController();
const { signal } = controller;
const left = new Batcher((xs: number[]) => {
  return xs.map(() => turns(3).then(() => Promise.reject(new Error("late"))));
});
hear(left.run(1, { signal }));
hear(left.run(2, { deadlineMs: 1 }));
await turns(2);
controller.abort();
hear(left.run(3, { signal }));
await left.close();

const failsLate = new Batcher(async (_: number[]): Promise<number[]> => {
  await turns(3);
  throw new Error("after everybody has left");
});
hear(failsLate.run(1, { deadlineMs: 1 }));
hear(failsLate.close({ timeoutMs: 0 }));
await turns(6);

const full = new Batcher(never, { size: 1, maxQueue: 1 });
for (const x of [1, 2, 3]) hear(full.run(x));
hear(full.ready());
hear(full.runMany([4, 5, 6]));
hear(full.runMany([7, 8], { settled: true }));
await turns(2);
const closed = full.close({ timeoutMs: 0 });
hear(full.run(9));
hear(full.ready());
hear(full.close({ timeoutMs: -1 }));
await closed;

/** Streams a promise that rejects, and breaks. */
async function* broken() {
  yield [0, Promise.reject(new Error("streamed"))] as [number, never];
  yield [7, Promise.reject(new Error("streamed for nobody"))] as [
    number,
    never,
  ];
}
for (const isolate of [undefined, "each"] as const) {
  const streaming = new Batcher<number, number>(broken, { isolate });
  for (const x of [1, 2]) hear(streaming.run(x));
  await streaming.close();
}

const slow = new Batcher(
  async (xs: number[]): Promise<number[]> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (xs.includes(1)) throw new Error("after its time");
    return xs.map(() => Promise.reject(new Error("after its time")) as never);
  },
  { size: 2, concurrency: 2, batchTimeoutMs: 1 },
);
for (const x of [1, 2, 3, 4]) hear(slow.run(x));
await slow.close();
await new Promise((resolve) => setTimeout(resolve, 40));

const busy = new Batcher<number, number>(
  (xs) => xs.map(() => Promise.reject(retryLater())),
  { retry: { attempts: 2, delayMs: 1 }, isolate: "bisect" },
);
for (const x of [1, 2]) hear(busy.run(x));
await busy.close({ timeoutMs: 0 });
const throttled = new Batcher<number, number>(() => retryLater(), {
  retry: { attempts: 2, delayMs: 1 },
});
for (const x of [1, 2]) hear(throttled.run(x));
await throttled.close();

const hooked = new Batcher((xs: number[]) => xs, {
  hooks: {
    onCall: () => Promise.reject(new Error("onCall")),
    onBatchStart: () => Promise.reject(new Error("onBatchStart")),
    onBatchEnd() {
      throw new Error("onBatchEnd");
    },
    onError() {
      throw new Error("onError");
    },
  },
});
await hooked.run(1, {
  onSettle: () => Promise.reject(new Error("onSettle")),
});

await turns(5);
console.log("end");
