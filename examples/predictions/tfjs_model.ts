/**
 * The ensemble on TensorFlow.js and its WebAssembly backend. The package brings
 * its `.wasm` file and finds it by itself on Deno, Bun and Node.
 *
 * The hidden layers are two fused kernels per network (matrix product, bias and
 * ReLU), the sixteen last layers are one product together: 34 dispatches a call,
 * however many rows it carries. That fixed cost, about 0.3 ms, is what a batch
 * shares: 64 rows take 0.5 ms. With all layers stacked in 3-D products one row
 * would take 0.05 ms, but 64 rows 1.3 ms: this backend has no fast kernel for those.
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
  /** The hidden layers of each network. */
  readonly #hidden: readonly (readonly TensorLayer[])[];
  /** The last layers of all networks. */
  readonly #last: TensorLayer;

  /** Needs the wasm backend to be set: {@link loadTfjsModel} does so. */
  constructor(ensemble: Ensemble) {
    this.#ensemble = ensemble;
    const { networks } = ensemble;
    this.#hidden = networks.map((layers) => layers.slice(0, -1).map(toTensors));
    this.#last = toTensors(
      joinLayers(networks.map((layers) => layers.at(-1)!)),
    );
  }

  /** One prediction per row, equal to the last bit however many rows come along. */
  predict(rows: readonly Row[]): Prediction[] {
    if (rows.length === 0) return [];
    const answers = tf.tidy(() => {
      const input = tf.tensor2d(this.#scaled(rows), [
        rows.length,
        rows[0]!.length,
      ]);
      const hidden = this.#hidden.map((layers) =>
        layers.reduce((x, layer) => run(x, layer, "relu"), input)
      );
      return run(tf.concat(hidden, 1), this.#last, "linear").dataSync();
    });
    return rows.map((_, at) => this.#summary(answers, at));
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

  /** `answers` holds for each row what the networks said of it. */
  #summary(answers: ArrayLike<number>, at: number): Prediction {
    const { output, networks } = this.#ensemble;
    const start = at * networks.length;
    const end = start + networks.length;
    let sum = 0;
    for (let i = start; i < end; i++) sum += answers[i]!;
    const mean = sum / networks.length;
    let spread = 0;
    for (let i = start; i < end; i++) spread += (answers[i]! - mean) ** 2;
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

/** Layers side by side as one: its inputs and outputs are theirs in a row, with weights of 0 across. */
function joinLayers(layers: readonly Layer[]): Layer {
  const inputs = layers.reduce((sum, layer) => sum + layer.inputs, 0);
  const outputs = layers.reduce((sum, layer) => sum + layer.outputs, 0);
  const weights = new Float32Array(inputs * outputs);
  const bias = new Float32Array(outputs);
  let top = 0;
  let left = 0;
  for (const layer of layers) {
    for (let i = 0; i < layer.inputs; i++) {
      const row = layer.weights.subarray(
        i * layer.outputs,
        (i + 1) * layer.outputs,
      );
      weights.set(row, (top + i) * outputs + left);
    }
    bias.set(layer.bias, left);
    top += layer.inputs;
    left += layer.outputs;
  }
  return { inputs, outputs, weights, bias };
}

function run(
  a: tf.Tensor2D,
  { weights: b, bias }: TensorLayer,
  activation: "relu" | "linear",
): tf.Tensor2D {
  return tf.fused.matMul({ a, b, bias, activation }) as tf.Tensor2D;
}

/** The first calls compile kernels and let the runtime optimise: no caller should wait for that. */
function warmUp(model: TfjsModel): void {
  const row = Array.from({ length: 10 }, () => 1);
  for (let round = 0; round < 30; round++) {
    model.predict([row]);
    model.predict(Array.from({ length: 64 }, () => row));
  }
}
