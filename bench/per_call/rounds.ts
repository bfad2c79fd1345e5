/**
 * Measures the contestants in turns. A machine that slows down slows a whole round
 * down, so that ratios within a round stay true, and since the order shifts from
 * round to round, nobody is always first or always after the same one.
 *
 * @module
 */
import { measure } from "mitata";
import { contestants } from "./contestants.ts";
import { scenarioOf } from "./scenarios.ts";

/** What one contestant takes in one scenario. */
export interface Figures {
  /** For one call, in ns. */
  readonly ns: number;
  /** As many times as the floor takes in the same round. */
  readonly ratio: number;
}

/** One scenario, measured. */
export interface Measured {
  readonly scenario: string;
  /** By contestant: the medians over all rounds. */
  readonly figures: Readonly<Record<string, Figures>>;
}

/** By contestant: for one call, in ns, round by round. */
export type Rounds = Readonly<Record<string, readonly number[]>>;

/** One sample is one run of the scenario, thousands of calls. */
const SAMPLES = {
  now: wallTime,
  min_samples: 7,
  min_cpu_time: 60e6,
  batch_threshold: 0,
};

/** Measures one scenario, after a round that nobody counts. */
export async function measured(
  scenario: string,
  rounds: number,
): Promise<Rounds> {
  const { batching, calls, run } = scenarioOf(scenario);
  // One object each for the whole process: when one is collected, V8 drops its code.
  const entrants = Object.entries(contestants).map(([name, make]) => {
    const call = make(batching);
    const ns: number[] = [];
    return { name, ns, run: () => run(call) };
  });
  for (let round = 0; round <= rounds; round++) {
    const first = round % entrants.length;
    const order = [...entrants.slice(first), ...entrants.slice(0, first)];
    for (const { ns, run } of order) {
      const { p50 } = await measure(run, { ...SAMPLES, gc: false });
      if (round > 0) ns.push(p50 / calls);
      await nextTurn();
    }
  }
  return Object.fromEntries(entrants.map(({ name, ns }) => [name, ns]));
}

/** The figures of a scenario from the rounds of several processes. */
export function figuresOf(processes: readonly Rounds[]): Measured["figures"] {
  const roundsOf = (name: string) =>
    processes.flatMap((rounds) => rounds[name]!);
  const floor = roundsOf("floor");
  const figures = Object.keys(contestants).map((name) => {
    const ns = roundsOf(name);
    const ratio = median(ns.map((each, round) => each / floor[round]!));
    return [name, { ns: median(ns), ratio }];
  });
  return Object.fromEntries(figures);
}

/** The time in ns: what a caller waits for, collections of garbage included. */
function wallTime(): number {
  return performance.now() * 1e6;
}

/** Lets timers ring that the last contestant has left, before the next one comes. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
