/**
 * How much a server can do for callers that never rest, and what that costs it.
 *
 * @module
 */
import { runClosedLoop } from "../../examples/predictions/load/closed_loop.ts";
import { batchesAt, meanBatch } from "./batches.ts";
import type { Instance } from "./instance.ts";

/** What is asked. */
export interface Question {
  readonly instance: Instance;
  readonly path: string;
  readonly bodies: readonly string[];
  /** What each answer must be. */
  readonly status?: number;
}

/** What was measured. */
export interface Capacity {
  /** Answers per second. */
  readonly perSecond: number;
  /** Microseconds of CPU time that the server spent on an answer. */
  readonly us: number;
}

/** Two full batches: one can be read while the other one is worked on. */
const CALLERS = 128;

/** Measures it. */
export async function capacityOf(
  { instance, ...question }: Question,
  durationMs: number,
): Promise<Capacity> {
  const { port } = instance;
  const plan = { port, callers: CALLERS, durationMs, ...question };
  const before = instance.cpuMs();
  const { requests, perSecond } = await runClosedLoop(plan);
  const spentMs = instance.cpuMs() - before;
  return { perSecond, us: 1000 * spentMs / requests };
}

/** The mean batch of a service meanwhile. */
export async function batchDuring(
  port: number,
  work: () => Promise<void>,
): Promise<number> {
  const before = await batchesAt(port);
  await work();
  return meanBatch(before, await batchesAt(port));
}
