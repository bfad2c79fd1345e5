/**
 * Weighs waiting calls in this process, and prints the bytes for each as JSON.
 *
 * @module
 */
import process from "node:process";
import { liveBytes } from "../harness/heap.ts";
import { waiters } from "./waiters.ts";

/** The bytes for each call. */
export interface Weight {
  /** While all of them wait. What holds their promises is the callers' and is not counted. */
  readonly waiting: number;
  /** When all of them have been answered and let go. */
  readonly after: number;
}

const [name = ""] = process.argv.slice(2);
const { batch, calls: count } = waiters[name as keyof typeof waiters];
const call = batch({ size: 100, maxWaitMs: 1 }, (items) => items);
const promises = new Array<unknown>(count).fill(undefined);
// Everything is loaded and everything has been there once.
for (let i = 0; i < 1000; i++) promises[i] = call(i);
for (let i = 0; i < 1000; i++) await promises[i];
promises.fill(undefined);
const before = liveBytes();
for (let i = 0; i < count; i++) promises[i] = call(i);
// No microtask has run yet, so nobody has been answered.
const full = liveBytes();
for (let i = 0; i < count; i++) await promises[i];
promises.fill(undefined);
await new Promise((resolve) => setTimeout(resolve, 100));
const weight: Weight = {
  waiting: (full - before) / count,
  after: (liveBytes() - before) / count,
};
if (promises.length !== count) throw new Error("The array must live till here");
console.log(JSON.stringify(weight));
