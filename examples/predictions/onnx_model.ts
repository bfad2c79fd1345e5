/**
 * The ensemble on ONNX Runtime Web. The runtime gets the model as a file, which
 * is written at the start from the same weights that the other engine uses.
 *
 * @module
 */

import type { Row } from "./diabetes.ts";
import { type Ensemble, readEnsemble } from "./ensemble.ts";
import type { Model, Prediction } from "./model.ts";
import { ensembleFile } from "./onnx/ensemble_file.ts";
import {
  type OnnxRuntime,
  type OnnxSession,
  openSession,
  runSession,
} from "./onnx/runtime.ts";
import { scaleRows, summarize } from "./scales.ts";

/** Loads the committed weights into `runtime`. */
export async function loadOnnxModel(runtime: OnnxRuntime): Promise<OnnxModel> {
  const ensemble = await readEnsemble();
  const session = await openSession(runtime, ensembleFile(ensemble));
  return new OnnxModel({ runtime, session, ensemble });
}

/** Blocks the thread while it computes, as the other engine does. */
export class OnnxModel implements Model {
  readonly #runtime: OnnxRuntime;
  readonly #session: OnnxSession;
  readonly #ensemble: Ensemble;

  /** Takes what {@link loadOnnxModel} has loaded. */
  constructor({ runtime, session, ensemble }: {
    readonly runtime: OnnxRuntime;
    readonly session: OnnxSession;
    readonly ensemble: Ensemble;
  }) {
    this.#runtime = runtime;
    this.#session = session;
    this.#ensemble = ensemble;
  }

  /** One prediction per row, equal to the last bit however many rows come along. */
  async predict(rows: readonly Row[]): Promise<Prediction[]> {
    if (rows.length === 0) return [];
    const dims = [rows.length, this.#ensemble.inputs.length];
    const scaled = scaleRows(this.#ensemble, rows);
    const input = new this.#runtime.Tensor("float32", scaled, dims);
    const answers = await runSession(this.#session, input);
    return rows.map((_, at) => summarize(this.#ensemble, answers, at));
  }
}
