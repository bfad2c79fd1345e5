/**
 * What a load test shows, in one figure each, and what must hold of them.
 *
 * @module
 */
import { atLeast, atMost, type Demand } from "../harness/demand.ts";
import { OVERLOAD } from "./overload.ts";
import type { Seen } from "./seen.ts";
import type { Trial } from "./trial.ts";

/** A step of the climb as both endpoints took it. */
export interface Crossing {
  readonly alone: Seen;
  readonly batched: Seen;
}

/** The first step in which half of what is not batched failed; `undefined`: it never did. */
export function halfFailing(
  { alone, batched }: Trial,
): Crossing | undefined {
  const at = alone.steps.findIndex(({ failedShare }) => failedShare >= 0.5);
  return at < 0
    ? undefined
    : { alone: alone.steps[at]!, batched: batched.steps[at]! };
}

/** All that is demanded. */
export function demandsOf(trial: Trial): Demand[] {
  const { alone, batched, prices, overload } = trial;
  const gain = batched.saturation / alone.saturation;
  const half = halfFailing(trial);
  return [
    atLeast("good requests/s at saturation, by those of /predict", gain, 8),
    ...half === undefined
      ? [atLeast("steps in which /predict fails half", 0, 1)]
      : demandsAt(half),
    atLeast(
      `served at ${OVERLOAD} x capacity, by what r = ${
        overload.r.toFixed(2)
      } allows`,
      overload.share,
      0.92,
    ),
    overload.refusalP95Ms > 0
      ? atMost("p95 of refusals, ms", overload.refusalP95Ms, 20)
      : atLeast("rounds of the overload in which calls are refused", 0, 1),
    atMost(
      "CPU of a batched request, by bare JSON and the model's share",
      prices.overhead,
      1.5,
    ),
  ];
}

/** At the rate at which half of what is not batched fails. */
function demandsAt({ alone, batched }: Crossing): Demand[] {
  const rate = alone.perSecond.toFixed(0);
  return [
    atMost(
      `failures at ${rate}/s, where /predict fails half, per 1,000`,
      1000 * batched.failedShare,
      0,
    ),
    atMost(
      `p95 at ${rate}/s, by that of /predict`,
      batched.p95Ms / alone.p95Ms,
      0.1,
    ),
  ];
}
