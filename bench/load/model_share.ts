/**
 * What a row costs the model of the example in batches of some size: `model_share.ts SIZE`. Prints
 * microseconds of CPU time, a number for each round.
 *
 * @module
 */
import process from "node:process";
import { readDiabetes } from "../../examples/predictions/diabetes.ts";
import { loadTfjsModel } from "../../examples/predictions/tfjs_model.ts";

const ROUNDS = 5;
const ROUND_MS = 150;

const size = Number(process.argv[2]);
const model = await loadTfjsModel();
const { training } = await readDiabetes();
const rows = training.slice(0, size).map(({ row }) => row);

const costs = Array.from({ length: ROUNDS }, costOfRow);
console.log(JSON.stringify(costs));

function costOfRow(): number {
  const begun = performance.now();
  const before = process.cpuUsage();
  let done = 0;
  while (performance.now() - begun < ROUND_MS) {
    model.predict(rows);
    done += rows.length;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / done;
}
