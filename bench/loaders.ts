/**
 * What does a loader cost that is made for one request, and how much memory does it take?
 *
 *     deno task bench:loaders [--processes N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { apart, apartTimes } from "./harness/apart.ts";
import { atMost } from "./harness/demand.ts";
import { figuresOf } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import type { Rounds } from "./harness/turns.ts";
import { KEYS, loaders } from "./loaders/loaders.ts";

const { values: wanted } = parseArgs({
  options: { processes: { type: "string", default: "3" }, ...REPORT_FLAGS },
});

const file = new URL("./loaders/one_process.ts", import.meta.url);
console.error("measuring ...");
const figures = figuresOf(
  apartTimes<Rounds>(Number(wanted.processes), file, {}),
);
const bytes = Object.fromEntries(
  Object.keys(loaders).map((name) => [name, weigh(name)]),
);
report({
  title:
    `A request that makes a loader and loads ${KEYS} keys: us, as many times the floor, and bytes while it is kept`,
  table: [
    ["", "us", "", "bytes"],
    ...Object.entries(figures).map(([name, { ns, ratio }]) => [
      name,
      (ns / 1000).toFixed(1),
      `x${ratio.toFixed(1)}`,
      bytes[name]!.toFixed(0),
    ]),
  ],
  demands: [
    atMost("us of a request", figures["batched/dataloader"]!.ns / 1000, 50),
    atMost("bytes of a loader", bytes["batched/dataloader"]!, 16_000),
  ],
  data: { figures, bytes },
}, wanted);

function weigh(name: string): number {
  console.error(`weighing ${name} ...`);
  return apart<number>(file, { args: [name], gc: true });
}
