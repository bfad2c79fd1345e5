// A handler that works on this thread for longer than places are kept for their waiters.
import { Batcher, defaultHost, type Host } from "../../mod.ts";

let time = 0;
const host: Host = {
  now: () => time,
  hop: (run) => defaultHost.hop(run),
  timer: (run, ms) => defaultHost.timer(run, ms),
  neutral: (run) => defaultHost.neutral(run),
};

const handler = (xs: number[]) => {
  time += 600_000;
  return xs;
};
const batcher = new Batcher(handler, { size: 1, maxQueue: 2, host });
for (const x of [1, 2, 3]) batcher.run(x);
const waiters = [4, 5].map((x) => batcher.ready().then(() => batcher.run(x)));
console.log(`answered: ${await Promise.all(waiters)}`);
