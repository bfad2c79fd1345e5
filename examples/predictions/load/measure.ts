/**
 * Measures one endpoint of a running service.
 *
 * @module
 */

import { batcherOf } from "../../../mod.ts";
import { spawnScript } from "../runtimes/spawn.ts";
import type { Service } from "../service.ts";
import type { LoadReport } from "./closed_loop.ts";

/** What was measured of an endpoint. */
export interface Measured extends LoadReport {
  readonly path: string;
  /** Rows per call of the model in `/optimized_predict`; elsewhere there are no batches. */
  readonly meanBatch: number | undefined;
}

/** What to measure, and for how long. */
export interface Measurement {
  readonly path: string;
  readonly callers: number;
  readonly seconds: number;
  /** Aborts when the process is about to end. */
  readonly ending: AbortSignal;
}

const driver = new URL("./driver.ts", import.meta.url);
/** The first requests compile code: they are not what is to be measured. */
const warmUpMs = 500;

/** Drives the endpoint from another process and shows how far it is. */
export async function measure(
  service: Service,
  measurement: Measurement,
): Promise<Measured> {
  const { path, seconds } = measurement;
  await drive(service, measurement, warmUpMs);
  const batcher = batcherOf(service.predictor, "predict");
  const before = batcher.stats();
  const stopProgress = showProgress(path, seconds);
  const report = await drive(service, measurement, seconds * 1000)
    .finally(stopProgress);
  const after = batcher.stats();
  const batches = after.batches - before.batches;
  const meanBatch = batches > 0
    ? (after.results - before.results) / batches
    : undefined;
  return { ...report, path, meanBatch };
}

async function drive(
  { port }: Service,
  { path, callers, ending }: Measurement,
  durationMs: number,
): Promise<LoadReport> {
  const args = [port, path, callers, durationMs].map(String);
  const child = spawnScript(driver, args);
  const kill = () => child.kill();
  ending.addEventListener("abort", kill);
  let output = "";
  child.stdout!.on("data", (bytes) => output += bytes);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  ending.removeEventListener("abort", kill);
  // Killed, the driver has nothing to report, and this process ends in a moment.
  if (ending.aborted) return await new Promise<never>(() => {});
  if (code !== 0) throw new Error(`Cannot measure ${path}: the driver failed`);
  return JSON.parse(output);
}

/** One line that grows, on a terminal and in a log alike. */
function showProgress(path: string, seconds: number): () => void {
  process.stdout.write(`${path.padEnd(20)} ${seconds} s `);
  const timer = setInterval(() => process.stdout.write("."), 250);
  return () => {
    clearInterval(timer);
    process.stdout.write("\n");
  };
}
