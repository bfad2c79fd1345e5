/**
 * Drives one endpoint from a process of its own, so that the server has a
 * core to itself: `driver.ts PORT PATH CALLERS MILLISECONDS`. Prints the report
 * as JSON.
 *
 * @module
 */

import { readDiabetes } from "../diabetes.ts";
import { runClosedLoop } from "./closed_loop.ts";

const [port, path, callers, durationMs] = process.argv.slice(2);
const { training } = await readDiabetes();
const report = await runClosedLoop({
  port: Number(port),
  path: path!,
  callers: Number(callers),
  durationMs: Number(durationMs),
  bodies: training.map(({ row }) => JSON.stringify(row)),
});
console.log(JSON.stringify(report));
