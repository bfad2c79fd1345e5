/**
 * Makes new handwriting of what there is: a digit moved, turned, sheared and stretched a little is
 * still that digit.
 *
 * @module
 */

import type { Random } from "../../training/random.ts";
import { side } from "../network.ts";

/** How far a picture may be moved, in points. */
const furthest = 1.5;
/** How much each entry of the turning matrix may differ from that of no turn at all. */
const strongest = 0.15;

/** Writes a distorted `picture`, its points from 0 to 1, into `into`. */
export function distort(
  picture: Uint8Array,
  random: Random,
  into: Float32Array,
): void {
  const between = (end: number) => (2 * random() - 1) * end;
  const xx = 1 + between(strongest);
  const xy = between(strongest);
  const yx = between(strongest);
  const yy = 1 + between(strongest);
  const middle = (side - 1) / 2;
  const right = middle + between(furthest);
  const down = middle + between(furthest);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const fromX = right + xx * (x - middle) + xy * (y - middle);
      const fromY = down + yx * (x - middle) + yy * (y - middle);
      into[y * side + x] = pointAt(picture, fromX, fromY) / 255;
    }
  }
}

/** What the picture shows between its points: the nearest four, weighted by their distance. */
function pointAt(picture: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left > side - 2 || top > side - 2) return 0;
  const at = top * side + left;
  const toRight = x - left;
  const down = y - top;
  const above = (1 - toRight) * picture[at]! + toRight * picture[at + 1]!;
  const below = (1 - toRight) * picture[at + side]! +
    toRight * picture[at + side + 1]!;
  return (1 - down) * above + down * below;
}
