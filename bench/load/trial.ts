/**
 * The whole load test: prices, a climb of both endpoints, and an overload.
 *
 * @module
 */
import { readDiabetes } from "../../examples/predictions/diabetes.ts";
import { capacityOf, type Question } from "./capacity.ts";
import { Climb, type StepEffort } from "./climb.ts";
import { Instance } from "./instance.ts";
import { OVERLOAD, type Overload, overloaded } from "./overload.ts";
import { type Prices, pricesOf } from "./prices.ts";
import type { Seen } from "./seen.ts";

/** How much is spent on each part: on each step, and on each round of the overload. */
export interface Effort extends StepEffort {
  /** How many times heavier a step is than the one before. */
  readonly factor: number;
  readonly rounds: number;
}

/** Clients of all parts give up after that. */
export const TIMEOUT_MS = 1000;

/** The endpoints that are compared. */
const [ALONE, BATCHED] = ["/predict", "/optimized_predict"] as const;

/** What was seen of an endpoint. */
export interface Climbed {
  readonly path: string;
  readonly seconds: readonly Seen[];
  readonly steps: readonly Seen[];
  /** Steps beside the best one of the climb. */
  readonly beside: readonly Seen[];
  /** The most that it answered in time per second, in any step. */
  readonly saturation: number;
}

/** What was found out. */
export interface Trial {
  readonly prices: Prices;
  readonly alone: Climbed;
  readonly batched: Climbed;
  readonly overload: Overload;
}

/** After so many steps in which hardly anything is answered, no heavier ones follow. */
const DEAD_STEPS = 3;

/** Does all of it. Both endpoints take turns, so that a machine that slows down does so for both. */
export async function trial(
  effort: Effort,
  say: (what: string) => void,
): Promise<Trial> {
  const { training } = await readDiabetes();
  const bodies = training.map(({ row }) => JSON.stringify(row));
  const instances = await Promise.all([
    Instance.start(),
    Instance.start(),
    Instance.startStandIn("bare"),
    Instance.startStandIn("refusing"),
  ]);
  try {
    const [first, second, third, fourth] = instances as [
      Instance,
      Instance,
      Instance,
      Instance,
    ];
    const alone = { instance: first, path: ALONE, bodies };
    const batched = { instance: second, path: BATCHED, bodies };
    const bare = { instance: third, path: "/echo", bodies };
    const refusing = { instance: fourth, path: BATCHED, bodies, status: 503 };
    const questions = [alone, batched, bare, refusing];
    say("warming up");
    // The first tens of thousands of requests make the runtime compile, and again.
    for (let round = 0; round < effort.rounds; round++) {
      for (const question of questions) await capacityOf(question, 500);
    }
    say("prices");
    const ms = 500 * effort.seconds;
    const { rounds } = effort;
    const prices = await pricesOf({ batched, alone, bare }, { rounds, ms });
    const climbs = [alone, batched, refusing].map(climbOf) as [
      Climb,
      Climb,
      Climb,
    ];
    const rates = await ratesFor(alone, batched, effort);
    await climbBoth(climbs.slice(0, 2), rates, effort, say);
    const predict = await climbed(climbs[0], effort);
    const optimized = await climbed(climbs[1], effort);
    say("overload");
    const overload = await overloaded({
      service: { instance: second, climb: climbs[1] },
      refusing: { instance: fourth, climb: climbs[2] },
      capacity: optimized.saturation,
    }, effort);
    await Promise.all(climbs.map((climb) => climb.end()));
    return { prices, alone: predict, batched: optimized, overload };
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
  }
}

function climbOf({ instance, path, bodies }: Question): Climb {
  const { port } = instance;
  return new Climb({ port, path, bodies, timeoutMs: TIMEOUT_MS });
}

/** From a load that is light for both to one that is too heavy for both. */
async function ratesFor(
  alone: Question,
  batched: Question,
  { seconds, factor }: Effort,
): Promise<number[]> {
  const lowest = (await capacityOf(alone, 500 * seconds)).perSecond / 3;
  const highest = (await capacityOf(batched, 500 * seconds)).perSecond *
    OVERLOAD;
  const steps = Math.log(highest / lowest) / Math.log(factor);
  // On a machine that stood still meanwhile, the highest may be the lower one.
  const count = Math.max(1, Math.ceil(steps));
  return Array.from(
    { length: count + 1 },
    (_, step) => lowest * (highest / lowest) ** (step / count),
  );
}

async function climbBoth(
  climbs: readonly Climb[],
  rates: readonly number[],
  effort: StepEffort,
  say: (what: string) => void,
): Promise<void> {
  for (const rate of rates) {
    for (const climb of climbs) {
      if (isDead(climb)) continue;
      const { good } = await climb.step(rate, effort);
      say(`${climb.path}: ${rate.toFixed(0)} came, ${good.toFixed(0)} good`);
    }
  }
}

function isDead({ steps }: Climb): boolean {
  const last = steps.slice(-DEAD_STEPS);
  return last.length === DEAD_STEPS &&
    last.every(({ failedShare }) => failedShare > 0.95);
}

/** The climb as it is now, and what lies beside its best step: those of the climb are far apart. */
async function climbed(climb: Climb, effort: Effort): Promise<Climbed> {
  const { path } = climb;
  const [seconds, steps] = [[...climb.seconds], [...climb.steps]];
  const best = steps.reduce((best, step) =>
    step.good > best.good ? step : best
  );
  const by = Math.cbrt(effort.factor);
  const beside: Seen[] = [];
  for (const times of [1 / by, by, by ** 2]) {
    beside.push(await climb.step(best.perSecond * times, effort));
  }
  const saturation = Math.max(...[best, ...beside].map(({ good }) => good));
  return { path, seconds, steps, beside, saturation };
}
