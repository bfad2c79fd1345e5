/**
 * The network while it learns.
 *
 * @module
 */

import { seeded } from "../../training/random.ts";
import { room } from "../forward.ts";
import {
  type Convolution,
  kernel,
  type Network,
  pixels,
  shape,
  side,
  stride,
} from "../network.ts";
import { softmax } from "../softmax.ts";
import { convolutionTaps, denseTaps } from "../taps.ts";
import { forgetting, LearningLayer } from "./learning_layer.ts";

/** Learns by Adam, from one picture's cross entropy at a time. */
export class Learner {
  readonly #convolutions: readonly LearningLayer[];
  readonly #layers: readonly LearningLayer[];
  readonly #input = room(pixels);
  // Powers of Adam's two decay rates, for its bias correction; `learn` moves them on.
  #firstPower = 1;
  #secondPower = 1;

  /** Starts with random weights; equal seeds give equal ones. */
  constructor(seed: number) {
    const random = seeded(seed);
    const { channels, widths } = shape;
    this.#convolutions = channels.slice(1).map((outputs, index) => {
      const before = channels[index]!;
      const taps = convolutionTaps({ side: sideOf(index), channels: before });
      const inputs = kernel * kernel * before;
      return new LearningLayer(
        { inputs, outputs, taps, isRectified: true },
        random,
      );
    });
    const dense = widths.slice(1).map((outputs, index) => {
      const inputs = widths[index]!;
      const isRectified = index < widths.length - 2;
      const taps = denseTaps(inputs);
      return new LearningLayer({ inputs, outputs, taps, isRectified }, random);
    });
    this.#layers = [...this.#convolutions, ...dense];
  }

  /** The probabilities of the digits. */
  predict(picture: ArrayLike<number>): number[] {
    this.#input.set(picture);
    let input = this.#input;
    for (const layer of this.#layers) {
      layer.say(input);
      input = layer.said;
    }
    return softmax(input, 0, input.length - 1);
  }

  /**
   * Adds the gradient of one picture's cross entropy to what {@link learn} will use.
   *
   * @returns That cross entropy.
   */
  study(picture: ArrayLike<number>, digit: number): number {
    const blame = this.predict(picture);
    const loss = -Math.log(blame[digit]!);
    blame[digit]! -= 1;
    this.#layers.at(-1)!.blame.set(blame);
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const before = this.#layers[index - 1];
      this.#layers[index]!.pushBack(before?.said ?? this.#input, before?.blame);
    }
    return loss;
  }

  /** Takes one step along the mean gradient of the `count` pictures studied. */
  learn(count: number, rate: number): void {
    this.#firstPower *= forgetting.first;
    this.#secondPower *= forgetting.second;
    const step = {
      rate,
      firstPower: this.#firstPower,
      secondPower: this.#secondPower,
    };
    for (const layer of this.#layers) layer.learn(count, step);
  }

  /** The weights of this moment; those of the first layer are made for bytes, not for 0 to 1. */
  snapshot(): Network {
    const convolutions = this.#convolutions.map((
      layer,
      index,
    ): Convolution => ({
      ...layer.snapshot(),
      side: sideOf(index),
      channels: shape.channels[index]!,
    }));
    const { weights } = convolutions[0]!;
    for (let k = 0; k < weights.length; k++) weights[k]! /= 255;
    const dense = this.#layers.slice(convolutions.length).map((layer) =>
      layer.snapshot()
    );
    return { convolutions, dense };
  }
}

function sideOf(convolution: number): number {
  return side / stride ** convolution;
}
