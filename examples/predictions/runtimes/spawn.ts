/**
 * Runs another script of this folder on the runtime at hand.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Starts `script` in a process of its own. Its output can be read; its errors
 * can be read too, or go where ours go.
 */
export function spawnScript(
  script: URL,
  args: readonly string[],
  errors: "pipe" | "inherit" = "inherit",
): ChildProcess {
  // Node needs the flags it was started with: they are what makes it read TypeScript.
  const flags = "Deno" in globalThis
    ? ["run", "--allow-all", "--quiet"]
    : process.execArgv;
  return spawn(process.execPath, [...flags, fileURLToPath(script), ...args], {
    stdio: ["ignore", "pipe", errors],
  });
}
