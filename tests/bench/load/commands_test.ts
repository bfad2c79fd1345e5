import assert from "node:assert/strict";
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
