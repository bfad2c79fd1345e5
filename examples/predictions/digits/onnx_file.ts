/**
 * The network for digits as an ONNX file: the same layers as on the other
 * engines, around them what turns bytes into numbers.
 *
 * @module
 */

import { dense } from "../onnx/dense.ts";
import { Graph } from "../onnx/graph.ts";
import {
  type Convolution,
  kernel,
  type Network,
  side,
  stride,
} from "./network.ts";

/** Writes the file; images of any number go in, their scores come out. */
export function digitsFile(
  { convolutions, dense: layers }: Network,
): Uint8Array {
  const graph = new Graph();
  const numbers = graph.add("Cast", ["images"], { to: 1 });
  const seen = convolutions.reduce(
    (x, layer) => convolve(graph, x, layer),
    numbers,
  );
  // The format has channels before points, the weights expect them behind.
  const turned = graph.add("Transpose", [seen], { perm: [0, 2, 3, 1] });
  const scores = layers.reduce((x, layer, index) => {
    const said = dense(graph, x, layer);
    return index < layers.length - 1 ? graph.add("Relu", [said]) : said;
  }, graph.add("Flatten", [turned], { axis: 1 }));
  return graph.finish(
    { name: "images", type: "uint8", dims: ["n", 1, side, side] },
    { name: scores, type: "float32", dims: ["n", layers.at(-1)!.outputs] },
  );
}

function convolve(graph: Graph, x: string, layer: Convolution): string {
  const { outputs, channels, bias } = layer;
  const weights = graph.constant(filtersFirst(layer), [
    outputs,
    channels,
    kernel,
    kernel,
  ]);
  const said = graph.add(
    "Conv",
    [x, weights, graph.constant(bias, [outputs])],
    {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      // Top and left, then bottom and right.
      pads: [0, 0, 1, 1],
    },
  );
  return graph.add("Relu", [said]);
}

/** From points, channels, filters to filters, channels, points. */
function filtersFirst(
  { outputs, channels, weights }: Convolution,
): Float32Array {
  const points = kernel * kernel;
  const turned = new Float32Array(weights.length);
  for (let point = 0; point < points; point++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let filter = 0; filter < outputs; filter++) {
        turned[(filter * channels + channel) * points + point] =
          weights[(point * channels + channel) * outputs + filter]!;
      }
    }
  }
  return turned;
}
