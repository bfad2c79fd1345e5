/**
 * What does a policy bring on a real clock?
 *
 *     deno task bench:policies [--rounds N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { adaptive, natural, type Policy, window } from "../mod.ts";
import { atLeast, atMost, type Demand } from "./harness/demand.ts";
import { median } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import { thinking, throughput } from "./policies/closed_loop.ts";
import { capacity, type Outcome, overload } from "./policies/overload.ts";

const { values: wanted } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, ...REPORT_FLAGS },
});
const rounds = Array.from({ length: Number(wanted.rounds) });

const policies: Readonly<Record<string, Policy>> = {
  "natural()": natural(),
  "window(5)": window(5),
  "adaptive()": adaptive(),
};
const CALLERS = 64;
const TARGET_MS = 60;
const shedding: Readonly<Record<string, Policy>> = {
  "natural()": natural(),
  "adaptive({ targetMs })": adaptive({ targetMs: TARGET_MS }),
  "adaptive({ targetMs, shed })": adaptive({
    targetMs: TARGET_MS,
    shed: true,
  }),
};

const loops: Awaited<ReturnType<typeof loop>>[] = [];
for (const name of Object.keys(thinking)) loops.push(await loop(name));
const overloads = await overloaded(1.5);
report({
  title:
    `Answers per second to ${CALLERS} callers who call again, by what they do between; then at 1.5 times the capacity
of ${
      overloads.capacity.toFixed(0)
    } per second: answers within ${TARGET_MS} ms, of the capacity; late ones, of all answers; refused
calls, of all; and in what time 99 of 100 of those hear of it`,
  table: [
    ["", ...Object.keys(thinking), "", ""],
    ...Object.keys(policies).map((name) => [
      name,
      ...loops.map((loop) =>
        `${loop[name]!.perSecond.toFixed(0)} x${loop[name]!.ratio.toFixed(2)}`
      ),
      "",
      "",
    ]),
    ["overload", "in time", "late", "refused", "heard"],
    ...Object.entries(overloads.outcomes).map(([name, outcome]) => [
      name,
      percent(outcome.goodput / overloads.capacity),
      percent(outcome.late),
      percent(outcome.refused),
      `${outcome.refusalMs.toFixed(2)} ms`,
    ]),
  ],
  demands: demands(),
  data: { loops, overloads },
}, wanted);

function demands(): Demand[] {
  const { goodput, refusalMs } = overloads
    .outcomes["adaptive({ targetMs, shed })"]!;
  return [
    atLeast(
      "throughput of adaptive / natural, callers of a few turns",
      loops[0]!["adaptive()"]!.ratio,
      1.4,
    ),
    atLeast("goodput / capacity", goodput / overloads.capacity, 0.9),
    atMost("ms until a refusal is heard of", refusalMs, 1),
  ];
}

/** By policy: the answers per second, and how many times natural's of the same round. */
async function loop(
  think: string,
): Promise<Record<string, { perSecond: number; ratio: number }>> {
  console.error(`measuring callers who think for ${think} ...`);
  const names = Object.keys(policies);
  const measured: Record<string, number>[] = [];
  for (const _ of rounds) {
    const round: Record<string, number> = {};
    for (const name of names) {
      round[name] = await throughput(
        policies[name]!,
        CALLERS,
        thinking[think]!,
      );
    }
    measured.push(round);
  }
  const figures = names.map((name) => [name, {
    perSecond: median(measured.map((round) => round[name]!)),
    ratio: median(
      measured.map((round) => round[name]! / round["natural()"]!),
    ),
  }]);
  return Object.fromEntries(figures);
}

/** By policy: what becomes of so many times the calls that can be served. */
async function overloaded(
  times: number,
): Promise<{ capacity: number; outcomes: Record<string, Outcome> }> {
  console.error("measuring overload ...");
  const most = await capacity();
  const load = { perSecond: times * most, targetMs: TARGET_MS };
  const outcomes: Record<string, Outcome> = {};
  for (const [name, policy] of Object.entries(shedding)) {
    outcomes[name] = await overload(policy, load);
  }
  return { capacity: most, outcomes };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
