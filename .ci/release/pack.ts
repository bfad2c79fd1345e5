/**
 * Makes the package for npm, as `deno pack` does, which knows neither peers nor CommonJS: both
 * are added afterwards.
 *
 *     deno task pack -o FILE [arguments of deno pack]
 *
 * @module
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { addCommonJs } from "./commonjs.ts";
import { manifestForNpm } from "./manifest.ts";

const NO_TYPES = /^.*Could not generate types for .*\n/gm;

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
  packModules();
  run("tar", "-xzf", output, "-C", folder);
  const file = join(folder, "package/package.json");
  const manifest = manifestForNpm(JSON.parse(readFileSync(file, "utf8")));
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  await addCommonJs(join(folder, "package"));
  run("tar", "-czf", output, "-C", folder, "package");
  const size = (statSync(output).size / 1024).toFixed(2);
  console.error(`✓ with peers and CommonJS (${size}KB)`);
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Without source maps, which would name the folders of this machine. That modules which no
 * type comes from have no types is not told: the tests of the package compile all that has.
 */
function packModules(): void {
  const words = ["pack", "--no-source-maps", ...others, "-o", output];
  const { status, stderr, error } = spawnSync("deno", words, {
    encoding: "utf8",
    stdio: ["inherit", "inherit", "pipe"],
  });
  if (error) throw error;
  console.error(stderr.replaceAll(NO_TYPES, "").trim());
  if (status !== 0) throw new Error(`deno pack ended with ${status}`);
}

function run(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: "inherit" });
}
