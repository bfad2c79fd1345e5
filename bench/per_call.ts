/**
 * What does a call cost, next to the same batching written by hand, and with others?
 *
 *     deno task bench [--scenario NAME] [--lineup NAME] [--processes N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { apartTimes } from "./harness/apart.ts";
import { figuresOf } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import type { Rounds } from "./harness/turns.ts";
import { findingsOf, type Measured } from "./per_call/findings.ts";
import { lineups } from "./per_call/lineups.ts";
import { scenarioOf, scenarios } from "./per_call/scenarios.ts";

const { values: wanted } = parseArgs({
  options: {
    scenario: { type: "string", multiple: true },
    lineup: { type: "string", multiple: true },
    processes: { type: "string" },
    ...REPORT_FLAGS,
  },
});

const chosen = wanted.scenario?.map(scenarioOf) ?? scenarios;
const names = wanted.lineup ?? Object.keys(lineups);
const measured = chosen.map(({ name }): Measured => ({
  scenario: name,
  figures: Object.assign({}, ...names.map((lineup) => measure(name, lineup))),
}));
report(findingsOf(measured), wanted);

function measure(scenario: string, lineup: string): Measured["figures"] {
  console.error(`measuring ${scenario}, ${lineup} ...`);
  const processes = Number(wanted.processes ?? lineups[lineup]!.processes);
  const file = new URL("./per_call/one_lineup.ts", import.meta.url);
  const args = [scenario, lineup];
  return figuresOf(apartTimes<Rounds>(processes, file, { args }));
}
