/**
 * Makes a backlog and gets rid of it, several times, in this process, and prints as JSON what
 * each call took in each step, in ns.
 *
 * @module
 */
import process from "node:process";
import { Batcher } from "../../mod.ts";
import { cpuClock } from "../harness/clock.ts";

/** What each call took, in ns. */
export interface Step {
  readonly made: number;
  readonly gone: number;
}

const [how = "drained", calls = "", repeats = ""] = process.argv.slice(2);
const { now } = cpuClock;
const get = how === "drained" ? drained : aborted;
for (let warmUp = 0; warmUp < 3; warmUp++) await get(50_000);
const steps: Step[] = [];
for (let i = 0; i < Number(repeats); i++) steps.push(await get(Number(calls)));
console.log(JSON.stringify(steps));

/** A slow batch at last ends, and all that queued behind it has its turn. */
async function drained(calls: number): Promise<Step> {
  const { batcher, open } = closedGate();
  const startedAt = now();
  const answers = Array.from({ length: calls }, (_, i) => batcher.run(i));
  await turn();
  const waitedAt = now();
  open();
  for (const answer of answers) await answer;
  return stepOf(calls, startedAt, waitedAt, now());
}

/**
 * Callers leave in random order. A hundred of them, scattered over the queue, have a signal in common:
 * a million signals and nothing else are too much for the memory caches of a machine.
 */
async function aborted(calls: number): Promise<Step> {
  const { batcher, open } = closedGate();
  const controllers = Array.from(
    { length: calls / 100 },
    () => new AbortController(),
  );
  const signals = shuffled(
    Array.from(
      { length: calls },
      (_, i) => controllers[i % (calls / 100)]!.signal,
    ),
  );
  let left = 0;
  const leave = () => left++;
  const startedAt = now();
  for (const [i, signal] of signals.entries()) {
    batcher.run(i, { signal }).catch(leave);
  }
  await turn();
  const waitedAt = now();
  for (const controller of controllers) controller.abort("gone");
  await turn();
  const step = stepOf(calls, startedAt, waitedAt, now());
  if (left !== calls) throw new Error(`Of ${calls} calls ${left} have left`);
  open();
  return step;
}

/** A batcher whose first batch runs until the gate is opened; the others end in the turn in which they start. */
function closedGate(): {
  batcher: Batcher<number, number>;
  open: () => void;
} {
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  let isFirst = true;
  const batcher = new Batcher((items: number[]) => {
    if (!isFirst) return items;
    isFirst = false;
    return gate.then(() => items);
  }, { size: 100, maxWaitMs: 0 });
  return { batcher, open };
}

function stepOf(
  calls: number,
  startedAt: number,
  waitedAt: number,
  endedAt: number,
): Step {
  const made = (waitedAt - startedAt) / calls;
  return { made, gone: (endedAt - waitedAt) / calls };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** In the same random order each time. */
function shuffled<T>(list: readonly T[]): T[] {
  const shuffled = [...list];
  let state = 1;
  for (let i = shuffled.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (i + 1));
    [shuffled[i], shuffled[other]] = [shuffled[other]!, shuffled[i]!];
  }
  return shuffled;
}
