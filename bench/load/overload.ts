/**
 * What a service does when more comes than it can do.
 *
 * @module
 */
import { mean, median } from "../harness/averages.ts";
import { capacityOf, type Question } from "./capacity.ts";
import type { Climb, StepEffort } from "./climb.ts";
import type { Seen } from "./seen.ts";

/** How much more comes. */
export const OVERLOAD = 1.5;

/** What was seen. */
export interface Overload {
  /** Answers per second when callers never rest: before, between and after the rounds. */
  readonly capacities: readonly number[];
  /** How much of a core the server had meanwhile. */
  readonly cores: number;
  readonly rounds: readonly Seen[];
  /** What it served by what it can: the median of the calmer half of the rounds. */
  readonly served: number;
  /** Of the same rounds. */
  readonly refusalP95Ms: number;
}

/**
 * Overloads a service, several times. Its capacity is measured around each of them, as machines
 * have other things to do as well; and those rounds count in which they had the least.
 */
export async function overloaded(
  question: Question,
  climb: Climb,
  { rounds, ...effort }: StepEffort & { readonly rounds: number },
): Promise<Overload> {
  const measure = () => capacityOf(question, 500 * effort.seconds);
  const capacities = [await measure()];
  const seen: Seen[] = [];
  const served = new Map<Seen, number>();
  for (let round = 0; round < rounds; round++) {
    const perSecond = OVERLOAD * capacities.at(-1)!.perSecond;
    const step = await climb.step(perSecond, effort);
    capacities.push(await measure());
    seen.push(step);
    const capacity = mean(capacities.slice(-2).map((each) => each.perSecond));
    served.set(step, step.good / capacity);
  }
  const calm = [...seen]
    .sort((a, b) => a.latenessMs - b.latenessMs)
    .slice(0, Math.ceil(rounds / 2));
  return {
    capacities: capacities.map(({ perSecond }) => perSecond),
    cores: median(capacities.map(({ cores }) => cores)),
    rounds: seen,
    served: median(calm.map((step) => served.get(step)!)),
    refusalP95Ms: median(calm.map(({ refusalP95Ms }) => refusalP95Ms)),
  };
}
