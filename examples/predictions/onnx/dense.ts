/**
 * A dense layer in an ONNX file.
 *
 * @module
 */

import type { Layer } from "../ensemble.ts";
import type { Graph } from "./graph.ts";

/** Adds a dense layer. @returns the name of what comes out of it. */
export function dense(
  graph: Graph,
  x: string,
  { inputs, outputs, weights, bias }: Layer,
): string {
  const b = graph.constant(weights, [inputs, outputs]);
  return graph.add("Gemm", [x, b, graph.constant(bias, [outputs])]);
}
