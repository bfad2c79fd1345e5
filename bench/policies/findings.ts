/**
 * What the figures say, and whether that is good enough.
 *
 * @module
 */
import { atLeast, atMost, short } from "../harness/demand.ts";
import { median } from "../harness/figures.ts";
import type { Findings, Section } from "../harness/report.ts";
import { CALLERS } from "./closed_loop.ts";
import { LOAD, type Outcome, TARGET_MS } from "./overload.ts";

/** Answers per second round by round, by policy. */
export type Loop = Readonly<Record<string, readonly number[]>>;

/** What became of calls round by round, by policy. */
export type Overloads = Readonly<Record<string, readonly Outcome[]>>;

/** Everything that was measured. */
export interface Measured {
  /** By what callers do between an answer and the next call. */
  readonly loops: Readonly<Record<string, Loop>>;
  readonly overloads: Overloads;
}

/** Draws the conclusions. */
export function findingsOf({ loops, overloads }: Measured): Findings {
  const ratios = Object.values(loops).map((loop) =>
    ratioOf(loop, "adaptive()")
  );
  const shedding = calmer(overloads["adaptive({ targetMs, shed })"]!);
  return {
    ...loopSection(loops),
    more: [overloadSection(overloads)],
    demands: [
      atLeast("throughput, adaptive / natural", ratios[0]!, 1.4),
      atLeast("goodput / capacity", typical(shedding, "goodput"), 0.9),
      atMost("ms until a refusal is heard", typical(shedding, "refusalMs"), 1),
    ],
    data: { loops, overloads },
  };
}

function loopSection(loops: Measured["loops"]): Section {
  const names = Object.keys(Object.values(loops)[0]!);
  return {
    title:
      `Answers per second, to ${CALLERS} callers who call again after this`,
    table: [
      ["", ...Object.keys(loops)],
      ...names.map((name) => [
        name,
        ...Object.values(loops).map((loop) =>
          `${short(median(loop[name]!))} x${short(ratioOf(loop, name))}`
        ),
      ]),
    ],
  };
}

function overloadSection(overloads: Overloads): Section {
  const capacities = Object.values(overloads).flat()
    .map(({ capacity }) => capacity);
  return {
    title: `At ${LOAD} times the capacity, which is ${
      short(median(capacities))
    } per second:
answers within ${TARGET_MS} ms by the capacity, late ones by all answers; calls that were refused at once by all calls,
and in what time 99 of 100 of those heard of it; calls that were given up later by all calls; and by how much
99 of 100 calls were made late, which is the fault of a busy machine alone`,
    table: [
      ["", "in time", "late", "refused", "heard", "given up", "lag"],
      ...Object.entries(overloads).map(([name, all]) => {
        const outcomes = calmer(all);
        return [
          name,
          percent(typical(outcomes, "goodput")),
          percent(typical(outcomes, "late")),
          percent(typical(outcomes, "refused")),
          `${short(typical(outcomes, "refusalMs"))} ms`,
          percent(typical(outcomes, "givenUp")),
          `${short(typical(outcomes, "lagMs"))} ms`,
        ];
      }),
    ],
  };
}

/** How many times natural's of the same round. */
function ratioOf(loop: Loop, name: string): number {
  return median(
    loop[name]!.map((each, round) => each / loop["natural()"]![round]!),
  );
}

/** The half of the rounds in which the machine had the most time for us. */
function calmer(outcomes: readonly Outcome[]): readonly Outcome[] {
  const sorted = outcomes.toSorted((a, b) => a.lagMs - b.lagMs);
  return sorted.slice(0, Math.ceil(sorted.length / 2));
}

function typical(outcomes: readonly Outcome[], field: keyof Outcome): number {
  return median(outcomes.map((outcome) => outcome[field]));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
