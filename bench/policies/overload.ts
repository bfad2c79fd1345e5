/**
 * More calls than can be served: they come whether or not others have been answered.
 *
 * @module
 */
import { Batcher, type Policy, QueueFullError } from "../../mod.ts";
import { turn, work } from "./back_end.ts";

/** What became of the calls. */
export interface Outcome {
  /** Answers in time, per second. */
  readonly goodput: number;
  /** Of the answers, the share that came late. */
  readonly late: number;
  /** How many calls were refused, of all. */
  readonly refused: number;
  /** In what time 99 of 100 refusals were heard of, in ms; 0 when nobody was refused. */
  readonly refusalMs: number;
}

/** How calls come. */
export interface Load {
  readonly perSecond: number;
  /** By when, in ms, an answer is of use. */
  readonly targetMs: number;
}

const SIZE = 64;

/** How long policies have for learning, and are measured then, in ms. */
const LEARN_MS = 1000;
const MEASURE_MS = 3000;

/** How many calls per second the back end answers when every batch is full. */
export async function capacity(): Promise<number> {
  await using batcher = new Batcher(work, { size: SIZE, maxWaitMs: 0 });
  const startedAt = performance.now();
  let answered = 0;
  // More callers than two batches hold, so that the next one always waits.
  const callers = Array.from({ length: 4 * SIZE }, async () => {
    while (performance.now() < startedAt + MEASURE_MS) {
      await batcher.run(0);
      answered++;
    }
  });
  await Promise.all(callers);
  return answered / ((performance.now() - startedAt) / 1000);
}

/** What becomes of calls that come at random, independently of each other. */
export async function overload(
  policy: Policy,
  { perSecond, targetMs }: Load,
): Promise<Outcome> {
  const batcher = new Batcher(work, { size: SIZE, policy });
  const refusals: number[] = [];
  const counts = { called: 0, inTime: 0, late: 0 };
  const startedAt = performance.now();
  const isMeasured = (time: number) => time >= startedAt + LEARN_MS;
  const call = async () => {
    const calledAt = performance.now();
    const ms = () => performance.now() - calledAt;
    if (isMeasured(calledAt)) counts.called++;
    try {
      await batcher.run(0);
      if (!isMeasured(calledAt)) return;
      if (ms() <= targetMs) counts.inTime++;
      else counts.late++;
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      if (isMeasured(calledAt)) refusals.push(ms());
    }
  };
  const calls: Promise<void>[] = [];
  let nextAt = startedAt;
  while (performance.now() < startedAt + LEARN_MS + MEASURE_MS) {
    while (nextAt <= performance.now()) {
      calls.push(call());
      nextAt += (-Math.log(1 - Math.random()) * 1000) / perSecond;
    }
    await turn();
  }
  await batcher.close();
  await Promise.all(calls);
  refusals.sort((a, b) => a - b);
  return {
    goodput: counts.inTime / (MEASURE_MS / 1000),
    late: counts.late / Math.max(1, counts.late + counts.inTime),
    refused: refusals.length / counts.called,
    refusalMs: refusals[Math.floor(0.99 * refusals.length)] ?? 0,
  };
}
