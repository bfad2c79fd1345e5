/**
 * Measures contestants in turns. A machine that slows down slows a whole round down,
 * so that ratios within a round stay true; and since the order changes from round to
 * round, nobody is always first or always after the same one.
 *
 * @module
 */
import { measure } from "mitata";
import type { Clock } from "./clock.ts";

/** Somebody who is measured. */
export interface Contestant {
  readonly name: string;
  /** How much `run` does; times are given for one of these. */
  readonly calls: number;
  /** The work, thousands of calls. */
  run(): Promise<void>;
}

/** How long it is measured, and by what. */
export interface Effort {
  readonly clock: Clock;
  /** Rounds that count; some that do not come before. */
  readonly rounds: number;
}

/** By contestant: for one call, in ns, round by round. */
export type Rounds = Readonly<Record<string, readonly number[]>>;

/** How long a turn takes at least, in ns. */
const TURN_NS = 40e6;

/** Rounds in which engines compile what they will run: the code of a batch runs seldom, and is compiled late. */
const WARM_UPS = 8;

/** Measures all of them. */
export async function inTurns(
  contestants: readonly Contestant[],
  { clock, rounds }: Effort,
): Promise<Rounds> {
  const times = contestants.map((): number[] => []);
  const indices = [...contestants.keys()];
  for (let round = 0; round < rounds + WARM_UPS; round++) {
    indices.push(indices.shift()!);
    const order = round % 2 === 0 ? indices : indices.toReversed();
    for (const index of order) {
      const time = await turnOf(contestants[index]!, clock);
      if (round >= WARM_UPS) times[index]!.push(time);
      await leftovers();
    }
  }
  const entries = contestants.map(({ name }, index) => [name, times[index]!]);
  return Object.fromEntries(entries);
}

async function turnOf(
  { run, calls }: Contestant,
  { now, typical }: Clock,
): Promise<number> {
  const { samples } = await measure(run, {
    now,
    gc: false,
    min_samples: 1,
    min_cpu_time: TURN_NS,
    batch_threshold: 0,
    samples_threshold: Infinity,
  });
  return typical(samples) / calls;
}

/** Lets timers ring that the last contestant has left, before the next one comes. */
function leftovers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
