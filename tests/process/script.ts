/**
 * Runs a script of this folder in a process of its own, on the runtime that runs
 * the tests.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

/** How a process ended. */
export interface Ended {
  /** `null` if it had to be killed because it did not end by itself. */
  readonly code: number | null;
  /** What it printed, line by line. */
  readonly lines: string[];
  /** What it complained of. */
  readonly complaints: string;
}

/** Nobody waits longer for a process that does not end; on a busy machine some need 10 s. */
const KILL_AFTER_MS = 120_000;

/** For tests that run scripts: Bun gives them 5 s otherwise. */
export const patient: { timeout: number } = { timeout: KILL_AFTER_MS + 30_000 };

const folder = import.meta.dirname ?? ".";

/** Runs a script to its end; with `gc` it can force garbage to be collected. */
export function run(name: string, gc = false): Promise<Ended> {
  const words = [...runtimeFlags(gc), join(folder, `${name}.ts`)];
  const child = spawn(process.execPath, words, {
    cwd: join(folder, "../.."),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: KILL_AFTER_MS,
    killSignal: "SIGKILL",
  });
  let printed = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text) => printed += text);
  child.stderr.setEncoding("utf8").on("data", (text) => complaints += text);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const lines = printed.split("\n").filter((line) => line !== "");
      resolve({ code, lines, complaints });
    });
  });
}

function runtimeFlags(gc: boolean): string[] {
  if ("deno" in process.versions) {
    const flags = ["run", "-A", "--no-config", "--no-lock", "--no-check"];
    return gc ? [...flags, "--v8-flags=--expose-gc"] : flags;
  }
  if ("bun" in process.versions) return ["run"];
  return gc ? ["--expose-gc", "--import", "tsx"] : ["--import", "tsx"];
}
