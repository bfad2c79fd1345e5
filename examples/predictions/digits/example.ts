/**
 * What is known of a handwritten digit.
 *
 * @module
 */

/** A picture and the digit it shows. */
export interface Example {
  /** Row by row, 0 for paper to 255 for ink. */
  readonly image: Uint8Array<ArrayBuffer>;
  readonly digit: number;
}
