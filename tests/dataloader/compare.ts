/**
 * A developer check: does our class pass the tests of DataLoader?
 *
 *     deno task dataloader:compare CHECKOUT [MODULE]
 *
 * CHECKOUT is one of graphql/dataloader. MODULE has the class to try, in place of ours: with
 * `bench/node_modules/dataloader/index.js`, the original, this check is itself checked. Bun and Node
 * (`tsx`) run it as well. Three outcomes are told apart: passed, passed but for the words of an
 * error (ours are our own), failed.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { VERDICT, type Verdict } from "./foreign_suite.ts";

/** What we do differently, and why: a batch never runs inside the stack of him who lets it go. */
const DIFFERENT = ["Supports manual dispatch"];

/** A test that takes away what it needs may wait for ever. */
const KILL_AFTER_MS = 30_000;

const folder = import.meta.dirname ?? ".";
const [checkout, module] = process.argv.slice(2);
if (!checkout) {
  console.error("Give the path to a checkout of graphql/dataloader");
  process.exit(2);
}
const tried = module
  ? resolve(module)
  : join(folder, "../../src/dataloader/mod.ts");
const verdicts = verdictsOn(join(checkout, "src/__tests__"));
for (const { name, outcome, detail } of verdicts) {
  if (outcome !== "passed") console.log(`${outcome}: ${name}\n  ${detail}`);
}
const count = (outcome: Verdict["outcome"]) =>
  verdicts.filter((verdict) => verdict.outcome === outcome).length;
console.log(
  `${verdicts.length} tests: ${count("passed")} passed, ` +
    `${count("worded")} passed in other words, ${count("failed")} failed`,
);
const isExpected = verdicts.every(({ outcome, name }) =>
  outcome !== "failed" || DIFFERENT.includes(name)
);
process.exit(isExpected && verdicts.length > 0 ? 0 : 1);

/** Each file has a process of its own, as some take globals away. */
function verdictsOn(tests: string): Verdict[] {
  const scratch = mkdtempSync(join(tmpdir(), "dataloader-"));
  try {
    return readdirSync(tests).flatMap((file) => {
      const script = join(scratch, file.replace(/js$/, "mts"));
      writeFileSync(script, adapted(readFileSync(join(tests, file), "utf8")));
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [...runnerFlags(), script],
        { encoding: "utf8", timeout: KILL_AFTER_MS },
      );
      const lines = stdout.split("\n").filter((l) => l.startsWith(VERDICT));
      if (lines.length === 0) {
        throw new Error(`No test ran: ${file}\n${stderr}`);
      }
      return lines.map((line) => JSON.parse(line.slice(VERDICT.length)));
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function runnerFlags(): string[] {
  const isDeno = "deno" in process.versions;
  return isDeno ? ["run", "-A", "--no-lock", "--no-check"] : process.execArgv;
}

/** The text of a test file with the class in it, and without what only Flow reads. */
function adapted(text: string): string {
  const suite = new URL("foreign_suite.ts", import.meta.url);
  const get = `const DataLoader = await classIn(${JSON.stringify(tried)});`;
  const test = text
    .replace(/^import DataLoader from '\.\.';$/m, get)
    .replace(/^const DataLoader = require.*$/m, get)
    .replace(/\(([\w.]+): any\)/g, "$1")
    .replace(/,(\s*>\()/g, "$1");
  // tsx compiles with what some of the tests take away, so ours is there before they do.
  const early = tried.endsWith(".ts") ? pathToFileURL(tried) : suite;
  return `
    import ${JSON.stringify(early)};
    import { classIn, describe, expect, it, run } from ${JSON.stringify(suite)};
    const global = globalThis;
    global.jasmine = { process };
    ${test}
    await run();`;
}
