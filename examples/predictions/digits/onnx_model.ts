/**
 * The network for digits on ONNX Runtime Web.
 *
 * @module
 */

import {
  type OnnxRuntime,
  type OnnxSession,
  openSession,
  runSession,
} from "../onnx/runtime.ts";
import type { DigitModel, Probabilities } from "./model.ts";
import { pixels, side } from "./network.ts";
import { readNetwork } from "./weights.ts";
import { digitsFile } from "./onnx_file.ts";
import { softmax } from "./softmax.ts";

/** Loads the committed weights into `runtime`. */
export async function loadOnnxDigits(
  runtime: OnnxRuntime,
): Promise<OnnxDigits> {
  const file = digitsFile(await readNetwork());
  return new OnnxDigits(runtime, await openSession(runtime, file));
}

/** Blocks the thread while it computes, as the other engines do. */
export class OnnxDigits implements DigitModel {
  readonly #runtime: OnnxRuntime;
  readonly #session: OnnxSession;

  /** Takes what {@link loadOnnxDigits} has loaded. */
  constructor(runtime: OnnxRuntime, session: OnnxSession) {
    this.#runtime = runtime;
    this.#session = session;
  }

  /** Ten probabilities per image, equal to the last bit however many images come along. */
  async classify(images: readonly Uint8Array[]): Promise<Probabilities[]> {
    if (images.length === 0) return [];
    const bytes = new Uint8Array(images.length * pixels);
    images.forEach((image, at) => bytes.set(image, at * pixels));
    const dims = [images.length, 1, side, side];
    const input = new this.#runtime.Tensor("uint8", bytes, dims);
    const scores = await runSession(this.#session, input);
    const count = scores.length / images.length;
    return images.map((_, at) => softmax(scores, at * count, count));
  }
}
