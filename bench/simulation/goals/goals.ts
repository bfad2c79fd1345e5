/**
 * All goals.
 *
 * @module
 */
import { returning } from "./closed_loop.ts";
import {
  classes,
  goodput,
  hiccups,
  lateness,
  noisyGoodput,
  ramp,
} from "./deadline.ts";
import type { Goal } from "./goal.ts";
import { grouped } from "./grouped.ts";
import { insensitive } from "./insensitive.ts";
import { lightLanes, manyLanes, patientLanes } from "./lanes.ts";
import { latency, tail } from "./one_slot.ts";
import { predictionServer } from "./prediction_server.ts";
import { priced } from "./price.ts";
import { allInAll, worstCases } from "./random_scenarios.ts";
import { saturation } from "./saturation.ts";
import { pacing } from "./several_slots.ts";
import { steps } from "./steps.ts";

/** In the order of their numbers. */
export const goals: readonly Goal[] = [
  ...[latency, tail, saturation, pacing, returning, grouped],
  ...[worstCases, allInAll, goodput, noisyGoodput, lateness],
  ...[priced, steps, insensitive, predictionServer],
  ...[manyLanes, patientLanes, lightLanes, classes, ramp, hiccups],
];
