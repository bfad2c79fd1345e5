import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { type Model, RULES, type Setup } from "./model.ts";
import { Random } from "./random.ts";
import { Script } from "./script.ts";

/** `BATCHED_SEED=7` runs other scripts. */
const seed = Number(process.env["BATCHED_SEED"] ?? 1);
const TURNS = 2500;

const setups: Setup[] = [
  { size: 1, concurrency: 1, maxQueue: Infinity, windowMs: 5 },
  { size: 4, concurrency: 1, maxQueue: Infinity, windowMs: 0 },
  { size: 4, concurrency: 2, maxQueue: 10, windowMs: 8 },
  { size: 16, concurrency: 1, maxQueue: 3, windowMs: 20 },
  { size: Infinity, concurrency: 1, maxQueue: 20, windowMs: 5 },
  { size: 3, concurrency: Infinity, maxQueue: 0, windowMs: 10 },
  { size: 8, concurrency: 3, maxQueue: 0, windowMs: 0 },
  { size: 64, concurrency: 1, maxQueue: Infinity, windowMs: 2 },
];

/** What each of the random scripts has broken; run once for all tests below. */
const scripts = new Map<Setup, Model>();

function ran(setup: Setup): Model {
  const known = scripts.get(setup);
  if (known) return known;
  const index = setups.indexOf(setup);
  const script = new Script(new Random(seed + index), setup, index % 2 === 1);
  scripts.set(setup, script.model);
  for (let turn = 0; turn < TURNS; turn++) script.turn();
  script.close();
  return script.model;
}

/** Unlike JSON, with `Infinity`. */
function textOf(setup: Setup): string {
  return Object.entries(setup).map((entry) => entry.join(" ")).join(", ");
}

describe("A scheduler under random scripts", () => {
  for (const setup of setups) {
    it(`Stands ${TURNS} turns with ${textOf(setup)}`, () => {
      const { entries, closed } = ran(setup);
      assert.ok(closed && entries.size > TURNS / 2, `BATCHED_SEED=${seed}`);
    });
  }

  for (const rule of Object.keys(RULES) as (keyof typeof RULES)[]) {
    it(RULES[rule], () => {
      for (const setup of setups) {
        const how = ran(setup).broken.get(rule);
        const where = `BATCHED_SEED=${seed}, ${textOf(setup)}: ${how}`;
        assert.equal(how, undefined, where);
      }
    });
  }
});
