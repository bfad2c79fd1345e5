import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";

const root = new URL("../../", import.meta.url);

async function readJson(name: string): Promise<Record<string, object>> {
  return JSON.parse(await readFile(new URL(name, root), "utf8"));
}

describe("An install of the project", () => {
  // `deno task` downloads all that the lockfile has resolved, whatever is
  // imported: what brings this package must run with --no-lock.
  it("does not bring the 140 MB of ONNX Runtime Web", async () => {
    const { npm } = await readJson("deno.lock");
    const { packages } = await readJson("package-lock.json");
    for (const names of [Object.keys(npm!), Object.keys(packages!)]) {
      assert(names.some((name) => name.includes("hono")));
      assert(!names.some((name) => name.includes("onnxruntime")));
    }
  });
});
