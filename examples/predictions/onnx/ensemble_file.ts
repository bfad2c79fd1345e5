/**
 * The ensemble as an ONNX file: the same layers as on the other engine.
 *
 * @module
 */

import { type Ensemble, joinLayers } from "../ensemble.ts";
import { dense } from "./dense.ts";
import { Graph } from "./graph.ts";

/** Writes the file; `rows` of any number go in, the answers of all networks come out. */
export function ensembleFile({ networks }: Ensemble): Uint8Array {
  const graph = new Graph();
  const hidden = networks.map((layers) =>
    layers.slice(0, -1).reduce(
      (x, layer) => graph.add("Relu", [dense(graph, x, layer)]),
      "rows",
    )
  );
  const last = joinLayers(networks.map((layers) => layers.at(-1)!));
  const joined = graph.add("Concat", hidden, { axis: 1 });
  const answers = dense(graph, joined, last);
  const { inputs } = networks[0]![0]!;
  return graph.finish(
    { name: "rows", type: "float32", dims: ["n", inputs] },
    { name: answers, type: "float32", dims: ["n", networks.length] },
  );
}
