/**
 * A layer that can learn. Only `+ - * /` and `sqrt`, which every runtime rounds alike: the same
 * seed gives the same weights everywhere.
 *
 * @module
 */

import type { Layer } from "../../ensemble.ts";
import type { Random } from "../../training/random.ts";
import { forward, rectify, room } from "../forward.ts";
import type { Taps } from "../taps.ts";

/** One step of Adam: how far, and the powers of its two decay rates at that step. */
export interface Step {
  readonly rate: number;
  readonly firstPower: number;
  readonly secondPower: number;
}

/** How quickly Adam forgets the direction, and the size, of the slopes it saw. */
export const forgetting = { first: 0.9, second: 0.999 } as const;

/** Its numbers, their gradients, Adam's two running means of these, and what it said last. */
export class LearningLayer implements Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  /** What it said last. */
  readonly said: Float32Array;
  /** How the loss changes with what it said: set by who knows the loss, or the layer after it. */
  readonly blame: Float32Array;
  readonly #taps: Taps;
  readonly #isRectified: boolean;
  /** Weights row by row, then the biases: one array, because Adam treats them alike. */
  readonly #values: Float32Array;
  readonly #gradient: Float32Array;
  readonly #first: Float32Array;
  readonly #second: Float32Array;

  /** Starts with random weights. */
  constructor(
    { inputs, outputs, taps, isRectified }: {
      inputs: number;
      outputs: number;
      taps: Taps;
      isRectified: boolean;
    },
    random: Random,
  ) {
    const size = inputs * outputs + outputs;
    this.inputs = inputs;
    this.outputs = outputs;
    this.#taps = taps;
    this.#isRectified = isRectified;
    this.#values = new Float32Array(size);
    this.#gradient = new Float32Array(size);
    this.#first = new Float32Array(size);
    this.#second = new Float32Array(size);
    this.weights = this.#values.subarray(0, inputs * outputs);
    this.bias = this.#values.subarray(inputs * outputs);
    this.said = room(taps.places * outputs);
    this.blame = room(taps.places * outputs);
    // He's rule: this spread keeps the size of the signal from layer to layer.
    const reach = Math.sqrt(6 / inputs);
    for (let k = 0; k < this.weights.length; k++) {
      this.weights[k] = (2 * random() - 1) * reach;
    }
  }

  /** Says something to `input`. */
  say(input: Float32Array): void {
    forward(this, this.#taps, { input, said: this.said });
    if (this.#isRectified) rectify(this.said);
  }

  /** From its blame to its gradient, and to the blame of the layer before it. */
  pushBack(input: Float32Array, blameBefore: Float32Array | undefined): void {
    const { inputs, outputs, weights, said, blame } = this;
    const { places, positions } = this.#taps;
    const gradient = this.#gradient;
    const biases = inputs * outputs;
    blameBefore?.fill(0);
    if (this.#isRectified) {
      // A ReLU that said 0 passes no blame on.
      for (let k = 0; k < said.length; k++) if (said[k] === 0) blame[k] = 0;
    }
    for (let place = 0; place < places; place++) {
      const start = place * outputs;
      for (let j = 0; j < outputs; j++) {
        gradient[biases + j]! += blame[start + j]!;
      }
      for (let i = 0; i < inputs; i++) {
        const position = positions[place * inputs + i]!;
        const x = input[position]!;
        // Where 0 came in nothing is learned, and the ReLU before it passes nothing on.
        if (x === 0) continue;
        const row = i * outputs;
        let sum = 0;
        for (let j = 0; j < outputs; j++) {
          const share = blame[start + j]!;
          gradient[row + j]! += x * share;
          sum += weights[row + j]! * share;
        }
        if (blameBefore) blameBefore[position]! += sum;
      }
    }
  }

  /** Takes one step along the mean gradient of the `count` pictures studied. */
  learn(count: number, { rate, firstPower, secondPower }: Step): void {
    const { first: keep, second: keepSize } = forgetting;
    const values = this.#values;
    const gradient = this.#gradient;
    const first = this.#first;
    const second = this.#second;
    for (let k = 0; k < values.length; k++) {
      const slope = gradient[k]! / count;
      first[k] = keep * first[k]! + (1 - keep) * slope;
      second[k] = keepSize * second[k]! + (1 - keepSize) * slope * slope;
      const size = Math.sqrt(second[k]! / (1 - secondPower)) + 1e-8;
      values[k]! -= rate * first[k]! / (1 - firstPower) / size;
    }
    gradient.fill(0);
  }

  /** The weights of this moment. */
  snapshot(): Layer {
    const { inputs, outputs } = this;
    return {
      inputs,
      outputs,
      weights: this.weights.slice(),
      bias: this.bias.slice(),
    };
  }
}
