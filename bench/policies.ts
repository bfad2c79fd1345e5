/**
 * What does a policy bring on a real clock?
 *
 *     deno task bench:policies [--rounds N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { adaptive, natural, type Policy, window } from "../mod.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import { thinking, throughput } from "./policies/closed_loop.ts";
import { findingsOf, type Loop } from "./policies/findings.ts";
import { overload, TARGET_MS } from "./policies/overload.ts";

const { values: wanted } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, ...REPORT_FLAGS },
});

const callAgain: Readonly<Record<string, Policy>> = {
  "natural()": natural(),
  "window(5)": window(5),
  "adaptive()": adaptive(),
};
const comeAnyway: Readonly<Record<string, Policy>> = {
  "natural()": natural(),
  "adaptive({ targetMs })": adaptive({ targetMs: TARGET_MS }),
  "adaptive({ targetMs, shed })": adaptive({
    targetMs: TARGET_MS,
    shed: true,
  }),
};

const loops: Record<string, Loop> = {};
for (const [name, think] of Object.entries(thinking)) {
  console.error(`measuring callers who call again after ${name} ...`);
  loops[name] = await inRounds(
    callAgain,
    (policy) => throughput(policy, think),
  );
}
console.error("measuring overload ...");
const overloads = await inRounds(comeAnyway, overload);
report(findingsOf({ loops, overloads }), wanted);

/** Measures all policies in turns; by policy: the figure of each round. */
async function inRounds<Figure>(
  policies: Readonly<Record<string, Policy>>,
  measure: (policy: Policy) => Promise<Figure>,
): Promise<Record<string, Figure[]>> {
  const figures: Record<string, Figure[]> = {};
  for (let round = 0; round < Number(wanted.rounds); round++) {
    for (const [name, policy] of Object.entries(policies)) {
      (figures[name] ??= []).push(await measure(policy));
    }
  }
  return figures;
}
