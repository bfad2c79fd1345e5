/**
 * Measures a lineup in a scenario, in this process, and prints the rounds as JSON.
 *
 * @module
 */
import process from "node:process";
import { type Contestant, inTurns } from "../harness/turns.ts";
import type { Batch } from "./calls.ts";
import { lineups } from "./lineups.ts";
import { type Scenario, scenarioOf } from "./scenarios.ts";

/** Batches need not all be full: who never waits sends a few that are not. */
const ENOUGH = 1.1;

const [scenarioName = "", lineupName = ""] = process.argv.slice(2);
const scenario = scenarioOf(scenarioName);
const { contestants, rounds } = lineups[lineupName]!;
const entries = Object.entries(contestants);
const entrants = await Promise.all(
  entries.map(([name, batch]) => entrant(name, batch, scenario)),
);
const { clock } = scenario;
console.log(JSON.stringify(await inTurns(entrants, { clock, rounds })));

/**
 * One batcher for the whole process: when one is collected, V8 drops its code. The batch
 * function does nothing, so that all the time is the batcher's.
 */
async function entrant(
  name: string,
  batch: Batch,
  { batching, calls, batches, run }: Scenario,
): Promise<Contestant> {
  let ran = 0;
  const call = batch(batching, (items) => {
    ran++;
    return items;
  });
  await run(async (item) => {
    const answer = await call(item);
    if (answer !== item) throw new Error(`${name} answered wrongly`);
    return answer;
  });
  if (ran > batches * ENOUGH) {
    throw new Error(`${name} ran ${ran} batches, wanted ${batches}`);
  }
  return { name, calls, run: () => run(call) };
}
