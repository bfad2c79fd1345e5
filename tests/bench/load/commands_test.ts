import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { spawnScript } from "../../../examples/predictions/runtimes/spawn.ts";

/** What a bench reports, and its exit code. */
async function run(name: string, ...args: string[]) {
  const script = new URL(`../../../bench/${name}.ts`, import.meta.url);
  const child = spawnScript(script, [...args, "--json", "--check"]);
  let said = "";
  child.stdout!.on("data", (bytes) => said += bytes);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, data: JSON.parse(said).data };
}

// Starting a runtime and a model takes a second, on a busy machine many more.
const options = { timeout: 240_000 };

describe("deno task bench:restarts", () => {
  it(
    "No request is lost when instances are replaced under load",
    options,
    async () => {
      const { code, data } = await run("restarts", "--restarts", "2");
      assert.deepEqual(data.failures, []);
      assert.ok(data.answers >= 2 * 200);
      assert.equal(code, 0);
    },
  );
});

describe("deno task bench:soak", () => {
  it("It watches the memory of the service", options, async () => {
    // What can be demanded of ten minutes cannot be of three seconds.
    const { data } = await run("soak", "--minutes", "0.05", "--share", "0.1");
    assert.ok(data.samples.length >= 1);
    assert.ok(data.answers > 0);
    for (const { megabytes } of data.samples) assert.ok(megabytes > 10);
  });
});

describe("deno task load", () => {
  it("It loads both endpoints and writes what it saw", options, async () => {
    const folder = mkdtempSync(join(tmpdir(), "load-"));
    // What can be demanded of a minute on a quiet machine cannot be of a second on any.
    const { data } = await run("load", "--quick", "--out", folder);
    const json = JSON.parse(readFileSync(join(folder, "load.json"), "utf8"));
    const html = readFileSync(join(folder, "load.html"), "utf8");
    rmSync(folder, { recursive: true });
    assert.deepEqual(json.trial, data);
    assert.match(html, /^<!doctype html>/);
    for (const { steps } of [data.alone, data.batched]) {
      assert.ok(steps.some(({ good }: { good: number }) => good > 0));
    }
    assert.equal(data.overload.rounds.length, 2);
    for (const { seen } of data.overload.rounds) assert.ok(seen.offered > 0);
  });
});
