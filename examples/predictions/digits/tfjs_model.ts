/**
 * The network for digits on TensorFlow.js and its WebAssembly backend: four fused kernels (product,
 * bias and ReLU) a call, however many images it carries.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "../ensemble.ts";
import { startTfjs } from "../tfjs_backend.ts";
import type { DigitModel, Probabilities } from "./model.ts";
import {
  type Convolution,
  kernel,
  type Network,
  pixels,
  side,
  stride,
} from "./network.ts";
import { readNetwork } from "./weights.ts";
import { softmax } from "./softmax.ts";

/** Loads the committed weights; the model it gives answers its first call at full speed. */
export async function loadTfjsDigits(): Promise<TfjsDigits> {
  await startTfjs();
  const model = new TfjsDigits(await readNetwork());
  warmUp(model);
  return model;
}

/** Answers synchronously: WebAssembly runs on the thread that calls it. */
export class TfjsDigits implements DigitModel {
  readonly #convolutions: readonly Tensors<tf.Tensor4D>[];
  readonly #dense: readonly Tensors<tf.Tensor2D>[];

  /** Needs the wasm backend to be set: {@link loadTfjsDigits} does so. */
  constructor({ convolutions, dense }: Network) {
    this.#convolutions = convolutions.map(convolutionTensors);
    this.#dense = dense.map(denseTensors);
  }

  /** Ten probabilities per image, equal to the last bit however many images come along. */
  classify(images: readonly Uint8Array[]): Probabilities[] {
    if (images.length === 0) return [];
    const scores = tf.tidy(() => {
      const input = tf.tensor4d(bytesOf(images), [
        images.length,
        side,
        side,
        1,
      ]);
      const seen = this.#convolutions.reduce(convolve, input);
      const last = this.#dense.length - 1;
      return this.#dense.reduce(
        (x, layer, index) =>
          multiply(x, layer, index < last ? "relu" : "linear"),
        tf.reshape(seen, [images.length, -1]) as tf.Tensor2D,
      ).dataSync();
    });
    const count = scores.length / images.length;
    return images.map((_, at) => softmax(scores, at * count, count));
  }
}

interface Tensors<Weights extends tf.Tensor> {
  readonly weights: Weights;
  readonly bias: tf.Tensor1D;
}

function convolutionTensors(
  { channels, outputs, weights, bias }: Convolution,
): Tensors<tf.Tensor4D> {
  return {
    weights: tf.tensor4d(weights, [kernel, kernel, channels, outputs]),
    bias: tf.tensor1d(bias),
  };
}

function denseTensors(
  { inputs, outputs, weights, bias }: Layer,
): Tensors<tf.Tensor2D> {
  return {
    weights: tf.tensor2d(weights, [inputs, outputs]),
    bias: tf.tensor1d(bias),
  };
}

/** The images in a row, as the numbers that the library wants. */
function bytesOf(images: readonly Uint8Array[]): Float32Array {
  const values = new Float32Array(images.length * pixels);
  images.forEach((image, at) => values.set(image, at * pixels));
  return values;
}

/** "same" pads on the right and below, since the stride is 2 and the side even. */
function convolve(
  x: tf.Tensor4D,
  { weights: filter, bias }: Tensors<tf.Tensor4D>,
): tf.Tensor4D {
  return tf.fused.conv2d({
    x,
    filter,
    bias,
    strides: stride,
    pad: "same",
    activation: "relu",
  });
}

function multiply(
  a: tf.Tensor2D,
  { weights: b, bias }: Tensors<tf.Tensor2D>,
  activation: "relu" | "linear",
): tf.Tensor2D {
  return tf.fused.matMul({ a, b, bias, activation }) as tf.Tensor2D;
}

/** The first calls compile kernels and let the runtime optimise: no caller should wait for that. */
function warmUp(model: TfjsDigits): void {
  const image = new Uint8Array(pixels);
  for (let round = 0; round < 30; round++) {
    model.classify([image]);
    model.classify(Array.from({ length: 64 }, () => image));
  }
}
