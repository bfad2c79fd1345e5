/**
 * What a batcher goes by: its options after their check, those that were left out at their defaults.
 *
 * @module
 */
import { adaptive } from "./core/adaptive/adaptive.ts";
import type { LaneKey } from "./core/call.ts";
import { checked, wrong } from "./core/check.ts";
import { type Policy, window } from "./core/policy.ts";
import type { RateLimit } from "./core/rate.ts";
import type { Hooks } from "./hooks.ts";
import { defaultHost, type Host } from "./host.ts";
import {
  BATCHER,
  type BatcherChanges,
  type BatcherOptions,
  CHANGES,
  type Overflow,
  type RetryOptions,
} from "./options.ts";
import type { Isolation } from "./repair.ts";

/** Options after their check, complete. What is not readonly is changed by `configure`. */
export interface Settings<In> {
  /** Lowered for a while when batches turn out to be too large, too. */
  size: number;
  policy: Policy;
  /** Whether that was given, and so goes before any `maxWaitMs`. */
  hasPolicy: boolean;
  concurrency: number;
  readonly maxQueue: number;
  readonly maxQueuePerLane: number;
  readonly maxWeight: number;
  readonly weigh: ((item: In) => number) | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly preferredSizes: readonly number[] | undefined;
  readonly lane: ((item: In) => LaneKey) | undefined;
  readonly dedupe: ((item: In) => unknown) | undefined;
  readonly overflow: Overflow;
  readonly deadlineMs: number;
  readonly batchTimeoutMs: number;
  readonly isolate: Isolation | undefined;
  readonly retry: RetryOptions | undefined;
  readonly name: string;
  readonly hooks: Hooks;
  readonly host: Host;
}

/** Checks the options of a batcher and fills in the defaults. */
export function settingsOf<In>(
  options: BatcherOptions<In>,
  defaultName: string,
): Settings<In> {
  const { maxWaitMs, policy, ...given } = checked(
    "make a batcher",
    options,
    BATCHER,
  );
  return {
    ...DEFAULTS as Settings<In>,
    name: defaultName,
    ...given as Partial<Settings<In>>,
    // What has been checked stays as it was: objects of the user's may change.
    rateLimit: given.rateLimit && { ...given.rateLimit },
    preferredSizes: given.preferredSizes && [...given.preferredSizes],
    policy: policyOf({ maxWaitMs, policy }) ?? adaptive(),
    hasPolicy: policy !== undefined,
  };
}

/** Checks what is to change, and returns what that makes of the settings. */
export function changesOf<In>(
  changes: BatcherChanges,
  settings: Settings<In>,
): Partial<Settings<In>> {
  const action = "configure the batcher";
  const { maxWaitMs, ...given } = checked(action, changes, CHANGES);
  const isGiven = given.policy !== undefined;
  if (maxWaitMs !== undefined && (isGiven || settings.hasPolicy)) {
    const wanted = 'be left out where "policy" is given';
    throw wrong(action, "maxWaitMs", wanted, maxWaitMs);
  }
  const policy = policyOf({ maxWaitMs, policy: given.policy });
  return {
    ...given as Partial<Settings<In>>,
    ...policy && { policy, hasPolicy: isGiven },
  };
}

/** The policy that the options name; `undefined` where they leave that open. */
function policyOf(
  { policy, maxWaitMs }: Pick<BatcherOptions, "policy" | "maxWaitMs">,
): Policy | undefined {
  return policy ?? (maxWaitMs === undefined ? undefined : window(maxWaitMs));
}

/** Where an option is left out; all in the same order, so that settings have one shape. */
const DEFAULTS: Omit<Settings<unknown>, "policy" | "hasPolicy" | "name"> = {
  size: 64,
  concurrency: 1,
  maxWeight: Infinity,
  weigh: undefined,
  lane: undefined,
  dedupe: undefined,
  maxQueue: Infinity,
  maxQueuePerLane: Infinity,
  overflow: "reject",
  rateLimit: undefined,
  preferredSizes: undefined,
  deadlineMs: Infinity,
  batchTimeoutMs: Infinity,
  isolate: undefined,
  retry: undefined,
  hooks: {},
  host: defaultHost,
};
