// Nobody listens to some of these calls: each of them is reported, once.
import process from "node:process";
import { Batcher, retryLater } from "../../mod.ts";
import { turns } from "../batcher/watched.ts";

let reported = 0;
process.on("unhandledRejection", () => reported++);

const broken = () => Promise.reject(new Error("broken"));
const never = (_: number[]) => new Promise<number[]>(() => {});

async function report(what: string, run: () => unknown): Promise<void> {
  reported = 0;
  run();
  await turns(12);
  console.log(`${what}: ${reported}`);
}

await report("3 calls of a batch that fails", () => {
  const batcher = new Batcher<number, number>(broken);
  for (const x of [1, 2, 3]) batcher.run(x);
});
await report("2 of 3, as one listens", () => {
  const batcher = new Batcher<number, number>(broken);
  for (const x of [1, 2]) batcher.run(x);
  batcher.run(3).catch(() => {});
});
await report("1 that fails alone", () => {
  const batcher = new Batcher((xs: number[]) =>
    xs.map((x) => x === 2 ? new Error("two") : x)
  );
  for (const x of [1, 2, 3]) batcher.run(x);
});
await report("1 that a full queue refuses", () => {
  const batcher = new Batcher(never, { size: 1, maxQueue: 0 });
  for (const x of [1, 2]) batcher.run(x);
});
await report("2 that a close has given up", () => {
  const batcher = new Batcher(never);
  for (const x of [1, 2]) batcher.run(x);
  batcher.close({ timeoutMs: 0 });
});
await report("1 that a batch of 3 has failed for", () => {
  const batcher = new Batcher((xs: number[]) => {
    if (xs.includes(2)) throw new Error("two");
    return xs;
  }, { isolate: "each" });
  for (const x of [1, 2, 3]) batcher.run(x);
});
await report("2 that were tried in vain", () => {
  const batcher = new Batcher<number, number>(() => retryLater(), {
    retry: { attempts: 3, delayMs: 0 },
  });
  for (const x of [1, 2]) batcher.run(x);
  batcher.close();
});
await report("2 that a stream has left out", () => {
  const batcher = new Batcher(async function* (_: number[]) {
    yield [1, 1];
  });
  for (const x of [1, 2, 3]) batcher.run(x);
});
await report("1 for all of runMany()", () => {
  new Batcher<number, number>(broken, { size: 1 }).runMany([1, 2, 3]);
});
await report("0 for flush() and close()", () => {
  const batcher = new Batcher<number, number>(broken);
  batcher.run(1).catch(() => {});
  batcher.flush();
  batcher.close();
});
