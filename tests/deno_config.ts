/**
 * Config and lockfile for tests on Deno: with the original `@std/testing` where
 * JSR answers, with the stand-in elsewhere. Those of the project stay untouched.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the config file of the project says, as far as tests ask. */
export interface ProjectConfig {
  name: string;
  version: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
  compilerOptions: Record<string, unknown>;
  links?: string[];
}

/** How decorators are called. */
export type Protocol = "standard" | "legacy";

/** Nobody waits longer to hear whether the original can be had. */
const JSR_TIMEOUT_MS = 5000;

/** The project's own config. */
export function projectConfig(): ProjectConfig {
  return JSON.parse(readFileSync("deno.json", "utf8"));
}

/** Written once per run; `dispose()` takes the lockfile away. */
export class DenoConfig {
  readonly #scratch: string = mkdtempSync(join(tmpdir(), "batched-"));
  readonly #lockfile: string = join(this.#scratch, "deno.lock");

  /** @param denoPath asks JSR */
  constructor(denoPath: string) {
    const config = projectConfig();
    const testing = config.imports["@std/testing"] ?? "";
    if (answers(denoPath, testing)) {
      console.log(`@std/testing: the original, ${testing}`);
    } else {
      console.log("@std/testing: the stand-in, as JSR does not answer");
      config.links = ["./tests/std-testing"];
    }
    if (existsSync("deno.lock")) copyFileSync("deno.lock", this.#lockfile);
    write("standard", config);
    config.compilerOptions["experimentalDecorators"] = true;
    write("legacy", config);
  }

  /** What tells `deno test` and `deno check` to use it. */
  flags(protocol: Protocol): string[] {
    return ["--config", fileName(protocol), "--lock", this.#lockfile];
  }

  /** Takes the lockfile away. */
  dispose(): void {
    rmSync(this.#scratch, { recursive: true });
  }
}

/** Asks for all that the tests use, which the tests then find in the cache. */
function answers(denoPath: string, specifier: string): boolean {
  const modules = ["mock", "time", "types"].map((name) =>
    `${specifier}/${name}`
  );
  const { status } = spawnSync(
    denoPath,
    ["cache", "--no-config", "--no-lock", ...modules],
    { stdio: "ignore", timeout: JSR_TIMEOUT_MS, killSignal: "SIGKILL" },
  );
  return status === 0;
}

function write(protocol: Protocol, config: ProjectConfig): void {
  writeFileSync(fileName(protocol), JSON.stringify(config));
}

function fileName(protocol: Protocol): string {
  return `deno.${protocol}.json`;
}
