/**
 * From rows as measured to lessons on one scale.
 *
 * @module
 */

import { type Example, features } from "../diabetes.ts";
import type { Scale } from "../ensemble.ts";

/** A row and its answer, both brought to mean 0 and deviation 1. */
export interface Lesson {
  readonly row: readonly number[];
  readonly wanted: number;
}

/** What a network learns from, and the scales that brought it there. */
export interface Lessons {
  readonly lessons: readonly Lesson[];
  readonly inputs: readonly Scale[];
  readonly output: Scale;
}

/** Scales the training rows by their own means and deviations. */
export function lessonsOf(training: readonly Example[]): Lessons {
  const inputs = features.map((_, at) =>
    scaleOf(training.map(({ row }) => row[at]!))
  );
  const output = scaleOf(training.map(({ progression }) => progression));
  const lessons = training.map(({ row, progression }) => ({
    row: row.map((x, at) => scaled(x, inputs[at]!)),
    wanted: scaled(progression, output),
  }));
  return { lessons, inputs, output };
}

function scaleOf(values: readonly number[]): Scale {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const spread = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  return { mean, deviation: Math.sqrt(spread / values.length) };
}

function scaled(x: number, { mean, deviation }: Scale): number {
  return (x - mean) / deviation;
}
