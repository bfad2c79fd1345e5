/**
 * Runs tests of a copy, and tells which one failed first.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Copy } from "./copy.ts";

/** What came of some tests. */
export interface Finding {
  /**
   * `passed`: none failed. `failed`: one did. `hung`: they came to no end. `broken`: they could not begin, as
   * nothing can be imported.
   */
  readonly kind: "passed" | "failed" | "hung" | "broken";
  /** The test that failed, or what was said where none can be named. */
  readonly by: string;
}

/** Fewer random steps than the suite takes, always the same, and no search for the shortest script. */
const PROOF = {
  BATCHED_PROOF_STEPS: "5000",
  BATCHED_PROOF_SEED: "1",
  BATCHED_PROOF_SHRINK: "no",
};

const FLAGS = ["-A", "--no-check", "--no-lock", "--fail-fast"];

/** Runs these tests, files or folders, for at most so many ms. */
export function trial(
  copy: Copy,
  tests: readonly string[],
  limitMs: number,
): Promise<Finding> {
  const path = join(copy.folder, "said.txt");
  const file = openSync(path, "w");
  const words = ["test", ...FLAGS, copy.gather(tests)];
  const child = spawn(process.execPath, words, {
    cwd: copy.folder,
    env: { ...process.env, ...PROOF, NO_COLOR: "1" },
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    child.kill("SIGKILL");
  }, limitMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(timer);
      if (code === 0) return resolve({ kind: "passed", by: "" });
      const said = readFileSync(path, "utf8");
      resolve(isHung ? hang(said) : failure(said));
    });
  });
}

/** The test that runs is the last one that is named. */
function hang(said: string): Finding {
  const named = [...said.matchAll(/^ *(\S.*) \.\.\./gm)];
  const by = named.at(-1)?.[1] ?? "the first test";
  return { kind: "hung", by: `HANGS in or after: ${by}` };
}

function failure(said: string): Finding {
  const [, title] = said.match(/\n FAILURES \n\n(.*) => /) ?? [];
  if (title !== undefined) {
    const by = title.split(" ... ").at(-1)!;
    const [, file] = said.match(/\/tests\/([^\s:]*_test\.ts):\d/) ?? [];
    return { kind: "failed", by: file ? `${by} (${file})` : by };
  }
  const [by = "no test can be named"] = said.match(/^error: .*$/m) ?? [];
  const hasBegun = /^running [1-9]/m.test(said);
  return { kind: hasBegun ? "failed" : "broken", by };
}
