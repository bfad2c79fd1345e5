/**
 * Writes ONNX files: a graph of operators, with the numbers of the model in it.
 * Names of fields and operators are those of the format.
 *
 * @module
 */

import { bytesField, joined, numberField } from "./protobuf.ts";

/** How the elements of a tensor are stored, by the numbers of the format. */
const elementTypes = { float32: 1, uint8: 2 } as const;

/** What goes in or comes out. */
export interface Port {
  readonly name: string;
  readonly type: keyof typeof elementTypes;
  /** A name stands for a size that a call decides. */
  readonly dims: readonly (number | string)[];
}

/** A graph while it grows, from its input on. */
export class Graph {
  readonly #nodes: Uint8Array[] = [];
  readonly #constants: Uint8Array[] = [];
  // Names are given here, so that they cannot meet.
  #names = 0;

  /** Adds an operator. @returns the name of what comes out of it. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
  ): string {
    const output = this.#newName(operator);
    this.#nodes.push(joined([
      ...inputs.map((name) => bytesField(1, name)),
      bytesField(2, output),
      bytesField(4, operator),
      ...Object.entries(attributes).map(([name, value]) =>
        bytesField(5, attribute(name, value))
      ),
    ]));
    return output;
  }

  /** Adds numbers of the model. @returns their name. */
  constant(values: Float32Array, dims: readonly number[]): string {
    const name = this.#newName("constant");
    const bytes = new Uint8Array(
      values.buffer,
      values.byteOffset,
      values.byteLength,
    );
    this.#constants.push(joined([
      ...dims.map((dim) => numberField(1, dim)),
      numberField(2, elementTypes.float32),
      bytesField(8, name),
      bytesField(9, bytes),
    ]));
    return name;
  }

  /** The file. */
  finish(input: Port, output: Port): Uint8Array<ArrayBuffer> {
    const graph = joined([
      ...this.#nodes.map((node) => bytesField(1, node)),
      bytesField(2, "graph"),
      ...this.#constants.map((constant) => bytesField(5, constant)),
      bytesField(11, portMessage(input)),
      bytesField(12, portMessage(output)),
    ]);
    // Version 8 of the format, and version 17 of its operators.
    const operators = joined([bytesField(1, ""), numberField(2, 17)]);
    return joined([
      numberField(1, 8),
      bytesField(7, graph),
      bytesField(8, operators),
    ]);
  }

  #newName(kind: string): string {
    return `${kind}_${this.#names++}`;
  }
}

function attribute(
  name: string,
  value: number | readonly number[],
): Uint8Array {
  const [kind, fields] = typeof value === "number"
    ? [2, [numberField(3, value)]] as const
    : [7, value.map((entry) => numberField(8, entry))] as const;
  return joined([bytesField(1, name), ...fields, numberField(20, kind)]);
}

function portMessage({ name, type, dims }: Port): Uint8Array {
  const shape = joined(dims.map((dim) => {
    const size = typeof dim === "number"
      ? numberField(1, dim)
      : bytesField(2, dim);
    return bytesField(1, size);
  }));
  const tensor = joined([
    numberField(1, elementTypes[type]),
    bytesField(2, shape),
  ]);
  return joined([bytesField(1, name), bytesField(2, bytesField(1, tensor))]);
}
