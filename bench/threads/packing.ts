/**
 * Many images as one buffer, and many answers as one.
 *
 * @module
 */
import type { Probabilities } from "../../examples/predictions/digits/model.ts";
import { pixels } from "../../examples/predictions/digits/network.ts";

const DIGITS = 10;

/** Puts images one behind the other. */
export function packImages(images: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(images.length * pixels);
  images.forEach((image, at) => bytes.set(image, at * pixels));
  return bytes.buffer;
}

/** Tells them apart again. */
export function unpackImages(buffer: ArrayBuffer): Uint8Array[] {
  return Array.from(
    { length: buffer.byteLength / pixels },
    (_, at) => new Uint8Array(buffer, at * pixels, pixels),
  );
}

/** Puts answers one behind the other. */
export function packAnswers(answers: readonly Probabilities[]): ArrayBuffer {
  return Float64Array.from(answers.flat()).buffer;
}

/** Tells them apart again. */
export function unpackAnswers(buffer: ArrayBuffer): Probabilities[] {
  const values = new Float64Array(buffer);
  return Array.from(
    { length: values.length / DIGITS },
    (_, at) => [...values.subarray(at * DIGITS, (at + 1) * DIGITS)],
  );
}
