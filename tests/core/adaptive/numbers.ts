import assert from "node:assert/strict";
import { randomFrom } from "../../batcher/random_numbers.ts";

/** Holds that two numbers are equal but for so much. */
export function close(actual: number, expected: number, by = 1e-9): void {
  const isClose = Math.abs(actual - expected) <= by;
  assert.ok(isClose, `${actual}, wanted ${expected} +- ${by}`);
}

/** Numbers between 0 and 1. */
export function uniformFrom(seed: number): () => number {
  const below = randomFrom(seed);
  return () => below(2 ** 30) / 2 ** 30;
}

/** Factors around 1 with this relative deviation, spread as errors are. */
export function noiseFrom(seed: number, deviation: number): () => number {
  const uniform = uniformFrom(seed);
  return () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) sum += uniform() - 0.5;
    return 1 + deviation * sum;
  };
}

/** Waits with this mean, as between independent events. */
export function waitsFrom(seed: number): (mean: number) => number {
  const uniform = uniformFrom(seed);
  return (mean) => -Math.log(1 - uniform()) * mean;
}
