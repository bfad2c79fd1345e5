/**
 * Measures loaders in this process, and prints as JSON the ns of a request, or the bytes of a
 * loader that is kept.
 *
 * @module
 */
import process from "node:process";
import { cpuClock } from "../harness/clock.ts";
import { liveBytes } from "../harness/heap.ts";
import { inTurns } from "../harness/turns.ts";
import { type Load, loaders, request } from "./loaders.ts";

const REQUESTS = 1000;
const [weighed] = process.argv.slice(2);
const figures = weighed ? await weigh(loaders[weighed]!) : await time();
console.log(JSON.stringify(figures));

function time() {
  const contestants = Object.entries(loaders).map(([name, makeLoader]) => ({
    name,
    calls: REQUESTS,
    run: async () => {
      for (let i = 0; i < REQUESTS; i++) await request(makeLoader);
    },
  }));
  return inTurns(contestants, { clock: cpuClock, rounds: 8 });
}

async function weigh(makeLoader: () => Load): Promise<number> {
  const kept = new Array<unknown>(REQUESTS).fill(undefined);
  const keep = async () => {
    for (let i = 0; i < REQUESTS; i++) kept[i] = await request(makeLoader);
  };
  // Everything is loaded and everything has been there once.
  await keep();
  kept.fill(undefined);
  const before = liveBytes();
  await keep();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const bytes = (liveBytes() - before) / REQUESTS;
  if (kept.length !== REQUESTS) throw new Error("They must live till here");
  return bytes;
}
