/**
 * One layer in plain numbers: for training, and for where there is no engine.
 *
 * @module
 */

import type { Layer } from "../ensemble.ts";
import type { Taps } from "./taps.ts";

/** Room for what a layer of `count` values says, with a zero behind them for {@link Taps}. */
export function room(count: number): Float32Array {
  return new Float32Array(count + 1);
}

/** Writes what the layer says to `input` into `said`. */
export function forward(
  { inputs, outputs, weights, bias }: Layer,
  { places, positions }: Taps,
  { input, said }: { input: Float32Array; said: Float32Array },
): void {
  for (let place = 0; place < places; place++) {
    const start = place * outputs;
    for (let j = 0; j < outputs; j++) said[start + j] = bias[j]!;
    for (let i = 0; i < inputs; i++) {
      const x = input[positions[place * inputs + i]!]!;
      // Most of a picture is empty, and a ReLU leaves many zeros.
      if (x === 0) continue;
      const row = i * outputs;
      for (let j = 0; j < outputs; j++) {
        said[start + j]! += x * weights[row + j]!;
      }
    }
  }
}

/** The ReLU: what is below 0 becomes 0. */
export function rectify(values: Float32Array): void {
  for (let k = 0; k < values.length; k++) if (values[k]! < 0) values[k] = 0;
}
