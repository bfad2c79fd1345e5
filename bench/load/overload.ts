/**
 * What a service does when more comes than it can do.
 *
 * Capacity and prices are measured under an open loop as well, just before and after: to callers
 * that never rest the same service answers more, as they come in step with its batches.
 *
 * @module
 */
import { mean, median } from "../harness/averages.ts";
import type { Climb, StepEffort } from "./climb.ts";
import type { Instance } from "./instance.ts";
import type { Seen } from "./seen.ts";

/** How much more comes. */
export const OVERLOAD = 1.5;

/** How much comes while capacity is measured: enough for the service never to rest. */
const BUSY = 1.2;

/** A service under a load that can be changed. */
export interface Loaded {
  readonly instance: Instance;
  readonly climb: Climb;
}

/** One round. */
export interface OverloadRound {
  /** What it could answer per second, before and after. */
  readonly capacities: readonly [number, number];
  /** What a refusal costs by what an answer does. */
  readonly r: number;
  /** How much came, by what it could answer. */
  readonly load: number;
  /** What it answered, by what it could. */
  readonly served: number;
  /** What r allows of that. */
  readonly allowed: number;
  readonly seen: Seen;
}

/** What was seen. */
export interface Overload {
  readonly rounds: readonly OverloadRound[];
  /** Medians of the steadiest third of the rounds; `NaN` where none could be measured. */
  readonly r: number;
  readonly load: number;
  readonly served: number;
  /** What was served by what was allowed. */
  readonly share: number;
  readonly refusalP95Ms: number;
}

/** How well it must be known. */
export interface OverloadEffort {
  readonly seconds: number;
  readonly rounds: number;
}

/** Who takes part. */
export interface OverloadPlan {
  readonly service: Loaded;
  /** The same where it has no room for anybody. */
  readonly refusing: Loaded;
  /** About what the service can answer per second. */
  readonly capacity: number;
}

/** What a service does in a second when it has more to do than it can. */
export interface Spent {
  readonly good: number;
  readonly refused: number;
  /** Microseconds of CPU time, for all of it and for a refusal. */
  readonly spentUs: number;
  readonly refusalUs: number;
  /** What it can answer, as far as that was known before. */
  readonly about: number;
}

/** What a service can answer per second, and what CPU time that takes. */
export interface Bearing {
  /** As it was known before, where it could not be measured. */
  readonly perSecond: number;
  /** Microseconds for an answer; `NaN` where they could not be measured. */
  readonly answerUs: number;
}

/** Overloads a service, several times. */
export async function overloaded(
  { service, refusing, capacity }: OverloadPlan,
  { seconds, rounds: count }: OverloadEffort,
): Promise<Overload> {
  // All CPU time of a step is that of its only try.
  const effort = { seconds, tries: 1 };
  const rounds: OverloadRound[] = [];
  let about = capacity;
  while (rounds.length < count) {
    // As many as will come to the service: the more come at once, the less each of them costs.
    const refusalUs = await refusalPrice(refusing, OVERLOAD * about, effort);
    const before = await bearing(service, about, refusalUs, effort);
    const seen = await service.climb.step(OVERLOAD * before.perSecond, effort);
    const after = await bearing(service, before.perSecond, refusalUs, effort);
    about = after.perSecond;
    const able = mean([before.perSecond, about]);
    const r = refusalUs / mean([before.answerUs, after.answerUs]);
    const load = seen.offered / able;
    rounds.push({
      capacities: [before.perSecond, about],
      r,
      load,
      served: seen.good / able,
      allowed: allowedAt(load, r),
      seen,
    });
  }
  return overloadOf(rounds);
}

/**
 * What rounds come to. Machines have other things to do as well: those rounds count around which
 * capacity changed the least. In the others nobody knows what 1.5 times was.
 */
export function overloadOf(rounds: readonly OverloadRound[]): Overload {
  const steady = rounds.filter(({ r }) => isPrice(r))
    .sort((a, b) => changeIn(a) - changeIn(b))
    .slice(0, Math.ceil(rounds.length / 3));
  const middle = (pick: (round: OverloadRound) => number) =>
    median(steady.map(pick));
  return {
    rounds,
    r: middle(({ r }) => r),
    load: middle(({ load }) => load),
    served: middle(({ served }) => served),
    // Refusals that leave no room for answers are no excuse.
    share: middle(({ served, allowed }) => allowed > 0 ? served / allowed : 0),
    refusalP95Ms: middle(({ seen }) => seen.refusalP95Ms),
  };
}

/** A refusal that costs nothing, or as much as an answer, says that the CPU time of others was measured. */
function isPrice(r: number): boolean {
  return r > 0 && r < 1;
}

/** By what factor capacity changed around a round, as a logarithm. */
function changeIn({ capacities: [before, after] }: OverloadRound): number {
  return Math.abs(Math.log(after / before));
}

/** Microseconds of CPU time. */
async function refusalPrice(
  { instance, climb }: Loaded,
  perSecond: number,
  effort: StepEffort,
): Promise<number> {
  const before = instance.cpuMs();
  const { refused } = await climb.step(perSecond, effort);
  return 1000 * (instance.cpuMs() - before) / (refused * effort.seconds);
}

/** Loads the service with more than it can do: then it does nothing else but to answer and to refuse. */
async function bearing(
  { instance, climb }: Loaded,
  about: number,
  refusalUs: number,
  effort: StepEffort,
): Promise<Bearing> {
  const before = instance.cpuMs();
  const { good, refused } = await climb.step(BUSY * about, effort);
  const spentUs = 1000 * (instance.cpuMs() - before) / effort.seconds;
  return bearingOf({ good, refused, spentUs, refusalUs, about });
}

/** What a service could do, by what it has answered and refused per second, and spent on that. */
export function bearingOf(
  { good, refused, spentUs, refusalUs, about }: Spent,
): Bearing {
  const answerUs = (spentUs - refused * refusalUs) / good;
  if (good > 0 && isPrice(refusalUs / answerUs)) {
    return { perSecond: good + refused * refusalUs / answerUs, answerUs };
  }
  return { perSecond: about, answerUs: NaN };
}

/** What a service can still do at `load` times its capacity, by its capacity, if a refusal costs `r`. */
export function allowedAt(load: number, r: number): number {
  return Math.max(0, (1 - load * r) / (1 - r));
}
