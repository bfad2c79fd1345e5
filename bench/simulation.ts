/**
 * How close is the shipped scheduler to the best that is possible, and how far are
 * others?
 *
 *     deno task simulate [--goal G5] [--seed N] [--quick] [--cases] [--check]
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { others, ours } from "./simulation/entrants.ts";
import { goals } from "./simulation/goals/goals.ts";

const { values: wanted } = parseArgs({
  options: {
    goal: { type: "string", multiple: true },
    seed: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    cases: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const isQuick = wanted.quick;
const seeds = wanted.seed?.map(Number) ?? [1];
const effort = { isQuick, seeds, items: isQuick ? 20_000 : 100_000 };

for (const goal of goals) {
  if (wanted.goal && !wanted.goal.includes(goal.id)) continue;
  const sign = goal.isCeiling ? "<=" : ">=";
  console.log(`\n${goal.id} ${goal.title} (${sign} ${goal.limit})`);
  const cases = goal.cases(effort);
  for (const entrant of [ours, ...others]) {
    const values = cases.map((one) => one.value(entrant));
    const value = goal.combine(values);
    const isGood = goal.isCeiling ? value <= goal.limit : value >= goal.limit;
    if (entrant === ours && !isGood && wanted.check) process.exitCode = 1;
    const mark = isGood ? "" : "✗";
    console.log(`  ${entrant.name.padEnd(20)} ${value.toFixed(3)} ${mark}`);
    if (!wanted.cases) continue;
    cases.forEach(({ name }, index) =>
      console.log(`    ${values[index]!.toFixed(3).padStart(8)}  ${name}`)
    );
  }
}
