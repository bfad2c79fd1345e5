/**
 * The trained network as it lies on disk: `weights/network.json` has its shape,
 * `weights/network.bin` its numbers as little-endian float32.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { type Network, networkOf, shape } from "./network.ts";

const header = new URL("./weights/network.json", import.meta.url);
const numbers = new URL("./weights/network.bin", import.meta.url);

/** Reads the committed weights. */
export async function readNetwork(): Promise<Network> {
  const [text, bytes] = await Promise.all([
    readFile(header, "utf8"),
    readFile(numbers),
  ]);
  // Copied, because a float32 view needs an aligned start and `bytes` may lie anywhere.
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  return networkOf(JSON.parse(text), values);
}

/** Writes what {@link readNetwork} reads. */
export async function writeNetwork(network: Network): Promise<void> {
  const layers = [...network.convolutions, ...network.dense];
  const values = layers.flatMap(({ weights, bias }) => [...weights, ...bias]);
  await writeFile(header, JSON.stringify(shape, null, 2) + "\n");
  await writeFile(numbers, new Uint8Array(Float32Array.from(values).buffer));
}
