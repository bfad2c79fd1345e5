/**
 * How much more can the service of the example bear with batches than without?
 *
 * An open loop loads both endpoints, more and more, and then the batched one with more than it can do.
 *
 *     deno task load [--quick] [--out FOLDER] [--picture FILE] [--json] [--check]
 *
 * `load.html` and `load.json` are written into FOLDER, `load_report` unless told otherwise.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { short } from "./harness/demand.ts";
import { machine } from "./harness/machine.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import type { Table } from "./harness/table.ts";
import { pictureOf } from "./load/charts.ts";
import { demandsOf } from "./load/findings.ts";
import { pageOf } from "./load/page.ts";
import type { Seen } from "./load/seen.ts";
import { type Effort, type Trial, trial } from "./load/trial.ts";

const { values: wanted } = parseArgs({
  options: {
    ...REPORT_FLAGS,
    quick: { type: "boolean", default: false },
    out: { type: "string", default: "load_report" },
    picture: { type: "string" },
  },
});

const effort: Effort = wanted.quick
  ? { seconds: 1, tries: 1, factor: 2, rounds: 2 }
  : { seconds: 2, tries: 2, factor: 1.5, rounds: 9 };
const found = await trial(effort, (what) => console.error(`${what} ...`));
const demands = demandsOf(found);

const page = {
  trial: found,
  demands,
  machine: machine(),
  date: new Date().toISOString().slice(0, 10),
};
mkdirSync(wanted.out, { recursive: true });
writeFileSync(join(wanted.out, "load.html"), pageOf(page));
writeFileSync(
  join(wanted.out, "load.json"),
  JSON.stringify(page, null, 2) + "\n",
);
if (wanted.picture !== undefined) {
  const { runtime, cores } = page.machine;
  const where = `the example on ${runtime}, ${cores} cores with the generator`;
  writeFileSync(wanted.picture, pictureOf(found, where));
}
report({
  title: `Requests per second that come, and that are answered within a second;
the report: ${join(wanted.out, "load.html")}`,
  table: tableOf(found),
  demands,
  data: found,
}, wanted);

function tableOf({ alone, batched, prices, overload }: Trial): Table {
  return [
    ["", "come", "good", "p50 ms", "p95 ms", "mean batch", "lateness ms"],
    ...[alone, batched].flatMap(({ path, steps, beside }) =>
      [...steps, ...beside].map((step) => [path, ...figuresOf(step)])
    ),
    ...overload.rounds.map(({ capacities, r, load, served, allowed, seen }) => [
      `can do ${capacities.map((each) => each.toFixed(0)).join(", ")}: ${
        load.toFixed(2)
      } x, r ${r.toFixed(2)}, served ${served.toFixed(2)} of ${
        allowed.toFixed(2)
      }, refused in ${short(seen.refusalP95Ms)} ms`,
      ...figuresOf(seen),
    ]),
    [
      `CPU, us: ${short(prices.aloneUs)} alone, ${
        short(prices.batchedUs)
      } batched (${short(prices.gain)} x less), ${short(prices.bareUs)} bare, ${
        short(prices.modelUs)
      } model`,
    ],
  ];
}

function figuresOf(
  { offered, good, p50Ms, p95Ms, meanBatch, latenessMs }: Seen,
): string[] {
  return [
    offered.toFixed(0),
    good.toFixed(0),
    ...[p50Ms, p95Ms, meanBatch, latenessMs].map(short),
  ];
}
