/**
 * The best that any rule can do for one slot and callers who know nothing of each other.
 *
 * @module
 */
import type { Contender } from "./backend.ts";
import type { Cost } from "./costs.ts";
import { plain } from "./plain.ts";

/** A rule that cannot be bettered. */
export interface Optimum {
  /** With how many to leave when so many wait; 0 to wait for one more. */
  readonly leave: Uint16Array;
  /** Mean latency, in ms, the price per item included. */
  readonly mean: number;
  /** From how many on it leaves. */
  readonly limit: number;
  /** One who follows it. */
  readonly contender: Contender;
}

/** What is to be solved. */
interface Problem {
  readonly cost: Cost;
  /** Calls per ms. */
  readonly rate: number;
  /** What a batch costs on top, in ms of an item's latency. @default 0 */
  readonly price?: number;
}

/** What is less likely is neglected. */
const NEGLECTED = 1e-12;
/** How exactly the mean is found, relative. */
const EXACT = 1e-7;

/**
 * Solves a semi-Markov decision process by value iteration. Its state is how many wait
 * while the slot is free. Waiting for one more takes `1 / rate` and costs that for each
 * who waits; a batch takes what it takes and costs that for all who are there, and
 * `rate * ms² / 2` for those who come meanwhile. The mean number of callers per time that
 * is found is the mean latency by Little's law.
 */
export function optimum({ cost, rate, price = 0 }: Problem): Optimum {
  const stages = stagesOf(cost, rate, price);
  const choices = choicesOf(stages, cost.preferredSizes ?? []);
  const states = statesOf(stages, cost.size);
  const leave = new Uint16Array(states + 1);
  let values = new Float64Array(states + 1);
  let next = new Float64Array(states + 1);
  /** Callers who are there on average, the price included. */
  let load = rate * cost.ms(1);
  for (let settled = 0; settled < 20;) {
    improve({ choices, rate, load, values, next, leave });
    // How long it takes on average from one batch to the next, about.
    const limit = leave.findIndex((count) => count > 0);
    const ms = limit / rate + cost.ms(leave[limit]!);
    const drift = (next[0]! - values[0]!) / ms;
    load += drift;
    const isSettled = Math.abs(drift) < EXACT * load;
    settled = isSettled ? settled + 1 : 0;
    const base = next[0]!;
    for (let i = 0; i <= states; i++) next[i]! -= base;
    [values, next] = [next, values];
  }
  const limit = leave.findIndex((count) => count > 0);
  const rule = ({ waiting }: { waiting: number }) =>
    leave[Math.min(waiting, states)]! || -Infinity;
  return { leave, limit, mean: load / rate, contender: plain(() => rule) };
}

/** A batch of some size: what it takes, and how many come meanwhile. */
interface Stage {
  readonly count: number;
  readonly ms: number;
  /** What it costs beyond `ms` for each who is there. */
  readonly extra: number;
  /** How many come at least, and how likely so many and more come. */
  readonly least: number;
  readonly chances: Float64Array;
}

function stagesOf({ ms, size }: Cost, rate: number, price: number): Stage[] {
  return Array.from({ length: size }, (_, index) => {
    const count = index + 1;
    const batchMs = ms(count);
    const { least, chances } = poissonChances(rate * batchMs);
    const extra = price + rate * batchMs * batchMs / 2;
    return { count, ms: batchMs, extra, least, chances };
  });
}

/** How many states matter: beyond them the queue hardly ever grows. */
function statesOf(stages: readonly Stage[], size: number): number {
  const { least, chances } = stages[size - 1]!;
  const mean = chances.reduce((sum, p, k) => sum + p * (least + k), 0);
  const room = Math.max(size - mean, 0.02 * size);
  // The tail of a random walk that falls by `room` a step and is spread by the root of `mean`.
  return Math.ceil(2 * size + Math.min(8 * size, 12 * mean / room));
}

function poissonChances(
  mean: number,
): { least: number; chances: Float64Array } {
  const logs: number[] = [];
  let log = -mean;
  for (let k = 0; k <= mean || log > Math.log(NEGLECTED); k++) {
    logs.push(log);
    log += Math.log(mean / (k + 1));
  }
  const least = logs.findIndex((log) => log > Math.log(NEGLECTED));
  const chances = Float64Array.from(logs.slice(least), Math.exp);
  const sum = chances.reduce((a, b) => a + b);
  return { least, chances: chances.map((p) => p / sum) };
}

interface Sweep {
  readonly choices: readonly Stage[][];
  readonly rate: number;
  readonly load: number;
  readonly values: Float64Array;
  readonly next: Float64Array;
  readonly leave: Uint16Array;
}

/** One step of value iteration, from many who wait to few. */
function improve({ choices, rate, load, values, next, leave }: Sweep): void {
  const last = values.length - 1;
  for (let waiting = last; waiting >= 0; waiting--) {
    let [best, choice] = [Infinity, 0];
    if (waiting < last) {
      best = (waiting - load) / rate + next[waiting + 1]!;
    }
    for (const stage of choices[Math.min(waiting, choices.length - 1)]!) {
      const value = stage.extra + (waiting - load) * stage.ms +
        expected(stage, waiting - stage.count, values);
      if (value < best || choice === 0 && waiting === last) {
        [best, choice] = [value, stage.count];
      }
    }
    next[waiting] = best;
    leave[waiting] = choice;
  }
}

/**
 * What may leave when so many wait: all, or as many as a preferred size. Longer
 * lines have the same choices as one that fills a batch.
 */
function choicesOf(
  stages: readonly Stage[],
  preferredSizes: readonly number[],
): Stage[][] {
  return [undefined, ...stages].map((all) =>
    all === undefined ? [] : [
      all,
      ...stages.filter(({ count }) =>
        count < all.count && preferredSizes.includes(count)
      ),
    ]
  );
}

function expected(
  { least, chances }: Stage,
  left: number,
  values: Float64Array,
): number {
  const last = values.length - 1;
  let sum = 0;
  for (let k = 0; k < chances.length; k++) {
    const state = left + least + k;
    sum += chances[k]! * values[state > last ? last : state]!;
  }
  return sum;
}
