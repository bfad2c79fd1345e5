/**
 * Brings a drawing into the form that the model learned from: the digits of its
 * training fill a square of 20x20 points, and their centre of mass is the centre
 * of the picture. Runs in a page.
 *
 * @module
 */

import { pixels, side } from "./network.ts";

/** How long the longer side of a digit is. */
const reach = 20;
/** Fainter points are none. */
const faintest = 16;
/** Each point of the picture is the mean of so many by so many of the drawing. */
const samples = 4;

/** Where the ink is, in points of the drawing. */
interface Extent {
  /** Of its longer side. */
  readonly length: number;
  /** The centre of mass. */
  readonly x: number;
  readonly y: number;
}

/**
 * Makes a picture of a drawing of any size.
 *
 * @param ink Row by row, 0 for paper to 255 for ink.
 * @param width How many points a row has.
 * @returns 28 rows of 28 points; all paper if nothing was drawn.
 */
export function frame(
  ink: ArrayLike<number>,
  width: number,
): Uint8Array<ArrayBuffer> {
  const picture = new Uint8Array(pixels);
  const extent = extentOf(ink, width);
  if (extent === undefined) return picture;
  const scale = extent.length / reach;
  const left = extent.x - side / 2 * scale;
  const top = extent.y - side / 2 * scale;
  const step = scale / samples;
  for (let at = 0; at < pixels; at++) {
    const x = left + at % side * scale;
    const y = top + Math.floor(at / side) * scale;
    picture[at] = mean(ink, width, { x, y, step });
  }
  return picture;
}

function extentOf(ink: ArrayLike<number>, width: number): Extent | undefined {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let at = 0; at < ink.length; at++) {
    const shade = ink[at]!;
    if (shade < faintest) continue;
    const x = at % width;
    const y = Math.floor(at / width);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    mass += shade;
    // The middle of a point is half a point from its corner.
    momentX += shade * (x + 0.5);
    momentY += shade * (y + 0.5);
  }
  if (mass === 0) return undefined;
  const length = Math.max(right - left, bottom - top) + 1;
  return { length, x: momentX / mass, y: momentY / mass };
}

/** The mean shade of the square of samples whose corner is at x and y. */
function mean(
  ink: ArrayLike<number>,
  width: number,
  { x, y, step }: { x: number; y: number; step: number },
): number {
  const height = ink.length / width;
  let sum = 0;
  for (let down = 0; down < samples; down++) {
    const row = Math.floor(y + (down + 0.5) * step);
    if (row < 0 || row >= height) continue;
    for (let right = 0; right < samples; right++) {
      const column = Math.floor(x + (right + 0.5) * step);
      if (column < 0 || column >= width) continue;
      sum += ink[row * width + column]!;
    }
  }
  return Math.round(sum / (samples * samples));
}
