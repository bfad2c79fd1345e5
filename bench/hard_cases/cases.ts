/**
 * What a batcher may meet, and what becomes of its callers.
 *
 * @module
 */
import process from "node:process";
import type { Peer, Work } from "./peers.ts";

/** A situation, and how it ended, in words. */
export interface Case {
  readonly name: string;
  readonly play: (peer: Peer) => Promise<string>;
}

/** Longer than any batch here takes. Who has heard nothing by then hears nothing. */
const PATIENCE_MS = 500;

export const cases: readonly Case[] = [
  {
    name: "the batch function answers",
    play: (peer) => heard(peer, (items) => Promise.resolve(items)),
  },
  {
    name: "it rejects",
    play: (peer) => heard(peer, () => Promise.reject(new Error("down"))),
  },
  {
    name: "it throws before it returns a promise",
    play: (peer) =>
      heard(peer, () => {
        throw new Error("thrown");
      }),
  },
  {
    name: "its answer is one short",
    play: (peer) => heard(peer, (items) => Promise.resolve(items.slice(0, -1))),
  },
  {
    name: "an Error stands in the answer for the last",
    play: (peer) =>
      heard(
        peer,
        ([a, b]) =>
          Promise.resolve([
            a!,
            b!,
            new Error("not found") as unknown as number,
          ]),
      ),
  },
  { name: "a full batch, window 120 ms", play: fullBatch },
  { name: "a call every 5 ms, window 100 ms", play: trickle },
  { name: "ten full batches at once", play: atOnce },
  { name: "the same item twice", play: twice },
  { name: "the call that fills a batch", play: stack },
];

/** What three callers of one batch hear. */
async function heard(peer: Peer, work: Work): Promise<string> {
  let uncaught = 0;
  const note = () => uncaught++;
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  const call = peer(work, { size: 3, windowMs: 20 });
  const seen = ["hangs", "hangs", "hangs"];
  [0, 1, 2].forEach((item) => {
    try {
      call(item).then(
        (value) => seen[item] = kindOf(value, item),
        () => seen[item] = "rejects",
      );
    } catch {
      seen[item] = "thrown at";
    }
  });
  await sleep(PATIENCE_MS);
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
  const [first, , last] = seen;
  const kinds = new Set(seen);
  const words = kinds.size === 1
    ? `all: ${first}`
    : first === seen[1]
    ? `last: ${last}; others: ${first}`
    : seen.join(", ");
  return uncaught > 0 ? `${words}; uncaught error` : words;
}

function kindOf(value: unknown, item: number): string {
  if (value === item) return "result";
  if (value === undefined) return "undefined";
  if (value instanceof Error) return "the Error as a value";
  return Array.isArray(value) ? "the whole answer" : "something else";
}

/** How long a full batch waits. */
async function fullBatch(peer: Peer): Promise<string> {
  let startedAt = NaN;
  const call = peer((items) => {
    startedAt = performance.now();
    return Promise.resolve(items);
  }, { size: 3, windowMs: 120 });
  const askedAt = performance.now();
  [0, 1, 2].forEach((item) => void call(item).catch(() => {}));
  await sleep(PATIENCE_MS);
  return waited(startedAt - askedAt);
}

/** How long the first of many calls waits, each of which comes before the window of the last has passed. */
async function trickle(peer: Peer): Promise<string> {
  let startedAt = NaN;
  const call = peer((items) => {
    if (!(startedAt > 0)) startedAt = performance.now();
    return Promise.resolve(items);
  }, { size: 1000, windowMs: 100 });
  const askedAt = performance.now();
  while (performance.now() - askedAt < PATIENCE_MS) {
    call(0).catch(() => {});
    await sleep(5);
  }
  return startedAt > 0
    ? waited(startedAt - askedAt)
    : `not in ${PATIENCE_MS} ms`;
}

/** Clocks and timers are coarse, and the machine may be busy. */
function waited(ms: number): string {
  return ms < 10 ? "at once" : `${ms.toFixed(0)} ms`;
}

/** How many batches are in flight at a time, where nothing is said of that. */
async function atOnce(peer: Peer): Promise<string> {
  let running = 0;
  let most = 0;
  const call = peer(async (items) => {
    most = Math.max(most, ++running);
    await sleep(10);
    running--;
    return items;
  }, { size: 2, windowMs: 5 });
  for (let item = 0; item < 20; item++) call(item).catch(() => {});
  await sleep(PATIENCE_MS);
  return `${most} in flight`;
}

/** How often an item travels that two callers ask for. */
async function twice(peer: Peer): Promise<string> {
  let travelled = 0;
  const call = peer((items) => {
    travelled += items.length;
    return Promise.resolve(items);
  }, { size: 10, windowMs: 5 });
  for (const item of [7, 7]) call(item).catch(() => {});
  await sleep(PATIENCE_MS);
  return travelled === 1 ? "travels once" : "travels twice";
}

/** Whether a caller has to wait until the batch function has returned. */
async function stack(peer: Peer): Promise<string> {
  let isCalling = false;
  let isInside = false;
  const call = peer((items) => {
    isInside ||= isCalling;
    return Promise.resolve(items);
  }, { size: 2, windowMs: 5 });
  isCalling = true;
  for (const item of [0, 1]) call(item).catch(() => {});
  isCalling = false;
  await sleep(PATIENCE_MS);
  return isInside ? "runs it in its stack" : "returns first";
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
