/**
 * The ensemble on TensorFlow.js and its WebAssembly backend.
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
import type { Row } from "./diabetes.ts";
import {
  type Ensemble,
  joinLayers,
  type Layer,
  readEnsemble,
} from "./ensemble.ts";
import type { Model, Prediction } from "./model.ts";
import { scaleRows, summarize } from "./scales.ts";
import { startTfjs } from "./tfjs_backend.ts";

/** Loads the committed weights; the model it gives answers its first call at full speed. */
export async function loadTfjsModel(): Promise<TfjsModel> {
  await startTfjs();
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
    const outputs = tf.tidy(() => {
      const input = tf.tensor2d(scaleRows(this.#ensemble, rows), [
        rows.length,
        rows[0]!.length,
      ]);
      const hidden = this.#hidden.map((layers) =>
        layers.reduce((x, layer) => run(x, layer, "relu"), input)
      );
      return run(tf.concat(hidden, 1), this.#last, "linear");
    });
    // Not read inside: whatever leaves `tidy` is searched for tensors, number by number.
    const answers = outputs.dataSync();
    outputs.dispose();
    return rows.map((_, at) => summarize(this.#ensemble, answers, at));
  }
}

interface TensorLayer {
  readonly weights: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}

function toTensors({ inputs, outputs, weights, bias }: Layer): TensorLayer {
  return {
    weights: tf.tensor2d(weights, [inputs, outputs]),
    bias: tf.tensor1d(bias),
  };
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
