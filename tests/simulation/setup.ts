/**
 * What a batcher under proof is made with.
 *
 * @module
 */
import fc from "fast-check";
import type { LaneKey } from "../../mod.ts";

/** The options of the batcher, and how its world behaves, as plain data. */
export interface Setup {
  readonly name: string;
  readonly size: number;
  readonly concurrency: number;
  /** 0 for natural. */
  readonly maxWaitMs: number;
  readonly maxQueue: number;
  readonly overflow: "reject" | "drop-oldest";
  /** How many lanes there are; 0 where the option is left out. */
  readonly lanes: number;
  readonly deadlineMs: number;
  readonly hooks: "none" | "all" | "throwing";
  /** Whether a batch of one is worked on by a function of its own. */
  readonly hasSingle: boolean;
  /** How much before their time timers may ring, in ms. */
  readonly earlyMs: number;
  /** After how many ms the batcher gives up closing, in the end. */
  readonly closeMs: number;
}

/** Keys of all kinds, some of which look alike. */
export const LANE_KEYS: readonly LaneKey[] = [
  undefined,
  "a",
  1,
  "1",
  null,
  Symbol("lane"),
  1n,
  true,
];

/** Setups; the simplest ones first, as a failure shrinks to them. */
export const setups: fc.Arbitrary<Setup> = fc.record({
  name: fc.constant("proof"),
  size: fc.constantFrom(4, 2, 3, 1, 8, Infinity),
  concurrency: fc.constantFrom(1, 2, 3, Infinity),
  maxWaitMs: fc.constantFrom(0, 5, 20),
  maxQueue: fc.constantFrom(Infinity, Infinity, 3, 1, 0, 10),
  overflow: fc.constantFrom("reject", "drop-oldest"),
  lanes: fc.constantFrom(0, 0, 2, 4, LANE_KEYS.length),
  deadlineMs: fc.constantFrom(Infinity, Infinity, Infinity, 30),
  hooks: fc.constantFrom("all", "none", "throwing"),
  hasSingle: fc.boolean(),
  earlyMs: fc.constantFrom(0, 0, 0, 0.5),
  closeMs: fc.constantFrom(Infinity, Infinity, 7, 0),
}, { noNullPrototype: true });
