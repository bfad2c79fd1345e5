/**
 * How fast the simulator is, all of the shipped scheduler included.
 *
 * @module
 */
import process from "node:process";
import { poisson } from "./arrivals.ts";
import { capacity, keras } from "./costs.ts";
import type { Entrant } from "./entrants.ts";
import { simulate } from "./simulation.ts";

/** Low loads make a batch of nearly every call, high ones few and large batches. */
const LOADS = [0.001, 0.01, 0.1, 0.5, 0.95];

/**
 * How many items this one batches in a second of work of the processor, as many at each
 * load. Measured the second time, when the engine has seen the code.
 */
export function itemsPerSecond(entrant: Entrant): number {
  simulated(entrant);
  const before = process.cpuUsage();
  const items = simulated(entrant);
  const { user, system } = process.cpuUsage(before);
  return 1e6 * items / (user + system);
}

/** Returns how many items that were. */
function simulated(entrant: Entrant): number {
  let items = 0;
  for (const load of LOADS) {
    const rate = load * capacity(keras);
    const scenario = {
      arrivals: poisson(rate),
      cost: keras,
      warmUpMs: 0,
      ms: 100_000 / rate,
      seed: 1,
    };
    items += simulate(scenario, entrant.contender({})).items;
  }
  return items;
}
