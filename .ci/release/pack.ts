/**
 * Makes the package for npm, as `deno pack` does, which knows neither peers nor CommonJS: both
 * are added afterwards.
 *
 *     deno task pack -o FILE [arguments of deno pack]
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { addCommonJs } from "./commonjs.ts";
import { manifestForNpm } from "./manifest.ts";

const { values, tokens } = parseArgs({
  options: { output: { type: "string", short: "o" } },
  strict: false,
  tokens: true,
});
if (typeof values.output !== "string") {
  console.error("Cannot pack: say where to, by -o FILE");
  process.exit(2);
}
const output = resolve(values.output);
const others = tokens.flatMap((token) =>
  token.kind === "option" && token.name !== "output" ? [token.rawName] : []
);

const folder = mkdtempSync(join(tmpdir(), "batched-"));
try {
  run("deno", "pack", ...others, "-o", output);
  run("tar", "-xzf", output, "-C", folder);
  const file = join(folder, "package/package.json");
  const manifest = manifestForNpm(JSON.parse(readFileSync(file, "utf8")));
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  await addCommonJs(join(folder, "package"));
  run("tar", "-czf", output, "-C", folder, "package");
} finally {
  rmSync(folder, { recursive: true });
}

function run(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: "inherit" });
}
