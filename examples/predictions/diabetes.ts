/**
 * The data: 442 people, ten measurements each, and how far their diabetes had
 * progressed a year later. `data/NOTICE.md` says where it comes from.
 *
 * @module
 */

import { readFile } from "node:fs/promises";

/** The ten measurements of one person, in the order of {@link features}. */
export type Row = readonly number[];

/** What the ten numbers of a row are. */
export const features: readonly string[] = [
  "age",
  "sex",
  "bmi",
  "bp",
  "s1",
  "s2",
  "s3",
  "s4",
  "s5",
  "s6",
];

/** A row and what became of the person. */
export interface Example {
  readonly row: Row;
  readonly progression: number;
}

/** The data in its two parts, in the order of the file. */
export interface Diabetes {
  /** For training, scaling and the choice of the best epoch. */
  readonly training: readonly Example[];
  /** Every fifth row: nothing about the model is decided by them. */
  readonly heldOut: readonly Example[];
}

/** Reads the data and splits it. */
export async function readDiabetes(): Promise<Diabetes> {
  const file = new URL("./data/diabetes.csv", import.meta.url);
  const [, ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
  const examples = lines.map(parseLine);
  return {
    training: examples.filter((_, index) => index % 5 !== 0),
    heldOut: examples.filter((_, index) => index % 5 === 0),
  };
}

/** How much of the spread of `actual` the predictions explain: 1 all, 0 none. */
export function r2(
  actual: readonly number[],
  predicted: readonly number[],
): number {
  const mean = actual.reduce((sum, y) => sum + y, 0) / actual.length;
  let missed = 0;
  let spread = 0;
  actual.forEach((y, index) => {
    missed += square(y - predicted[index]!);
    spread += square(y - mean);
  });
  return 1 - missed / spread;
}

function parseLine(line: string): Example {
  const numbers = line.split(",").map(Number);
  const row = numbers.slice(0, features.length);
  return { row, progression: numbers[features.length]! };
}

function square(x: number): number {
  return x * x;
}
