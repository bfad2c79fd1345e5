/**
 * Runs the shared suite everywhere and prints what passed where.
 *
 *     deno task matrix [names of runtimes]
 *
 * @module
 */
import process from "node:process";
import type { BehaviourOutcome } from "../outcomes.ts";
import { suite } from "../suite.ts";
import { type Runtime, runtimes } from "./runtimes.ts";
import { allPassed, type RuntimeOutcomes, table } from "./table.ts";

const names = process.argv.slice(2);
const chosen = runtimes.filter(({ name }) =>
  names.length === 0 || names.includes(name)
);
// One after the other: what they wait for is short.
const columns: RuntimeOutcomes[] = [];
for (const { name, run } of chosen) {
  columns.push({ runtime: name, outcomes: await outcomesOf(run) });
}
console.log(table(columns));
process.exitCode = allPassed(columns, suite.length) ? 0 : 1;

/** A runtime that cannot be started has passed nothing. */
async function outcomesOf(run: Runtime["run"]): Promise<BehaviourOutcome[]> {
  try {
    return await run();
  } catch (error) {
    const { message } = error as Error;
    return [{ name: "It starts", state: "failed", detail: message }];
  }
}
