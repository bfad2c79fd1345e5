/**
 * All bugs that are planted.
 *
 * @module
 */
import type { Mutant } from "./mutant.ts";
import {
  arrays,
  repairs,
  retries,
  shared,
  streams,
} from "./mutants/answers.ts";
import { holding } from "./mutants/holding.ts";
import { isolates } from "./mutants/isolates.ts";
import { callers, reckoning } from "./mutants/learning.ts";
import { aborts, closing, deadlines } from "./mutants/leaving.ts";
import { orders, room, sizes, weights } from "./mutants/queue.ts";
import { feeding, learning, nested, watching } from "./mutants/seams.ts";
import { answers, bodies, bulks, telemetry } from "./mutants/serving.ts";
import { lanes, rates, slots } from "./mutants/slots.ts";
import { ending, packing, travelling } from "./mutants/threads.ts";
import { timeLimits, timers } from "./mutants/timers.ts";

/** In the order of the table. */
export const MUTANTS: readonly Mutant[] = [
  slots,
  rates,
  lanes,
  sizes,
  weights,
  orders,
  room,
  aborts,
  deadlines,
  closing,
  timers,
  timeLimits,
  arrays,
  streams,
  repairs,
  retries,
  shared,
  watching,
  nested,
  feeding,
  learning,
  reckoning,
  callers,
  holding,
  isolates,
  packing,
  travelling,
  ending,
  bodies,
  bulks,
  answers,
  telemetry,
].flat();
