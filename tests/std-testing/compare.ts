/**
 * A developer check: does the stand-in behave as the original does?
 *
 *     deno task std:compare PATH_TO_A_CHECKOUT_OF_denoland/std
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

const here = import.meta.dirname ?? ".";
/** The original's own packages, as far as the three modules need them. */
const PACKAGES = ["testing", "assert", "async", "data_structures", "internal"];
const MODULES = ["time", "mock", "types"];

const checkout = process.argv[2];
if (!checkout) {
  console.error("Give the path to a checkout of denoland/std");
  process.exit(2);
}
const original = transcript(PACKAGES.map((name) => resolve(checkout, name)));
const standIn = transcript([here]);
let differences = 0;
for (let i = 0; i < Math.max(original.length, standIn.length); i++) {
  if (original[i] === standIn[i]) continue;
  differences++;
  console.error(`original: ${original[i]}\nstand-in: ${standIn[i]}\n`);
}
console.log(`${original.length} lines compared, ${differences} differ`);
process.exit(differences === 0 ? 0 : 1);

/** What the behaviours print where `@std/testing` is found in `links`. */
function transcript(links: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "std-testing-"));
  const config = join(folder, "deno.json");
  const imports = { "@std/testing": "jsr:@std/testing@^1.0.20" };
  const compilerOptions = { exactOptionalPropertyTypes: true };
  try {
    cpSync(join(here, "behaviour"), folder, { recursive: true });
    writeFileSync(
      config,
      JSON.stringify({ imports, compilerOptions, links, lock: false }),
    );
    return MODULES.flatMap((name) => {
      const script = join(folder, `${name}.ts`);
      const options = ["--check", "--quiet", "-A", "--config", config];
      return execFileSync(process.execPath, ["run", ...options, script], {
        encoding: "utf8",
      }).trim().split("\n");
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
