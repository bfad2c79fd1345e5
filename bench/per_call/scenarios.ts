/**
 * When calls come.
 *
 * @module
 */
import { type Clock, cpuClock, wallClock } from "../harness/clock.ts";
import type { Batching, MakeCall } from "./calls.ts";

/** A way for calls to come. */
export interface Scenario {
  readonly name: string;
  /** How they are batched; every batch fills, unless nobody is there to fill it. */
  readonly batching: Batching;
  /** How many calls `run` makes, each with an item of its own. */
  readonly calls: number;
  /** How many batches they make. */
  readonly batches: number;
  /** What is measured of it. */
  readonly clock: Clock;
  /** Makes the calls and awaits every one of them. */
  run(call: MakeCall): Promise<void>;
}

/** All of them, the ones about throughput first. */
export const scenarios: readonly Scenario[] = [
  burst(100_000, { size: 100, maxWaitMs: 1 }),
  closedLoop(64, { size: 32, maxWaitMs: 1 }),
  closedLoop(1024, { size: 100, maxWaitMs: 1 }),
  lone({ size: 100, maxWaitMs: 0 }),
];

/** The scenario of that name. */
export function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((scenario) => scenario.name === name);
  if (scenario) return scenario;
  const all = scenarios.map(({ name }) => name).join(", ");
  throw new RangeError(
    `Cannot measure: no scenario "${name}", wanted one of ${all}`,
  );
}

/** All calls in one turn of the event loop. */
export function burst(calls: number, batching: Batching): Scenario {
  return {
    name: "burst",
    batching,
    calls,
    batches: calls / batching.size,
    clock: cpuClock,
    async run(call) {
      const answers = new Array<number | Promise<number>>(calls);
      for (let i = 0; i < calls; i++) answers[i] = call(i);
      for (let i = 0; i < calls; i++) await answers[i];
    },
  };
}

/**
 * So many callers, each of which calls again when it has been answered. All their
 * calls fill whole batches, or the last ones would wait for company that never comes.
 */
export function closedLoop(callers: number, batching: Batching): Scenario {
  const calls = 51_200;
  const each = calls / callers;
  return {
    name: String(callers),
    batching,
    calls,
    batches: calls / batching.size,
    clock: cpuClock,
    async run(call) {
      const loops = Array.from(
        { length: callers },
        (_, caller) => oneAfterTheOther(call, caller * each, each),
      );
      await Promise.all(loops);
    },
  };
}

/** One caller, who is not to wait for others. */
function lone(batching: Batching): Scenario {
  return {
    name: "lone",
    batching,
    calls: 1,
    batches: 1,
    clock: wallClock,
    async run(call) {
      await call(0);
    },
  };
}

/** One caller. */
async function oneAfterTheOther(
  call: MakeCall,
  first: number,
  calls: number,
): Promise<void> {
  for (let i = first; i < first + calls; i++) await call(i);
}
