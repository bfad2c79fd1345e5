/**
 * How close is the shipped scheduler to the best that is possible, and how far are
 * others?
 *
 *     deno task simulate [--goal G5] [--seed N] [--quick] [--cases] [--check]
 *
 * Equal seeds give equal figures; `--seed` may be given more than once.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { others, ours } from "./simulation/entrants.ts";
import { goals } from "./simulation/goals/goals.ts";
import { lossesOf, tableOf, textOf } from "./simulation/report.ts";
import { standing } from "./simulation/standings.ts";

const { values: wanted } = parseArgs({
  options: {
    goal: { type: "string", multiple: true },
    seed: { type: "string", multiple: true, default: ["1"] },
    quick: { type: "boolean", default: false },
    cases: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});

const effort = {
  isQuick: wanted.quick,
  seeds: wanted.seed.map(Number),
  items: wanted.quick ? 20_000 : 100_000,
};
const chosen = goals.filter(({ id }) => wanted.goal?.includes(id) ?? true);
const standings = chosen.map((goal) => {
  const result = standing(goal, [ours, ...others], effort);
  console.log(`${textOf(result, wanted.cases)}\n`);
  return result;
});
console.log(`${tableOf(standings)}\n`);
console.log(`Where ${ours.name} loses:\n${lossesOf(standings)}`);
const isGood = standings.every(({ scores }) => scores[0]!.isReached);
if (wanted.check && !isGood) process.exitCode = 1;
