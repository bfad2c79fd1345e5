/**
 * The network for digits. Nothing here needs a file system, so that a page can
 * have one, too.
 *
 * @module
 */

import type { Layer } from "../ensemble.ts";

/**
 * A layer that looks with the same weights at every second place of a square picture, three by
 * three points at a time; beyond the right and the lower edge it sees zeros. Its `inputs` are these
 * nine points with all their channels, its `outputs` the channels of the picture it makes.
 */
export interface Convolution extends Layer {
  /** Of the picture it looks at. */
  readonly side: number;
  /** Of the picture it looks at. */
  readonly channels: number;
}

/** From the bytes of a picture to a score for each digit, a ReLU after each layer but the last. */
export interface Network {
  readonly convolutions: readonly Convolution[];
  readonly dense: readonly Layer[];
}

/** How many layers of which sizes there are. */
export interface Shape {
  /** Channels from the picture on. */
  readonly channels: readonly number[];
  /** Widths from the last picture, point by point, to the scores. */
  readonly widths: readonly number[];
}

/** Width and height of a picture of a digit. */
export const side = 28;
/** How many points it has. */
export const pixels: number = side * side;
/** Width and height of what a convolution sees at a time. */
export const kernel = 3;
/** How far its places are from each other. */
export const stride = 2;
/** Two convolutions, 28 to 14 to 7 points wide, and two dense layers. */
export const shape: Shape = { channels: [1, 8, 16], widths: [784, 64, 10] };

/**
 * Makes a network of its shape and its numbers: per layer first the weights, row
 * by row (an input's weights to all outputs), then the biases.
 */
export function networkOf(
  { channels, widths }: Shape,
  numbers: Float32Array,
): Network {
  let at = 0;
  const take = (length: number) => numbers.subarray(at, at += length);
  const layer = (inputs: number, outputs: number): Layer => {
    const weights = take(inputs * outputs);
    return { inputs, outputs, weights, bias: take(outputs) };
  };
  const convolutions = channels.slice(1).map((outputs, index) => ({
    ...layer(kernel * kernel * channels[index]!, outputs),
    side: side / stride ** index,
    channels: channels[index]!,
  }));
  const dense = widths.slice(1).map((outputs, index) =>
    layer(widths[index]!, outputs)
  );
  return { convolutions, dense };
}
