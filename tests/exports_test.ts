import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as root from "../mod.ts";
import * as errors from "../src/errors.ts";

interface Config {
  version: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

interface Package {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const config: Config = JSON.parse(read("deno.json"));

describe("exports", () => {
  it("Every entry has a module comment of its own", () => {
    for (const file of Object.values(config.exports)) {
      const [comment = ""] = read(file).match(/^\/\*\*[^]*?\*\//) ?? [];
      assert.match(comment, /@module/, file);
      assert.match(comment, /\* [A-Z`@]\w+/, `${file} says what it is`);
    }
  });

  it("Every entry is named after its file", () => {
    for (const [name, file] of Object.entries(config.exports)) {
      const path = name === "." ? "./mod.ts" : name.replace("./", "./src/");
      assert.ok([`${path}.ts`, `${path}/mod.ts`, path].includes(file), name);
    }
  });

  it("mod.ts only re-exports, with names listed one by one", () => {
    const code = read("mod.ts").replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, "");
    const statement =
      /export (?:type )?\{[\w\s,]+\} from "\.\/src\/[\w/]+\.ts";/g;
    assert.equal(code.replace(statement, "").trim(), "");
    assert.ok(Object.keys(root).length > 0);
  });

  it("mod.ts exports every error class", () => {
    for (const [name, value] of Object.entries(errors)) {
      if (!isErrorClass(value)) continue;
      assert.equal(Reflect.get(root, name), value, name);
    }
  });

  it("Deno, Bun and Node use the same versions", () => {
    const { dependencies, devDependencies }: Package = JSON.parse(
      read("package.json"),
    );
    for (
      const [name, range] of Object.entries({
        ...dependencies,
        ...devDependencies,
      })
    ) {
      const imported = config.imports[name];
      if (!imported?.startsWith("npm:")) continue;
      assert.equal(imported, `npm:${name}@${range}`);
    }
  });

  it("The two decorator protocols differ by one compiler option", () => {
    const legacy = JSON.parse(read("tsconfig.legacy.json"));
    assert.equal(legacy.compilerOptions.experimentalDecorators, true);
    delete legacy.compilerOptions.experimentalDecorators;
    assert.deepEqual(legacy, JSON.parse(read("tsconfig.json")));
  });

  it("The changelog begins with this version", () => {
    const [, version] = read("CHANGELOG.md").match(/^## (\S+)/m) ?? [];
    assert.equal(version, config.version);
  });
});

function read(file: string): string {
  return readFileSync(join(import.meta.dirname ?? ".", "..", file), "utf8");
}

function isErrorClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof Error;
}
