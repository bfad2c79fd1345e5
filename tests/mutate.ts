/**
 * Do the tests notice when something breaks?
 *
 *     deno task mutate [--only TEXT] [--list] [--jobs N]
 *
 * Plants bugs of one line, one at a time, in copies of the project, and runs the
 * tests there: first those that should notice, then more. Fails when nobody notices.
 * `--only` takes those bugs whose name contains the text, and may be given more than once.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { Copy } from "./mutate/copy.ts";
import { type Mutant, planted } from "./mutate/mutant.ts";
import { MUTANTS } from "./mutate/mutants.ts";
import { HEAD, lineOf } from "./mutate/table.ts";
import { type Finding, trial } from "./mutate/trial.ts";

/** Who is asked where those have noticed nothing that should: first the rules, then the random scripts. */
const OTHERS: readonly (readonly string[])[] = [
  [
    ...["tests/core", "tests/batcher", "tests/places_test.ts"],
    ...["tests/repair_test.ts", "tests/signals_test.ts", "tests/wake_test.ts"],
    ...["tests/peer_bugs_test.ts", "tests/seed_bugs_test.ts"],
  ],
  ["tests/deno/leak_test.ts", "tests/simulation"],
];

/** Tests that take longer than this, in ms, and than all take without a bug, so many times, hang. */
const PATIENCE_MS = 10_000;
/** Be it because the machine is busy: to hang counts as noticing. */
const PATIENCE = 4;

/** The longest timer there is, in ms. */
const NEVER_MS = 2 ** 31 - 1;

const root = join(import.meta.dirname ?? ".", "..");
const { values: wanted } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    list: { type: "boolean", default: false },
    jobs: {
      type: "string",
      default: String(Math.min(4, availableParallelism())),
    },
  },
});

process.exitCode = await main(
  MUTANTS.filter(({ name }) =>
    wanted.only?.some((text) => name.includes(text)) ?? true
  ),
);

async function main(mutants: readonly Mutant[]): Promise<number> {
  if (mutants.length === 0) {
    console.error(`No such bug: ${wanted.only}. See --list`);
    return 2;
  }
  const misfits = MUTANTS.flatMap(misfit);
  if (misfits.length > 0) {
    console.error(misfits.join("\n"));
    return 2;
  }
  if (wanted.list) {
    for (const { name, file } of mutants) console.log(`${name}: ${file}`);
    return 0;
  }
  const jobs = Math.min(mutants.length, Number(wanted.jobs));
  const copies = Array.from(
    { length: Math.max(1, jobs) },
    () => new Copy(root),
  );
  try {
    return await plantAll(mutants, copies);
  } finally {
    for (const copy of copies) copy.dispose();
  }
}

/** Why a bug cannot be planted, if so. All are looked at before the first run: code that changes takes places away. */
function misfit(mutant: Mutant): string[] {
  try {
    planted(readFileSync(join(root, mutant.file), "utf8"), mutant);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

async function plantAll(
  mutants: readonly Mutant[],
  copies: readonly Copy[],
): Promise<number> {
  const startedAt = performance.now();
  const allMs = await untouched(mutants, copies[0]!);
  console.log(HEAD);
  const survivors: Mutant[] = [];
  const left = [...mutants];
  await Promise.all(copies.map(async (copy) => {
    for (let mutant = left.shift(); mutant; mutant = left.shift()) {
      const plantedAt = performance.now();
      const finding = await caught(mutant, copy, allMs);
      if (finding.kind === "broken") {
        throw new Error(`Cannot plant "${mutant.name}": ${finding.by}`);
      }
      if (finding.kind === "passed") survivors.push(mutant);
      console.log(lineOf(mutant, finding, performance.now() - plantedAt));
    }
  }));
  const caughtCount = mutants.length - survivors.length;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `\n${mutants.length} planted, ${caughtCount} caught, in ${seconds} s`,
  );
  for (const { name, file, find, replace } of survivors) {
    console.log(`SURVIVED: ${name}, ${file}\n- ${find}\n+ ${replace}`);
  }
  return survivors.length === 0 ? 0 : 1;
}

/** Sees that no test fails without a bug; returns how long all of them take, in ms. */
async function untouched(
  mutants: readonly Mutant[],
  copy: Copy,
): Promise<number> {
  const startedAt = performance.now();
  const tests = [...mutants.flatMap(({ tests }) => tests), ...OTHERS.flat()];
  const { kind, by } = await trial(copy, tests, NEVER_MS);
  if (kind !== "passed") {
    throw new Error(`Cannot plant bugs: without any, this fails: ${by}`);
  }
  return performance.now() - startedAt;
}

/** Plants a bug and looks who notices. */
async function caught(
  mutant: Mutant,
  copy: Copy,
  allMs: number,
): Promise<Finding> {
  const heal = copy.plant(mutant);
  try {
    // A few tests: they take a small part of the time of all.
    const first = await trial(copy, mutant.tests, PATIENCE_MS + allMs);
    if (first.kind !== "passed") return first;
    for (const tests of OTHERS) {
      const limitMs = PATIENCE_MS + PATIENCE * allMs;
      const finding = await trial(copy, tests, limitMs);
      if (finding.kind !== "passed") return finding;
    }
    return { kind: "passed", by: "" };
  } finally {
    heal();
  }
}
