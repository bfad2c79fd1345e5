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

describe("deno task simulate", () => {
  it("It says who reaches a goal, alike each time", async () => {
    const args = ["--goal", "G15", "--quick", "--cases", "--check", "--seed", "42"];
    const first = await run(...args);
    assert.equal(first.code, 0);
    assert.match(first.said, /G15 mean latency, ms, 3000 users.*: <= 17\.5\n/);
    assert.match(first.said, /mixedbread +19\.\d ✗/);
    assert.match(first.said, /3000 users, seed 42/);
    assert.deepEqual(await run(...args), first);
  });

  it("It knows what it does not know", async () => {
    const { code } = await run("--goal", "G99");
    assert.equal(code, 2);
  });
});
