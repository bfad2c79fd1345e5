/**
 * The wall as it lies on disk, zipped.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Example } from "./example.ts";
import { hang } from "./wall.ts";

const file = new URL("./data/wall.bin.gz", import.meta.url);

/** The file as it is: to be sent with `content-encoding: gzip`. */
export async function zippedWall(): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await readFile(file));
}

/** Reads the committed wall. */
export async function readWall(): Promise<Example[]> {
  return hang(Uint8Array.from(gunzipSync(await zippedWall())));
}

/** Writes what {@link readWall} reads. */
export async function writeWall(examples: readonly Example[]): Promise<void> {
  const bytes = Uint8Array.from([
    ...examples.flatMap(({ image }) => [...image]),
    ...examples.map(({ digit }) => digit),
  ]);
  await writeFile(file, gzipSync(bytes, { level: 9 }));
}
