/**
 * The port between the service and whatever computes its answers.
 *
 * @module
 */

import type { Row } from "./diabetes.ts";

/** What the ensemble says of one row. */
export interface Prediction {
  /** The mean of its networks' answers: the expected progression. */
  readonly mean: number;
  /** The standard deviation of these answers: how far the networks disagree. */
  readonly std: number;
}

/** An engine that answers several rows in one go. */
export interface Model {
  /** One prediction per row, in their order; a row's answer depends on that row alone. */
  predict(rows: readonly Row[]): Prediction[] | Promise<Prediction[]>;
}
