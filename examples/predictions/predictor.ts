/**
 * What the service is about: `predict` is written as if for one row, and its
 * calls travel in batches.
 *
 * @module
 */

import { Batched, one } from "../../mod.ts";
import type { Row } from "./diabetes.ts";
import { telemetry } from "./metrics.ts";
import type { Model, Prediction } from "./model.ts";
import { turn } from "./turn.ts";

/** Answers rows by a model. */
export class Predictor {
  readonly #model: Model;

  /** Makes the predictor of this model. */
  constructor(model: Model) {
    this.#model = model;
    telemetry.observe(this);
  }

  /**
   * Predicts one row; calls made within 2 ms share a batch. A batch of 64 costs
   * less than two of one, so a little waiting pays as soon as callers are many.
   * No more may wait than fill three batches: whoever comes on top of them hears
   * at once that there is too much to do.
   */
  @Batched({
    size: 64,
    maxWaitMs: 2,
    maxQueue: 3 * 64,
    hooks: telemetry.hooks,
  })
  predict(row: Row): Promise<Prediction> {
    return one(this.predictBatch([row]));
  }

  /**
   * Predicts several rows in one call of the model, after two turns of the event loop: the model
   * computes on the thread that also reads requests. Without them batch would follow batch while
   * there are calls, and nobody would be read meanwhile, not even to be refused. A turn of Deno
   * sees to 61 connections, which are fewer than are answered and come while a batch runs.
   */
  async predictBatch(rows: readonly Row[]): Promise<Prediction[]> {
    await turn();
    await turn();
    return await this.#model.predict(rows);
  }

  /** The same without batches, to compare: a batch of one runs the method itself, at once. */
  @Batched({ size: 1, concurrency: Infinity, handler: "predictBatch" })
  async predictAlone(row: Row): Promise<Prediction> {
    const [prediction] = await this.#model.predict([row]);
    return prediction!;
  }

  /** Gives the row back. */
  @Batched({ size: 1, concurrency: Infinity, handler: (rows: Row[]) => rows })
  async echo(row: Row): Promise<Row> {
    return await row;
  }
}
