/**
 * Says whether this commit can be published, and how; publishes nothing.
 *
 *     deno task release
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { problemsOf } from "./readiness.ts";

process.chdir(join(import.meta.dirname ?? ".", "../.."));

const { version }: { version: string } = JSON.parse(
  readFileSync("deno.json", "utf8"),
);
const problems = problemsOf({
  version,
  changelog: readFileSync("CHANGELOG.md", "utf8"),
  tags: git("tag", "--points-at", "HEAD").split("\n").filter(Boolean),
  status: git("status", "--porcelain"),
});

if (problems.length > 0) {
  console.error(`Cannot release ${version}:`);
  for (const problem of problems) console.error(`- ${problem}`);
  process.exit(1);
}
console.log(`${version} can be released, once the gate has passed:

    deno publish
    deno task pack -o batched.tgz && npm publish batched.tgz --access public`);

function git(...words: string[]): string {
  return execFileSync("git", words, { encoding: "utf8" });
}
