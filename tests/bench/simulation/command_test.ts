import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { spawnScript } from "../../../examples/predictions/runtimes/spawn.ts";

const script = new URL("../../../bench/simulation.ts", import.meta.url);

/** What the command says, and its exit code. */
async function run(...args: string[]): Promise<{ said: string; code: number }> {
  const child = spawnScript(script, args, "pipe");
  let said = "";
  child.stdout!.on("data", (bytes) => said += bytes);
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  return { said, code };
}

// Bun gives a test 5 s, which is little for a process on a busy machine.
const options = { timeout: 120_000 };

describe("deno task simulate", () => {
  it("It says who reaches a goal, alike each time", options, async () => {
    const args = ["--goal", "L3", "--cases", "--check", "--seed", "42"];
    const first = await run(...args);
    assert.equal(first.code, 0);
    assert.match(first.said, /L3 median of 4 light lanes .*: <= 3\n/);
    assert.match(first.said, /window 10 ms +\d.*\n +\d.*seed 42\n/);
    assert.deepEqual(await run(...args), first);
  });

  it("It knows what it does not know", options, async () => {
    const { code } = await run("--goal", "G99");
    assert.equal(code, 2);
  });
});
