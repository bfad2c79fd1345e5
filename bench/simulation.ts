/**
 * How close is the shipped scheduler to the best that is possible, and how far are
 * others?
 *
 *     deno task simulate [--goal G5] [--seed N] [--timer-step MS] [--quick] [--cases] [--alone] [--check] [--pictures]
 *
 * Equal seeds give equal figures. `--goal` and `--seed` may be given more than once.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { others, ours } from "./simulation/entrants.ts";
import { goals } from "./simulation/goals/goals.ts";
import { pictures } from "./simulation/pictures.ts";
import { lossesOf, tableOf, textOf } from "./simulation/report.ts";
import { itemsPerSecond } from "./simulation/speed.ts";
import { type Standing, standing } from "./simulation/standings.ts";

const { values: wanted } = parseArgs({
  options: {
    goal: { type: "string", multiple: true },
    seed: { type: "string", multiple: true, default: ["1"] },
    "timer-step": { type: "string", default: "0" },
    quick: { type: "boolean", default: false },
    cases: { type: "boolean", default: false },
    alone: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    pictures: { type: "boolean", default: false },
  },
});
const seeds = wanted.seed.map(Number);
const effort = {
  seeds,
  timerStepMs: Number(wanted["timer-step"]),
  isQuick: wanted.quick,
  items: wanted.quick ? 20_000 : 100_000,
};

if (wanted.pictures) draw();
else judge();

/** Shows who reaches which goal. */
function judge(): void {
  const chosen = goals.filter(({ id }) => wanted.goal?.includes(id) ?? true);
  if (chosen.length === 0) {
    const names = goals.map(({ id }) => id).join(", ");
    console.error(`No such goal: ${wanted.goal}. There are ${names}`);
    process.exit(2);
  }
  const standings: Standing[] = [];
  const entrants = wanted.alone ? [ours] : [ours, ...others];
  for (const goal of chosen) {
    const result = standing(goal, entrants, effort);
    console.log(`${textOf(result, wanted.cases)}\n`);
    standings.push(result);
  }
  console.log(`${tableOf(standings)}\n`);
  console.log(
    `Where "${ours.name}" loses:\n${lossesOf(standings) || "nowhere"}`,
  );
  // Not among the figures, which are the same on any machine.
  const millions = itemsPerSecond(ours) / 1e6;
  console.error(
    `\nSimulated ${millions.toFixed(1)} million items per second of work`,
  );
  const isGood = standings.every(({ scores }) => scores[0]!.isReached);
  if (wanted.check && !isGood) process.exitCode = 1;
}

/** Draws the pictures of the documentation. */
function draw(): void {
  const folder = join(import.meta.dirname ?? ".", "../docs/pictures");
  mkdirSync(folder, { recursive: true });
  for (const [name, picture] of Object.entries(pictures)) {
    writeFileSync(
      join(folder, name),
      picture({ ours, others, seed: seeds[0]! }),
    );
    console.log(`Drew docs/pictures/${name}`);
  }
}
