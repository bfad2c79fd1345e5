/**
 * Serves the Worker on this machine:
 *
 *     deno task demo:edge [--port N]
 *
 * and reads some digits, to show that requests share batches.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readWall } from "../predictions/digits/wall_file.ts";
import { Workerd } from "./workerd.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8787" },
    once: { type: "boolean", default: false },
  },
});

const workerd = await Workerd.start([{
  entry: fileURLToPath(new URL("./worker.ts", import.meta.url)),
  date: "2026-11-01",
  objects: { DIGITS: "DigitsObject" },
  port: Number(values.port),
}]);
const url = `http://127.0.0.1:${workerd.ports[0]}`;

const wall = await readWall();
const answers = await Promise.all(wall.map(({ image }) => read(image)));
const right = wall.filter(({ digit }, index) => answers[index] === digit);
const counts = await (await fetch(`${url}/counts`)).json();
console.log(
  `${right.length} of ${wall.length} digits were read right, in ${counts.batches} batches`,
);
if (values.once) await workerd.stop();
else {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => workerd.stop());
  }
  console.log(`POST 784 bytes to ${url}/classify; Ctrl+C stops`);
}

/** The most probable digit. */
async function read(image: Uint8Array<ArrayBuffer>): Promise<number> {
  const answer = await fetch(`${url}/classify`, {
    method: "POST",
    body: image,
  });
  const probabilities: number[] = await answer.json();
  return probabilities.indexOf(Math.max(...probabilities));
}
