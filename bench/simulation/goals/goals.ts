/**
 * All goals.
 *
 * @module
 */
import { returning } from "./closed_loop.ts";
import type { Goal } from "./goal.ts";
import { grouped } from "./grouped.ts";
import { latency, tail } from "./one_slot.ts";
import { pacing } from "./several_slots.ts";

export const goals: readonly Goal[] = [
  latency,
  tail,
  pacing,
  returning,
  grouped,
];
