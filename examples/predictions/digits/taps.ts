/**
 * What a layer looks at. A dense layer looks once, at everything; a convolution at one place after
 * the other. Said as a list of positions, both are the same to whoever computes them.
 *
 * @module
 */

import { type Convolution, kernel, stride } from "./network.ts";

/** For each place the positions of its inputs in what came before. */
export interface Taps {
  readonly places: number;
  /** One list after the other. The position behind the last one is where zeros are found. */
  readonly positions: Uint16Array;
}

/** Those of a layer that sees all `inputs` at once. */
export function denseTaps(inputs: number): Taps {
  return { places: 1, positions: Uint16Array.from(Array(inputs).keys()) };
}

/** Those of a convolution. */
export function convolutionTaps(
  { side, channels }: Pick<Convolution, "side" | "channels">,
): Taps {
  const nowhere = side * side * channels;
  const ends = side / stride;
  const positions = [];
  for (let place = 0; place < ends * ends; place++) {
    const top = Math.floor(place / ends) * stride;
    const left = place % ends * stride;
    for (let point = 0; point < kernel * kernel; point++) {
      const y = top + Math.floor(point / kernel);
      const x = left + point % kernel;
      const isInside = y < side && x < side;
      for (let channel = 0; channel < channels; channel++) {
        positions.push(
          isInside ? (y * side + x) * channels + channel : nowhere,
        );
      }
    }
  }
  return { places: ends * ends, positions: Uint16Array.from(positions) };
}
