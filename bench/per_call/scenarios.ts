/**
 * When calls come.
 *
 * @module
 */
import type { Batching, MakeCall } from "./contestants.ts";

/** A way for calls to come. */
export interface Scenario {
  readonly name: string;
  /** How they are batched. */
  readonly batching: Batching;
  /** How many calls `run` makes. */
  readonly calls: number;
  /** Makes the calls and awaits every one of them. */
  run(call: MakeCall): Promise<void>;
}

/** All of them, the ones about throughput first. */
export const scenarios: readonly Scenario[] = [
  {
    name: "burst",
    batching: { size: 100, maxWaitMs: 1 },
    calls: 100_000,
    run: (call) => burst(call, 100_000),
  },
  closedLoop(64, { size: 32, maxWaitMs: 1 }),
  closedLoop(1024, { size: 100, maxWaitMs: 1 }),
  {
    name: "lone",
    batching: { size: 100, maxWaitMs: 0 },
    calls: 5000,
    run: (call) => oneAfterTheOther(call, 5000),
  },
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
async function burst(call: MakeCall, calls: number): Promise<void> {
  const answers = new Array<number | Promise<number>>(calls);
  for (let i = 0; i < calls; i++) answers[i] = call(i);
  for (let i = 0; i < calls; i++) await answers[i];
}

/**
 * So many callers, each of which calls again when it has been answered. All their
 * calls fill whole batches, or the last ones would wait for company that never comes.
 */
function closedLoop(callers: number, batching: Batching): Scenario {
  const calls = 51_200;
  return {
    name: String(callers),
    batching,
    calls,
    async run(call) {
      const loops = Array.from(
        { length: callers },
        () => oneAfterTheOther(call, calls / callers),
      );
      await Promise.all(loops);
    },
  };
}

/** One caller. */
async function oneAfterTheOther(call: MakeCall, calls: number): Promise<void> {
  for (let i = 0; i < calls; i++) await call(i);
}
