/**
 * A network that can learn. Plain numbers and only `+ - * /` and `sqrt`, which
 * every runtime rounds alike: the same seed gives the same weights everywhere.
 *
 * @module
 */

import type { Network } from "../ensemble.ts";
import type { Random } from "./random.ts";

/** One layer: its numbers, their gradients, and Adam's two running means of these. */
interface LearningLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Weights row by row, then the biases: one array, because Adam treats them alike. */
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** What the layer said last. */
  readonly said: Float64Array;
  /** How the loss changes with what it said. */
  readonly blame: Float64Array;
}

/** How fast to learn, and how strongly large weights are pulled back. */
export interface LearningRate {
  readonly rate: number;
  readonly decay: number;
}

/** Learns by Adam with decoupled weight decay, one squared error at a time. */
export class DenseNetwork {
  readonly #layers: readonly LearningLayer[];
  // Powers of Adam's two decay rates, for its bias correction; `learn` moves them on.
  #firstPower = 1;
  #secondPower = 1;

  constructor(widths: readonly number[], random: Random) {
    this.#layers = widths.slice(1).map((outputs, index) =>
      newLayer(widths[index]!, outputs, random)
    );
  }

  /** What the network says of one row. */
  predict(row: ArrayLike<number>): number {
    let input = row;
    for (const layer of this.#layers) {
      const { inputs, outputs, values, said } = layer;
      const isLast = layer === this.#layers.at(-1);
      for (let j = 0; j < outputs; j++) said[j] = values[inputs * outputs + j]!;
      for (let i = 0; i < inputs; i++) {
        const x = input[i]!;
        if (x === 0) continue;
        const row = i * outputs;
        for (let j = 0; j < outputs; j++) said[j]! += x * values[row + j]!;
      }
      if (!isLast) {
        for (let j = 0; j < outputs; j++) if (said[j]! < 0) said[j] = 0;
      }
      input = said;
    }
    return input[0]!;
  }

  /** Adds the gradient of one row's squared error to what {@link learn} will use. */
  study(row: ArrayLike<number>, wanted: number): void {
    const error = this.predict(row) - wanted;
    this.#layers.at(-1)!.blame[0] = error;
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const before = this.#layers[index - 1];
      pushBack(this.#layers[index]!, before?.said ?? row, before?.blame);
    }
  }

  /** Takes one step along the mean gradient of the `count` rows studied. */
  learn(count: number, { rate, decay }: LearningRate): void {
    this.#firstPower *= 0.9;
    this.#secondPower *= 0.999;
    for (const layer of this.#layers) {
      const { values, gradient, first, second } = layer;
      const biases = layer.inputs * layer.outputs;
      for (let k = 0; k < values.length; k++) {
        const slope = gradient[k]! / count;
        first[k] = 0.9 * first[k]! + 0.1 * slope;
        second[k] = 0.999 * second[k]! + 0.001 * slope * slope;
        const mean = first[k]! / (1 - this.#firstPower);
        const size = Math.sqrt(second[k]! / (1 - this.#secondPower)) + 1e-8;
        if (k < biases) values[k]! -= rate * decay * values[k]!;
        values[k]! -= rate * mean / size;
      }
      gradient.fill(0);
    }
  }

  /** The weights of this moment, as float32. */
  snapshot(): Network {
    return this.#layers.map(({ inputs, outputs, values }) => ({
      inputs,
      outputs,
      weights: Float32Array.from(values.subarray(0, inputs * outputs)),
      bias: Float32Array.from(values.subarray(inputs * outputs)),
    }));
  }
}

function newLayer(
  inputs: number,
  outputs: number,
  random: Random,
): LearningLayer {
  const size = inputs * outputs + outputs;
  const values = new Float64Array(size);
  // He's rule: this spread keeps the size of the signal from layer to layer.
  const reach = Math.sqrt(6 / inputs);
  for (let k = 0; k < inputs * outputs; k++) {
    values[k] = (2 * random() - 1) * reach;
  }
  return {
    inputs,
    outputs,
    values,
    gradient: new Float64Array(size),
    first: new Float64Array(size),
    second: new Float64Array(size),
    said: new Float64Array(outputs),
    blame: new Float64Array(outputs),
  };
}

/** From a layer's blame to its gradient, and to the blame of the layer before it. */
function pushBack(
  layer: LearningLayer,
  input: ArrayLike<number>,
  blameBefore: Float64Array | undefined,
): void {
  const { inputs, outputs, values, gradient, blame } = layer;
  for (let j = 0; j < outputs; j++) {
    gradient[inputs * outputs + j]! += blame[j]!;
  }
  for (let i = 0; i < inputs; i++) {
    const x = input[i]!;
    const row = i * outputs;
    let sum = 0;
    for (let j = 0; j < outputs; j++) {
      gradient[row + j]! += x * blame[j]!;
      sum += values[row + j]! * blame[j]!;
    }
    // A ReLU that said 0 passes no blame on.
    if (blameBefore) blameBefore[i] = x > 0 ? sum : 0;
  }
}
