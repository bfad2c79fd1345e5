/**
 * The port between the service and whatever reads digits for it.
 *
 * @module
 */

/** How probable each digit is, from 0 to 9; together 1. */
export type Probabilities = readonly number[];

/** An engine that reads several images in one go. */
export interface DigitModel {
  /**
   * Ten probabilities per image, in their order; an image's answer depends on that image alone. An
   * image has 28 rows of 28 points, 0 for paper to 255 for ink.
   */
  classify(
    images: readonly Uint8Array[],
  ): Probabilities[] | Promise<Probabilities[]>;
}
