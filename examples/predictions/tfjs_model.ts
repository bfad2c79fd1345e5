/**
 * The ensemble on TensorFlow.js and its WebAssembly backend. The package brings
 * its `.wasm` file and finds it by itself on Deno, Bun and Node.
 *
 * Each network is three fused kernels (matrix product, bias, ReLU), so a call
 * costs 48 dispatches however many rows it carries. That fixed cost, about
 * 0.4 ms, is what a batch shares. All networks stacked in one 3-D product would
 * be faster for a single row (0.05 ms), but this backend has no fast kernel for
 * that: 64 rows would take 1.3 ms instead of 0.65.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import type { Row } from "./diabetes.ts";
import { type Ensemble, type Layer, readEnsemble } from "./ensemble.ts";
import type { Model, Prediction } from "./model.ts";

/** Loads the committed weights; the model it gives answers its first call at full speed. */
export async function loadTfjsModel(): Promise<TfjsModel> {
  // The library's own switch for no banner and no debug checks.
  tf.enableProdMode();
  if (!await tf.setBackend("wasm")) {
    throw new Error("Cannot load the model: no WebAssembly backend here");
  }
  const model = new TfjsModel(await readEnsemble());
  warmUp(model);
  return model;
}

/** Answers synchronously: WebAssembly runs on the thread that calls it. */
export class TfjsModel implements Model {
  readonly #ensemble: Ensemble;
  readonly #networks: readonly (readonly TensorLayer[])[];

  /** Needs the wasm backend to be set: {@link loadTfjsModel} does so. */
  constructor(ensemble: Ensemble) {
    this.#ensemble = ensemble;
    this.#networks = ensemble.networks.map((layers) => layers.map(toTensors));
  }

  /** One prediction per row, equal to the last bit however many rows come along. */
  predict(rows: readonly Row[]): Prediction[] {
    if (rows.length === 0) return [];
    const answers = tf.tidy(() => {
      const input = tf.tensor2d(this.#scaled(rows), [
        rows.length,
        rows[0]!.length,
      ]);
      return tf.concat(this.#networks.map((layers) => run(layers, input)))
        .dataSync();
    });
    return rows.map((_, at) => this.#summary(answers, at, rows.length));
  }

  #scaled(rows: readonly Row[]): Float32Array {
    const { inputs } = this.#ensemble;
    const values = new Float32Array(rows.length * inputs.length);
    let at = 0;
    for (const row of rows) {
      for (let i = 0; i < inputs.length; i++) {
        const { mean, deviation } = inputs[i]!;
        const scaled = (row[i]! - mean) / deviation;
        values[at++] = Math.max(-farthest, Math.min(farthest, scaled));
      }
    }
    return values;
  }

  /** `answers` holds the first network's answers to all rows, then the second's, and so on. */
  #summary(answers: ArrayLike<number>, at: number, rows: number): Prediction {
    const { output, networks } = this.#ensemble;
    let sum = 0;
    for (let e = 0; e < networks.length; e++) sum += answers[e * rows + at]!;
    const mean = sum / networks.length;
    let spread = 0;
    for (let e = 0; e < networks.length; e++) {
      const apart = answers[e * rows + at]! - mean;
      spread += apart * apart;
    }
    return {
      mean: mean * output.deviation + output.mean,
      std: Math.sqrt(spread / networks.length) * output.deviation,
    };
  }
}

interface TensorLayer {
  readonly weights: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}

/** Inputs are cut off this many deviations from their mean, so that no float32 overflows on the way. */
const farthest = 1e6;

function toTensors({ inputs, outputs, weights, bias }: Layer): TensorLayer {
  return {
    weights: tf.tensor2d(weights, [inputs, outputs]),
    bias: tf.tensor1d(bias),
  };
}

function run(layers: readonly TensorLayer[], input: tf.Tensor2D): tf.Tensor2D {
  return layers.reduce((a, { weights: b, bias }, at) => {
    const activation = at < layers.length - 1 ? "relu" : "linear";
    return tf.fused.matMul({ a, b, bias, activation }) as tf.Tensor2D;
  }, input);
}

/** The first calls compile kernels and let the runtime optimise: no caller should wait for that. */
function warmUp(model: TfjsModel): void {
  const row = Array.from({ length: 10 }, () => 1);
  for (let round = 0; round < 30; round++) {
    model.predict([row]);
    model.predict(Array.from({ length: 64 }, () => row));
  }
}
