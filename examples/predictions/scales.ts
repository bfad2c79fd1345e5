/**
 * Into the scale in which the networks of the ensemble work, and back to years
 * and millimetres of mercury: the same for all engines.
 *
 * @module
 */

import type { Row } from "./diabetes.ts";
import type { Ensemble } from "./ensemble.ts";
import type { Prediction } from "./model.ts";

/** Inputs are cut off this many deviations from their mean, so that no float32 overflows on the way. */
const farthest = 1e6;

/** The rows one after the other, each number brought to mean 0 and deviation 1. */
export function scaleRows(
  { inputs }: Ensemble,
  rows: readonly Row[],
): Float32Array {
  const values = new Float32Array(rows.length * inputs.length);
  let at = 0;
  for (const row of rows) {
    for (let i = 0; i < inputs.length; i++) {
      const { mean, deviation } = inputs[i]!;
      const scaled = (row[i]! - mean) / deviation;
      values[at++] = Math.max(-farthest, Math.min(farthest, scaled));
    }
  }
  return values;
}

/** What the networks said of the row at this place: `answers` has theirs of all rows. */
export function summarize(
  { output, networks }: Ensemble,
  answers: ArrayLike<number>,
  at: number,
): Prediction {
  const start = at * networks.length;
  const end = start + networks.length;
  let sum = 0;
  for (let i = start; i < end; i++) sum += answers[i]!;
  const mean = sum / networks.length;
  let spread = 0;
  for (let i = start; i < end; i++) spread += (answers[i]! - mean) ** 2;
  return {
    mean: mean * output.deviation + output.mean,
    std: Math.sqrt(spread / networks.length) * output.deviation,
  };
}
