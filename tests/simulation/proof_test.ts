import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { scripts, steps } from "./commands.ts";
import { finish } from "./finish.ts";
import { setups } from "./setup.ts";
import { World } from "./world.ts";

const { env } = process;
/** `BATCHED_PROOF_STEPS=50000000` runs through the night, with a seed of its own. */
const STEPS = Number(
  env["BATCHED_PROOF_STEPS"] ?? ("deno" in process.versions ? 200_000 : 50_000),
);
const isNightly = env["BATCHED_PROOF_STEPS"] !== undefined;
/** The seed of the first scripts. */
const SEED = Number(
  env["BATCHED_PROOF_SEED"] ?? (isNightly ? Date.now() % 2 ** 31 : 1),
);
/** `path` and `replayPath` of a failure, with a space in between: runs just that one. */
const [PATH, REPLAY] = env["BATCHED_PROOF_PATH"]?.split(" ") ?? [];
/** How many scripts have a seed in common. */
const SCRIPTS = 50;

const proof = fc.asyncProperty(
  setups,
  scripts(REPLAY),
  async (setup, script) => {
    let world!: World;
    await fc.asyncModelRun(() => {
      world = new World(setup);
      return { model: world.model, real: world };
    }, script);
    await finish(world);
    const [broken] = world.model.broken;
    if (broken !== undefined) throw new Error(broken);
  },
);

/** Time to shrink a failure. */
const timeout = isNightly ? 2 ** 31 - 1 : 900_000;

describe("The batcher under random scripts", () => {
  it(`Keeps the rules for ${STEPS} steps`, { timeout }, async () => {
    const isOne = PATH !== undefined;
    const path = isOne ? { path: PATH, endOnFailure: true } : {};
    const endOnFailure = env["BATCHED_PROOF_SHRINK"] === "no";
    let seed = SEED;
    do {
      await fc.assert(proof, {
        seed,
        numRuns: SCRIPTS,
        skipAllAfterTimeLimit: 600_000,
        endOnFailure,
        ...path,
      });
      seed++;
    } while (steps.taken < STEPS && !isOne);
    console.log(`seeds ${SEED} to ${seed - 1}, ${steps.taken} steps`);
    assert.ok(isOne || steps.taken >= STEPS);
  });
});
