/**
 * What the service does for pictures: `classify` is written as if for one, and its calls travel in
 * batches.
 *
 * @module
 */

import { Batched, one } from "../../../mod.ts";
import { telemetry } from "../metrics.ts";
import { turn } from "../turn.ts";
import type { DigitModel, Probabilities } from "./model.ts";

/** Reads handwritten digits by a model. */
export class Digits {
  readonly #model: DigitModel;

  /** Makes the reader of this model. */
  constructor(model: DigitModel) {
    this.#model = model;
    telemetry.observe(this);
  }

  /**
   * Reads one image of 28x28 bytes; calls made within 2 ms share a batch. As many may wait as are
   * on the wall of the page; whoever comes on top of them hears at once that there is too much to do.
   *
   * @returns How probable each digit is, from 0 to 9.
   */
  @Batched({
    size: 64,
    maxWaitMs: 2,
    maxQueue: 4 * 64,
    hooks: telemetry.hooks,
  })
  classify(image: Uint8Array): Promise<Probabilities> {
    return one(this.classifyBatch([image]));
  }

  /** Reads several images in one call of the model, after a turn, as the ensemble does. */
  async classifyBatch(
    images: readonly Uint8Array[],
  ): Promise<Probabilities[]> {
    await turn();
    return await this.#model.classify(images);
  }

  /** The same without batches, to compare: a batch of one runs the method itself, at once. */
  @Batched({ size: 1, concurrency: Infinity, handler: "classifyBatch" })
  classifyAlone(image: Uint8Array): Promise<Probabilities> {
    return one(this.classifyBatch([image]));
  }
}
