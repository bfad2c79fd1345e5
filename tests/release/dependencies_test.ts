import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

interface Manifest {
  imports?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  license?: string;
}

const MANIFESTS = [
  "deno.json",
  "package.json",
  "bench/deno.json",
  "bench/package.json",
];
/** Where packages may be installed. */
const INSTALLED = ["node_modules", "bench/node_modules"];
const root = join(import.meta.dirname ?? ".", "../..");

describe("docs/dependencies.md", () => {
  const rows = tableRows();
  const names = rows.map(({ name }) => name);

  it("Names what the manifests name, each once, and nothing else", () => {
    const wanted = MANIFESTS.flatMap((file) => {
      const { imports, dependencies, devDependencies } = readJson(file);
      return Object.keys({ ...imports, ...dependencies, ...devDependencies });
    });
    assert.deepEqual(names.toSorted(), [...new Set(wanted)].sort());
  });

  it("Says for each why it is there, and by whom it is used", () => {
    for (const { name, user, reason } of rows) {
      assert.match(user, /\w{3}/, name);
      assert.match(reason, /\w{3}/, name);
    }
  });

  it("Names the licences that the packages name, as far as they are installed", () => {
    for (const { name, licence } of rows) {
      assert.match(licence, /^(MIT|Apache-2\.0|BSD-3-Clause|ISC)$/, name);
      for (const folder of INSTALLED) {
        const file = `${folder}/${name}/package.json`;
        if (!existsSync(join(root, file))) continue;
        // The stand-in of @std/testing is nobody else's.
        assert.equal(readJson(file).license ?? licence, licence, name);
      }
    }
  });
});

function tableRows(): {
  name: string;
  licence: string;
  user: string;
  reason: string;
}[] {
  return read("docs/dependencies.md").split("\n")
    .filter((line) => /^\| +`/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, name = "", licence = "", user = "", reason = ""]) => ({
      name: name.replaceAll("`", ""),
      licence,
      user,
      reason,
    }));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function readJson(file: string): Manifest {
  return JSON.parse(read(file));
}
