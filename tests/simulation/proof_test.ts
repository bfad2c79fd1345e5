import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { scripts, steps } from "./commands.ts";
import { finish } from "./finish.ts";
import { endOnFailure, PATH, REPLAY, SEED, STEPS, timeout } from "./nights.ts";
import { setups } from "./setup.ts";
import { World } from "./world.ts";

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

describe("The batcher under random scripts", () => {
  it(`Keeps the rules for ${STEPS} steps`, { timeout }, async () => {
    const isOne = PATH !== undefined;
    const path = PATH === undefined ? {} : { path: PATH, endOnFailure: true };
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
