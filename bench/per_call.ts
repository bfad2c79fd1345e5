/**
 * What does a call cost, next to the same batching written by hand?
 *
 *     deno task bench [--scenario NAME] [--processes N] [--rounds N] [--json] [--check]
 *
 * Each scenario runs in processes of its own: what one leaves behind cannot slow the
 * next one down. In several of them, since engines decide early in a process how
 * they collect its garbage, and not always alike.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { machine } from "./per_call/machine.ts";
import { isGood, type Report, reportOf, textOf } from "./per_call/report.ts";
import { figuresOf, type Measured, type Rounds } from "./per_call/rounds.ts";
import { type Scenario, scenarioOf, scenarios } from "./per_call/scenarios.ts";

const { values: wanted } = parseArgs({
  options: {
    scenario: { type: "string", multiple: true },
    processes: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});

const chosen = wanted.scenario?.map(scenarioOf) ?? scenarios;
const report: Report = reportOf(machine(), chosen.map(measuredApart));
console.log(wanted.json ? JSON.stringify(report, null, 2) : textOf(report));
if (wanted.check && !isGood(report)) process.exitCode = 1;

/** Measures a scenario in other processes of this runtime. */
function measuredApart({ name }: Scenario): Measured {
  console.error(`measuring ${name} ...`);
  const processes = Array.from(
    { length: Number(wanted.processes) },
    () => roundsApart(name),
  );
  return { scenario: name, figures: figuresOf(processes) };
}

/** The rounds of one other process. */
function roundsApart(name: string): Rounds {
  const file = join(import.meta.dirname ?? ".", "per_call/one_scenario.ts");
  const run = "deno" in process.versions ? ["run", "-A"] : process.execArgv;
  const output = execFileSync(
    process.execPath,
    [...run, file, name, wanted.rounds],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  return JSON.parse(output);
}
