/**
 * What is measured of each feature, and what is demanded.
 *
 * @module
 */
import process from "node:process";
import { atMost, type Demand } from "../harness/demand.ts";
import { type Figures, geometricMean, mean } from "../harness/figures.ts";
import type { Batch } from "../per_call/calls.ts";
import { floor } from "../per_call/floor.ts";
import { burst, closedLoop, type Scenario } from "../per_call/scenarios.ts";
import {
  bounds,
  lanes,
  learned,
  ownSignal,
  plain,
  sharedSignal,
  unusedSignal,
} from "./uses.ts";

/** A feature in use. */
export interface Feature {
  readonly name: string;
  /** What it is compared with, the feature itself, and what helps to understand it. */
  readonly contestants: Readonly<Record<string, Batch>>;
  /** What must hold of the feature, given its figures in each scenario. */
  demand?(figures: readonly Figures[]): Demand;
}

const BATCHING = { size: 32, maxWaitMs: 1 };

/** When the calls come. */
export const scenarios: readonly Scenario[] = [
  burst(51_200, BATCHING),
  closedLoop(1024, BATCHING),
];

/** All of them. */
export const features: readonly Feature[] = [
  { name: "none", contestants: { floor, none: plain } },
  {
    name: "16 lanes",
    contestants: { floor, "16 lanes": lanes },
    demand: (figures) => times("16 lanes", figures, 1.4),
  },
  {
    name: "shared signal",
    contestants: { floor, "shared signal": sharedSignal },
    demand: (figures) => times("a shared signal", figures, 3),
  },
  {
    name: "own signal",
    contestants: {
      floor,
      "own signal": ownSignal,
      "made, not used": unusedSignal,
    },
    demand: (figures) =>
      more("a signal of its own", "the floor", figures, ownSignalLimit()),
  },
  {
    name: "all bounds",
    contestants: { floor, "all bounds": bounds },
    demand: (figures) => times("all bounds", figures, 1.3),
  },
  {
    name: "adaptive",
    contestants: { "window": plain, adaptive: learned },
    demand: (figures) => more("adaptive", "window", figures, 100),
  },
];

/** The feature of that name. */
export function featureOf(name: string): Feature {
  const feature = features.find((feature) => feature.name === name);
  if (feature) return feature;
  const all = features.map(({ name }) => name).join(", ");
  throw new RangeError(
    `Cannot measure: no feature "${name}", wanted one of ${all}`,
  );
}

/** What a feature may cost as a ratio. */
function times(
  what: string,
  figures: readonly Figures[],
  limit: number,
): Demand {
  const ratio = geometricMean(figures.map(({ ratio }) => ratio));
  return atMost(`${what} / floor`, ratio, limit);
}

/** What a feature may cost in ns. */
function more(
  what: string,
  thanWhat: string,
  figures: readonly Figures[],
  limit: number,
): Demand {
  const extra = mean(figures.map(({ extraNs }) => extraNs));
  return atMost(`${what}, ns more than ${thanWhat}`, extra, limit);
}

/** Signals are the runtime's, and differ by that much. */
function ownSignalLimit(): number {
  const { deno, node } = process.versions;
  if (deno) return 1500;
  return Number(node.split(".")[0]) > 20 ? 3000 : 5000;
}
