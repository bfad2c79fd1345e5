import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { addCommonJs } from "../../.ci/release/commonjs.ts";

describe("addCommonJs()", () => {
  it("Files that share another one still share it, and have their types", async () => {
    const folder = mkdtempSync(join(tmpdir(), "batched-"));
    try {
      mkdirSync(join(folder, "src"));
      const write = (file: string, text: string) =>
        writeFileSync(join(folder, file), text);
      write("package.json", `{"type":"module"}`);
      write("src/shared.js", "export const state = {};");
      write("mod.js", `export * from "./src/shared.js";`);
      write("mod.d.ts", "export declare const state: object;");
      write("other.js", `export { state } from "./src/shared.js";`);
      await addCommonJs(folder);
      const require = createRequire(join(folder, "anyone.cjs"));
      const { state } = require("./cjs/mod.js");
      assert.equal(typeof state, "object");
      assert.equal(require("./cjs/other.js").state, state);
      const types = readFileSync(join(folder, "cjs/mod.d.ts"), "utf8");
      assert.equal(types, "export declare const state: object;");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
