/**
 * What does each feature cost, on top of the same batching without it?
 *
 *     deno task bench:features [--feature NAME] [--processes N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  type Feature,
  featureOf,
  features,
  scenarios,
} from "./features/features.ts";
import { apartTimes } from "./harness/apart.ts";
import { type Figures, figuresOf } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import type { Rounds } from "./harness/turns.ts";

const { values: wanted } = parseArgs({
  options: {
    feature: { type: "string", multiple: true },
    processes: { type: "string", default: "3" },
    ...REPORT_FLAGS,
  },
});

const names = scenarios.map(({ name }) => name);
const chosen = wanted.feature?.map(featureOf) ?? features;
const measured = chosen.map((feature) => ({
  feature,
  figures: names.map((scenario) => measure(feature, scenario)),
}));
report({
  title: "ns per call, and how many times what the first of each group takes",
  table: [
    ["", ...names],
    ...measured.flatMap(({ feature, figures }) => rowsOf(feature, figures)),
  ],
  demands: measured.flatMap(({ feature, figures }) =>
    feature.demand?.(figures.map((one) => Object.values(one)[1]!)) ?? []
  ),
  data: measured.map(({ feature: { name }, figures }) => ({
    feature: name,
    scenarios: names.map((name, index) => [name, figures[index]]),
  })),
}, wanted);

/** The figures of one scenario. */
function measure(
  { name }: Feature,
  scenario: string,
): Readonly<Record<string, Figures>> {
  console.error(`measuring ${name}, ${scenario} ...`);
  const file = new URL("./features/one_feature.ts", import.meta.url);
  const args = [name, scenario];
  return figuresOf(
    apartTimes<Rounds>(Number(wanted.processes), file, { args }),
  );
}

function rowsOf(
  { contestants }: Feature,
  figures: readonly Readonly<Record<string, Figures>>[],
): string[][] {
  return Object.keys(contestants).map((name, index) => [
    index === 0 ? name : `  ${name}`,
    ...figures.map((one) => cellOf(one[name]!)),
  ]);
}

function cellOf({ ns, ratio }: Figures): string {
  return `${ns.toFixed(0)} x${ratio.toFixed(2)}`;
}
