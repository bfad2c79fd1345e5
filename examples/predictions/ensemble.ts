/**
 * The trained model as it lies on disk: sixteen small networks and the scales
 * of their inputs and output. `weights/ensemble.json` describes it,
 * `weights/ensemble.bin` holds the numbers: per network and layer first the
 * weights, row by row (an input's weights to all outputs), then the biases, all
 * little-endian float32.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";

/** A dense layer: `outputs[j] = bias[j] + sum of inputs[i] * weights[i * outputs + j]`. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Layers from the row to the answer, a ReLU between each two. */
export type Network = readonly Layer[];

/** Where a quantity lies, to bring it to mean 0 and deviation 1 and back. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** Networks that saw different samples of the data; where they disagree the answer is unsure. */
export interface Ensemble {
  readonly networks: readonly Network[];
  /** One for each number of a row. */
  readonly inputs: readonly Scale[];
  readonly output: Scale;
}

/** Widths from the row to the answer. */
export const widths: readonly number[] = [10, 32, 32, 1];

/** How many networks there are. */
export const networkCount = 16;

const header = new URL("./weights/ensemble.json", import.meta.url);
const numbers = new URL("./weights/ensemble.bin", import.meta.url);

/** Reads the committed weights. */
export async function readEnsemble(): Promise<Ensemble> {
  const [text, bytes] = await Promise.all([
    readFile(header, "utf8"),
    readFile(numbers),
  ]);
  const { networks, widths, inputs, output } = JSON.parse(text);
  // Copied, because a float32 view needs an aligned start and `bytes` may lie anywhere.
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  return {
    networks: splitNetworks(values, networks, widths),
    inputs,
    output,
  };
}

/** Writes what {@link readEnsemble} reads. */
export async function writeEnsemble(ensemble: Ensemble): Promise<void> {
  const { networks, inputs, output } = ensemble;
  const description = { networks: networks.length, widths, inputs, output };
  const parts = networks.flat().flatMap((layer) => [layer.weights, layer.bias]);
  const bytes = new Uint8Array(parts.reduce((sum, p) => sum + p.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(
      new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
      at,
    );
    at += part.byteLength;
  }
  await writeFile(header, JSON.stringify(description, null, 2) + "\n");
  await writeFile(numbers, bytes);
}

/** Layers side by side as one: its inputs and outputs are theirs in a row, with weights of 0 across. */
export function joinLayers(layers: readonly Layer[]): Layer {
  const inputs = layers.reduce((sum, layer) => sum + layer.inputs, 0);
  const outputs = layers.reduce((sum, layer) => sum + layer.outputs, 0);
  const weights = new Float32Array(inputs * outputs);
  const bias = new Float32Array(outputs);
  let top = 0;
  let left = 0;
  for (const layer of layers) {
    for (let i = 0; i < layer.inputs; i++) {
      const row = layer.weights.subarray(
        i * layer.outputs,
        (i + 1) * layer.outputs,
      );
      weights.set(row, (top + i) * outputs + left);
    }
    bias.set(layer.bias, left);
    top += layer.inputs;
    left += layer.outputs;
  }
  return { inputs, outputs, weights, bias };
}

function splitNetworks(
  values: Float32Array,
  count: number,
  widths: readonly number[],
): Network[] {
  let at = 0;
  const take = (length: number) => values.subarray(at, at += length);
  return Array.from(
    { length: count },
    () =>
      widths.slice(1).map((outputs, index) => {
        const inputs = widths[index]!;
        const weights = take(inputs * outputs);
        return { inputs, outputs, weights, bias: take(outputs) };
      }),
  );
}
