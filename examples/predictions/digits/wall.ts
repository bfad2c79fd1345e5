/**
 * A wall of 256 handwritten digits, for the page: the first of those that had no
 * part in training. `data/wall.bin.gz` holds their images, one after the other,
 * and then the digits that they show.
 *
 * @module
 */

import type { Example } from "./example.ts";
import { pixels } from "./network.ts";

/** How many digits hang there. */
export const wallSize = 256;

/** Tells the digits in the bytes of an unzipped wall apart. */
export function hang(bytes: Uint8Array<ArrayBuffer>): Example[] {
  const digits = bytes.subarray(wallSize * pixels);
  return Array.from(digits, (digit, at) => ({
    image: bytes.subarray(at * pixels, (at + 1) * pixels),
    digit,
  }));
}
