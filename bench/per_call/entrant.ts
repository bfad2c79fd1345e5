/**
 * A batcher in a scenario, ready to be measured.
 *
 * @module
 */
import type { Contestant } from "../harness/turns.ts";
import type { Batch } from "./calls.ts";
import type { Scenario } from "./scenarios.ts";

/** Batches need not all be full: who never waits sends a few that are not. */
const ENOUGH = 1.1;

/**
 * Makes a batcher, one for the whole process (when one is collected, V8 drops its code), and
 * looks that it works. The batch function does nothing, so that all the time is the
 * batcher's.
 */
export async function entrant(
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

/** Several, one after the other. */
export async function entrants(
  batches: Readonly<Record<string, Batch>>,
  scenario: Scenario,
): Promise<Contestant[]> {
  const all: Contestant[] = [];
  for (const [name, batch] of Object.entries(batches)) {
    all.push(await entrant(name, batch, scenario));
  }
  return all;
}
