/**
 * The network in plain numbers. Slower than an engine, and a batch brings nothing here; but it
 * needs nothing either, so that it runs wherever JavaScript does: in a page, in a worker.
 *
 * @module
 */

import { forward, rectify, room } from "./forward.ts";
import type { DigitModel, Probabilities } from "./model.ts";
import { type Network, pixels } from "./network.ts";
import { softmax } from "./softmax.ts";
import { convolutionTaps, denseTaps } from "./taps.ts";

/** Answers one image after the other. */
export class PlainModel implements DigitModel {
  readonly #input = room(pixels);
  readonly #steps: readonly (() => void)[];
  readonly #scores: Float32Array;

  /** Takes the network as it is, nothing has to be loaded. */
  constructor({ convolutions, dense }: Network) {
    const layers = [
      ...convolutions.map((layer) => ({ layer, taps: convolutionTaps(layer) })),
      ...dense.map((layer) => ({ layer, taps: denseTaps(layer.inputs) })),
    ];
    let input = this.#input;
    this.#steps = layers.map(({ layer, taps }, index) => {
      const way = { input, said: room(taps.places * layer.outputs) };
      const isLast = index === layers.length - 1;
      input = way.said;
      return () => {
        forward(layer, taps, way);
        if (!isLast) rectify(way.said);
      };
    });
    this.#scores = input;
  }

  /** Ten probabilities per image. */
  classify(images: readonly Uint8Array[]): Probabilities[] {
    return images.map((image) => {
      this.#input.set(image);
      for (const step of this.#steps) step();
      return softmax(this.#scores, 0, this.#scores.length - 1);
    });
  }
}
