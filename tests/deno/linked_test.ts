/**
 * A project on Deno that links to a clone, as the README says, has compiler options of its
 * own, and Deno checks our sources by them.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { projectConfig } from "../deno_config.ts";

const root = resolve(import.meta.dirname ?? ".", "../..");

describe("A project on Deno that links to a clone", () => {
  it("Checks all entries by the options that are there without any", () => {
    assert.equal(check(), "");
  });
});

/** The errors that Deno finds in a program that uses all entries. */
function check(): string {
  const { name, version, exports } = projectConfig();
  const entries = Object.keys(exports).map((entry) =>
    `export * as _${entry.replaceAll(/\W/g, "")} from "${name}${
      entry.slice(1)
    }";\n`
  );
  const folder = mkdtempSync(join(tmpdir(), "batched-"));
  try {
    const config = {
      links: [root],
      imports: { [name]: `jsr:${name}@^${version}` },
    };
    writeFileSync(join(folder, "deno.json"), JSON.stringify(config));
    writeFileSync(join(folder, "main.ts"), entries.join(""));
    const { status, stderr } = spawnSync(
      Deno.execPath(),
      ["check", "main.ts"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    return status === 0 ? "" : stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
