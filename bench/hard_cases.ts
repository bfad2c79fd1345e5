/**
 * What becomes of the callers when things go wrong, here and with others?
 *
 *     deno task bench:hard-cases [--json]
 *
 * Each batcher has a process of its own, and is used as its documentation says.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { apart } from "./harness/apart.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import { cases } from "./hard_cases/cases.ts";
import { peers } from "./hard_cases/peers.ts";

const { values: wanted } = parseArgs({ options: REPORT_FLAGS });

const file = new URL("./hard_cases/one_peer.ts", import.meta.url);
const ends = Object.fromEntries(
  Object.keys(peers).map((name) => [
    name,
    apart<string[]>(file, { args: [name] }),
  ]),
);
report({
  title: "What becomes of three callers, and when batches leave",
  table: cases.flatMap(({ name }, index) => [
    [name, ""],
    ...Object.entries(ends).map((
      [peer, ends],
    ) => [`  ${peer}`, ends[index]!]),
  ]),
  demands: [],
  data: ends,
}, wanted);
