/**
 * What a batcher under proof is made with.
 *
 * @module
 */
import fc from "fast-check";
import { adaptive, type BatcherOptions, type LaneKey } from "../../mod.ts";

type Overflow = NonNullable<BatcherOptions["overflow"]>;
type RateLimit = NonNullable<BatcherOptions["rateLimit"]>;

/** When lanes leave, in a word. */
export type PolicyName =
  | "natural"
  | "window 5"
  | "window 20"
  | "adaptive"
  | "adaptive 7"
  | "price"
  | "target"
  | "shed";

/** The options of the batcher, and how its world behaves, as plain data. */
export interface Setup {
  readonly name: string;
  readonly size: number;
  readonly concurrency: number;
  readonly policy: PolicyName;
  readonly maxWeight: number;
  readonly maxQueue: number;
  readonly maxQueuePerLane: number;
  readonly overflow: Overflow;
  readonly rateLimit: RateLimit | undefined;
  readonly preferredSizes: readonly number[] | undefined;
  /** How many lanes there are; 0 where the option is left out. */
  readonly lanes: number;
  readonly deadlineMs: number;
  readonly batchTimeoutMs: number;
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

/** What a policy promises, and how it is asked for. */
export interface Promised {
  /** How long a call is held for company while a slot is free, at most, in ms. */
  readonly maxWaitMs: number;
  /** Whether that counts from when a slot is also free. */
  readonly isAdaptive: boolean;
  /** Whether calls may be refused, and dropped, because they would be late. */
  readonly sheds: boolean;
  /** Whether batches may be smaller than they could be. */
  readonly trims: boolean;
  readonly options: Pick<BatcherOptions, "maxWaitMs" | "policy">;
}

/** What each of the policies promises. */
export const POLICIES: Readonly<Record<PolicyName, Promised>> = {
  "natural": plain(0),
  "window 5": plain(5),
  "window 20": plain(20),
  "adaptive": learned(20, {}),
  "adaptive 7": learned(7, { policy: adaptive({ maxWaitMs: 7 }) }),
  "price": learned(10, {
    policy: adaptive({ maxWaitMs: 10, costPerBatchMs: 8 }),
  }),
  "target": {
    ...learned(20, { policy: adaptive({ targetMs: 15 }) }),
    trims: true,
  },
  "shed": {
    ...learned(20, { policy: adaptive({ targetMs: 15, shed: true }) }),
    sheds: true,
    trims: true,
  },
};

function plain(maxWaitMs: number): Promised {
  const options = { maxWaitMs };
  return { maxWaitMs, isAdaptive: false, sheds: false, trims: false, options };
}

function learned(
  maxWaitMs: number,
  options: Pick<BatcherOptions, "policy">,
): Promised {
  return { maxWaitMs, isAdaptive: true, sheds: false, trims: false, options };
}

/** Setups; the simplest ones first, as a failure shrinks to them. */
export const setups: fc.Arbitrary<Setup> = fc.record({
  name: fc.constant("proof"),
  size: fc.constantFrom(4, 2, 3, 1, 8, Infinity),
  concurrency: fc.constantFrom(1, 2, 3, Infinity),
  policy: mostly<PolicyName>(
    ["natural", "window 5", "window 20", "adaptive"],
    ["adaptive 7", "price", "target", "shed"],
  ),
  maxWeight: mostly([Infinity], [10]),
  maxQueue: mostly([Infinity], [3, 1, 0, 10]),
  maxQueuePerLane: mostly([Infinity, Infinity], [2, 0]),
  overflow: fc.constantFrom<Overflow[]>("reject", "drop-oldest", "drop-lowest"),
  rateLimit: mostly<RateLimit | undefined>(
    [undefined, undefined],
    [{ batches: 2, perMs: 10 }, { batches: 1, perMs: 25 }],
  ),
  preferredSizes: mostly<readonly number[] | undefined>(
    [undefined, undefined],
    [[2, 4], [3]],
  ),
  lanes: fc.constantFrom(0, 0, 2, 4, LANE_KEYS.length),
  deadlineMs: mostly([Infinity], [30]),
  batchTimeoutMs: mostly([Infinity, Infinity], [25, 3]),
  hooks: fc.constantFrom("all", "none", "throwing"),
  hasSingle: fc.boolean(),
  earlyMs: mostly([0], [0.5]),
  closeMs: fc.constantFrom(Infinity, Infinity, 7, 0),
}, { noNullPrototype: true });

/** Three times as often one of the first. */
function mostly<T>(usual: readonly T[], rare: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );
}
