/**
 * Lets batchers work and then idle, in this process, and prints as JSON what they did
 * while there was nothing to do. The process then ends by itself, if nothing that they
 * left keeps it.
 *
 * @module
 */
import process from "node:process";
import { Batcher, defaultHost, type Host } from "../../mod.ts";
import { liveBytes } from "../harness/heap.ts";

/** What idle batchers did. */
export interface Idling {
  /** Timers that were still to ring. */
  readonly timers: number;
  /** How often they asked their host for anything: the time, a timer, a turn. */
  readonly requests: number;
  /** How many bytes each of them allocated in a second, beyond what the process does without them. */
  readonly bytes: number;
}

/** A timer or deadline that is left standing would keep the process for that long. */
const LONG_MS = 600_000;

const BATCHERS = 2000;

const requests = { open: 0, total: 0 };

/** The default host, and how often it was asked. */
const host: Host = {
  now() {
    requests.total++;
    return defaultHost.now();
  },
  hop(run) {
    requests.total++;
    defaultHost.hop(run);
  },
  timer(run, ms) {
    requests.total++;
    requests.open++;
    let isOpen = true;
    const close = () => {
      if (isOpen) requests.open--;
      isOpen = false;
    };
    const timer = defaultHost.timer(() => (close(), run()), ms);
    return { cancel: () => (close(), timer.cancel()) };
  },
  neutral(run) {
    requests.total++;
    return defaultHost.neutral(run);
  },
};

const usual = await growthOf(1000);
const batchers = Array.from(
  { length: BATCHERS },
  () =>
    new Batcher((items: number[]) => items, {
      size: 4,
      maxWaitMs: LONG_MS,
      lane: (item) => item % 2,
      host,
    }),
);
await Promise.all(batchers.map(use));
await rest(200);
const { total, open } = requests;
const bytes = await growthOf(1000) - usual;
const idling: Idling = {
  timers: open,
  requests: requests.total - total,
  bytes: Math.max(0, bytes / BATCHERS),
};
if (batchers.some(({ pending }) => pending > 0)) throw new Error("Not idle");
console.log(JSON.stringify(idling));

/** Full batches and one that is not, deadlines, signals, calls that leave. */
async function use(batcher: Batcher<number, number>): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const deadlineMs = LONG_MS;
  const leaving = batcher.run(1, { signal, deadlineMs });
  const staying = [0, 0, 0, 0].map((item) => batcher.run(item, { deadlineMs }));
  const flushed = batcher.run(0, { signal: new AbortController().signal });
  await Promise.all(staying);
  controller.abort();
  await leaving.catch(() => {});
  await batcher.flush();
  await flushed;
}

/** By how much the heap grows while nothing is done, garbage included. */
async function growthOf(ms: number): Promise<number> {
  const before = liveBytes();
  await rest(ms);
  return process.memoryUsage().heapUsed - before;
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
