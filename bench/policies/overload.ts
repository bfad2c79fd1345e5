/**
 * More calls than can be served: they come whether or not others have been answered.
 *
 * @module
 */
import { Batcher, type Policy, QueueFullError } from "../../mod.ts";
import { sleep, work } from "./back_end.ts";

/** What became of the calls. */
export interface Outcome {
  /** How many calls per second a back end answers that always has full batches. */
  readonly capacity: number;
  /** Answers in time, as a share of the capacity. */
  readonly goodput: number;
  /** Of the answers, the share that came late. */
  readonly late: number;
  /** Of the calls, the share that was refused at once. */
  readonly refused: number;
  /** In what time 99 of 100 of those heard of it, in ms; 0 when nobody was refused. */
  readonly refusalMs: number;
  /** Of the calls, the share that was taken and then given up, because a batch took too long. */
  readonly givenUp: number;
  /** By how much 99 of 100 calls were made no later than planned, in ms: beyond a few, the machine is too busy for these figures. */
  readonly lagMs: number;
}

/** By when, in ms, an answer is of use. */
export const TARGET_MS = 60;

/** How many times the capacity is called for. */
export const LOAD = 1.5;

const SIZE = 64;

/** How long policies have for learning, and are measured then, in ms. */
const LEARN_MS = 1000;
const MEASURE_MS = 2000;

/** What becomes of calls that come at random, independently of each other. */
export async function overload(policy: Policy): Promise<Outcome> {
  const perSecond = await capacity();
  await using batcher = new Batcher(work, { size: SIZE, policy });
  const tally = new Tally();
  const calls: Promise<void>[] = [];
  const startsAt = performance.now() + LEARN_MS;
  const endsAt = startsAt + MEASURE_MS;
  let now = performance.now();
  let plannedAt = now;
  while (now < endsAt) {
    while (plannedAt <= now) {
      const into = plannedAt < startsAt ? new Tally() : tally;
      calls.push(call(batcher, plannedAt, into));
      plannedAt += (-Math.log(1 - Math.random()) * 1000) / (LOAD * perSecond);
      // Calls that are due together come one by one all the same, as from a socket each.
      await null;
    }
    await sleep(1);
    now = performance.now();
  }
  await Promise.all(calls);
  return tally.outcome(perSecond);
}

/** Makes a call, whenever it was planned, and counts what becomes of it. */
async function call(
  batcher: Batcher<number, number>,
  plannedAt: number,
  tally: Tally,
): Promise<void> {
  const calledAt = performance.now();
  tally.lags.push(calledAt - plannedAt);
  try {
    await batcher.run(0);
    if (performance.now() <= calledAt + TARGET_MS) tally.inTime++;
    else tally.late++;
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    if (error.message.includes("given it up")) tally.givenUp++;
    else tally.refusals.push(performance.now() - calledAt);
  }
}

/** Counts. */
class Tally {
  inTime = 0;
  late = 0;
  givenUp = 0;
  /** When those that were refused heard of it, in ms after the call. */
  readonly refusals: number[] = [];
  /** How late calls were made, in ms. */
  readonly lags: number[] = [];

  outcome(capacity: number): Outcome {
    const calls = this.lags.length;
    return {
      capacity,
      goodput: this.inTime / (MEASURE_MS / 1000) / capacity,
      late: this.late / Math.max(1, this.late + this.inTime),
      refused: this.refusals.length / calls,
      refusalMs: mostOf(this.refusals),
      givenUp: this.givenUp / calls,
      lagMs: mostOf(this.lags),
    };
  }
}

/** What 99 of 100 do not exceed. */
function mostOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(0.99 * sorted.length)] ?? 0;
}

/** More callers than two batches hold, so that the next one is always full. */
async function capacity(): Promise<number> {
  await using batcher = new Batcher(work, { size: SIZE, maxWaitMs: 0 });
  const startedAt = performance.now();
  let answered = 0;
  const callers = Array.from({ length: 4 * SIZE }, async () => {
    while (performance.now() < startedAt + MEASURE_MS) {
      await batcher.run(0);
      answered++;
    }
  });
  await Promise.all(callers);
  return answered / ((performance.now() - startedAt) / 1000);
}
