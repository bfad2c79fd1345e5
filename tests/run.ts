/**
 * Runs the tests, on any machine:
 *
 *     deno run -A tests/run.ts WHAT... [arguments of the runner]
 *
 * WHAT is one or more of `deno`, `bun`, `node` (the tests on that runtime),
 * `types`, `docs`, `package` (the package for npm, in projects) and `matrix` (one
 * suite on all runtimes). The arguments go to each runner; files among them replace
 * the whole suite. Tests of decorators run under both protocols (see
 * CONTRIBUTING.md).
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { coverageOf, share } from "../.ci/release/documented.ts";
import { DenoConfig, projectConfig, type Protocol } from "./deno_config.ts";

/** One run of a runner. */
interface Pass {
  protocol: Protocol;
  /** None means all. */
  files: string[];
  flags: string[];
}

/** Where a command runs. */
interface Place {
  /** Below the project. */
  cwd?: string;
  env?: Record<string, string>;
}

const SUITE = "tests";
/** Tests that exist once and run under both protocols. */
const DECORATOR_TESTS = [
  "tests/decorator",
  "tests/hono/endpoint_test.ts",
  "tests/reflect_test.ts",
];

/** Named so that no runner finds them by itself. */
const PACKAGE_TESTS = ["install", "nestjs", "types"].map((name) =>
  `tests/package/${name}.ts`
);

/** What JSR counts is this much of all symbols, or more. */
const DOCUMENTED = 0.95;

/** Of Hono and OpenTelemetry, where our entries are about them. */
const FOREIGN_TYPES =
  /^error\[private-type-ref\].* private type '(AddParam|BlankEnv|Context|Hono|JSONParsed|Meter|StatusCode|Tracer)'/m;

const root = join(import.meta.dirname ?? ".", "..");
const isDeno = "deno" in process.versions;
const denoPath = isDeno ? process.execPath : "deno";
const nodePath = isDeno ? "node" : process.execPath;
const targets: Record<string, (words: string[]) => void> = {
  deno: testDeno,
  bun: testBun,
  node: testNode,
  types: checkTypes,
  docs: checkDocs,
  package: testPackage,
  matrix: testMatrix,
};

let denoConfig: DenoConfig | undefined;
/** The first one that was not 0. */
let exitCode = 0;

main(process.argv.slice(2));

function main(words: string[]): void {
  process.chdir(root);
  process.env["PATH"] += delimiter + join(root, ".tools/node_modules/.bin");
  const wanted = [];
  while (words[0] !== undefined && words[0] in targets) {
    wanted.push(words.shift());
  }
  if (wanted.length === 0) {
    console.error(`Say what to run: ${Object.keys(targets).join(", ")}`);
    process.exit(2);
  }
  try {
    for (const target of wanted) targets[target ?? ""]?.(words);
  } finally {
    denoConfig?.dispose();
  }
  process.exit(exitCode);
}

function testDeno(words: string[]): void {
  for (const { protocol, files, flags } of passes(words)) {
    run(denoPath, ["test", "-A", ...configured(protocol), ...flags, ...files]);
  }
}

function testBun(words: string[]): void {
  if (!isInstalled("bun")) return skip("Bun");
  if (!hasPackages()) return;
  for (const { protocol, files, flags } of passes(words)) {
    const config = protocol === "legacy"
      ? ["--tsconfig-override=tsconfig.legacy.json"]
      : [];
    // Without the dot it would be part of a name.
    const paths = files.map((file) => `./${file}`);
    run("bun", ["test", ...config, ...flags, ...paths]);
  }
}

function testNode(words: string[]): void {
  if (!isInstalled(nodePath)) return skip("Node");
  if (!hasPackages()) return;
  for (const { protocol, files, flags } of passes(words)) {
    // Node 20 knows no patterns.
    const tests = (files.length > 0 ? files : [SUITE]).flatMap(testFiles);
    const command = ["--import", "tsx", "--test", "--test-reporter=spec"];
    const TSX_TSCONFIG_PATH = protocol === "legacy"
      ? "tsconfig.legacy.json"
      : "tsconfig.json";
    run(nodePath, [...command, ...flags, ...tests], {
      env: { TSX_TSCONFIG_PATH },
    });
  }
}

/** These take minutes and install much: no part of the suite. */
function testPackage(words: string[]): void {
  const files = words.length > 0 ? words : PACKAGE_TESTS;
  run(denoPath, ["test", "-A", ...configured("standard"), ...files]);
}

/** What passes where; Node drives the other runtimes. */
function testMatrix(words: string[]): void {
  if (!isInstalled(nodePath)) return skip("Node");
  if (!hasPackages()) return;
  const command = ["--import", "tsx", "tests/runtimes/matrix/matrix.ts"];
  run(nodePath, [...command, ...words]);
}

/** The whole project as it is, what is public under both protocols. */
function checkTypes(): void {
  const all = ["mod.ts", "src", "tests", "examples", ".ci/release"];
  run(denoPath, ["check", ...configured("standard"), ...all]);
  const both = ["mod.ts", "tests/types", ...DECORATOR_TESTS];
  run(denoPath, ["check", ...configured("legacy"), ...both]);
  // The benches have dependencies, and so a config, of their own.
  run(denoPath, ["check", "."], { cwd: "bench" });
  if (!isInstalled(nodePath)) return skip("tsc, which runs on Node");
  if (!hasPackages()) return;
  for (const config of ["tsconfig.json", "tsconfig.legacy.json"]) {
    run(nodePath, ["node_modules/typescript/bin/tsc", "--project", config]);
  }
}

/** Every public symbol is documented, every example runs. */
function checkDocs(): void {
  lintDocs();
  countDocs();
  const sources = ["mod.ts", "src", "docs", "README.md"];
  run(denoPath, ["test", "-A", "--doc", ...configured("standard"), ...sources]);
}

/** Types of other libraries are documented there. */
function lintDocs(): void {
  const entries = Object.values(projectConfig().exports);
  const words = ["doc", "--lint", ...entries];
  console.log(`\n> ${[denoPath, ...words].join(" ")}`);
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stderr } = spawnSync(denoPath, words, {
    encoding: "utf8",
    env,
  });
  const errors = stderr.split(/^(?=error)/m)
    .filter((error) => error.startsWith("error["))
    .filter((error) => !FOREIGN_TYPES.test(error));
  if (errors.length > 0 || (status !== 0 && !FOREIGN_TYPES.test(stderr))) {
    console.error(errors.join("\n") || stderr);
    exitCode ||= 1;
  }
}

/** As JSR counts, over all entries. */
function countDocs(): void {
  const words = ["doc", "--json", ...Object.values(projectConfig().exports)];
  const { stdout } = spawnSync(denoPath, words, {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  const coverage = coverageOf(JSON.parse(stdout));
  const { documented, missing } = coverage;
  console.log(`${documented} symbols are documented`);
  if (missing.length > 0) console.log(`Not documented: ${missing.join(", ")}`);
  if (share(coverage) < DOCUMENTED) exitCode ||= 1;
}

/** What the words ask for, and the decorator tests among it once more. */
function passes(words: string[]): Pass[] {
  const files = words.filter((word) => existsSync(word));
  const flags = words.filter((word) => !files.includes(word));
  const again = files.length === 0
    ? DECORATOR_TESTS
    : files.filter((file) =>
      DECORATOR_TESTS.some((test) => file.startsWith(test))
    );
  const first: Pass = { protocol: "standard", files, flags };
  if (again.length === 0) return [first];
  return [first, { protocol: "legacy", files: again, flags }];
}

function configured(protocol: Protocol): string[] {
  denoConfig ??= new DenoConfig(denoPath);
  return denoConfig.flags(protocol);
}

function run(command: string, words: string[], options: Place = {}): void {
  const { cwd, env = {} } = options;
  const settings = Object.entries(env).map((entry) => entry.join("="));
  const place = cwd === undefined ? "" : `${cwd} `;
  console.log(`\n${place}> ${[...settings, command, ...words].join(" ")}`);
  const { status, error } = spawnSync(command, words, {
    stdio: "inherit",
    cwd,
    env: { ...process.env, ...env },
  });
  if (error) console.error(error.message);
  exitCode ||= status ?? 1;
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

function skip(what: string): void {
  console.log(`\nSKIPPED: ${what} is not installed`);
}

function hasPackages(): boolean {
  if (existsSync("node_modules/@std/testing")) return true;
  console.error("\nCannot test: no packages here, run `npm install` first");
  exitCode ||= 1;
  return false;
}

/** A file, or what is below a folder; what needs Deno is left to Deno. */
function testFiles(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  if (path === "tests/deno" || path.endsWith("node_modules")) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith("_test.ts"))
    .flatMap((entry) => testFiles(`${path}/${entry.name}`));
}
