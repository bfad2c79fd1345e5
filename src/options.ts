/**
 * Every option, its default and its check.
 *
 * @module
 */
import type { LaneKey, SettleInfo } from "./core/call.ts";
import { adaptive } from "./core/adaptive/adaptive.ts";
import { type Policy, window } from "./core/policy.ts";
import type { RateLimit } from "./core/rate.ts";
import { Check } from "./check.ts";
import type { Hooks } from "./hooks.ts";
import { defaultHost, type Host } from "./host.ts";
import type { Isolation } from "./repair.ts";

/** What happens to whom when a queue is full. */
export type Overflow = "reject" | "drop-oldest" | "drop-lowest";

/** How calls are tried again whose outcome is {@link retryLater}. */
export interface RetryOptions {
  /** How often an item is tried at most, the first time included: an integer >= 1, or `Infinity`. */
  readonly attempts: number;
  /**
   * How long it waits before it is tried again, in ms, >= 0, unless the outcome says so; or a function of how often it has
   * been tried. Left out: a random time of up to 100 ms, then 200 ms, 400 ms and so
   * on, at most 10 s.
   */
  readonly delayMs?: number | ((attempt: number) => number) | undefined;
}

/** How a batcher works. Every option may be left out. */
export interface BatcherOptions<In = unknown> {
  /**
   * Most items in a batch: an integer >= 1, or `Infinity`.
   *
   * @default {64}
   */
  size?: number | undefined;
  /**
   * Longest time, in ms from its arrival, that a call is held for company while a
   * slot is free; 0: not at all, a lane leaves as soon as a slot is free. Left out: as long as
   * that pays, by what has been learned, see {@link adaptive}.
   */
  maxWaitMs?: number | undefined;
  /** Decides when a lane leaves, in place of `maxWaitMs`: {@link adaptive}, {@link window}, {@link natural} or your own. */
  policy?: Policy | undefined;
  /**
   * Most batches in flight at once: an integer >= 1, or `Infinity`. Raise it for databases
   * and HTTP; a model that computes on this thread gains nothing.
   *
   * @default {1}
   */
  concurrency?: number | undefined;
  /**
   * The heaviest batch, > 0: a second limit beside `size`, in bytes, tokens, rows. Goes with `weigh`. An
   * item that is heavier rejects with an {@link ItemTooHeavyError}.
   *
   * @default {Infinity}
   */
  maxWeight?: number | undefined;
  /** What an item weighs, a number >= 0; called once for each item. */
  weigh?: ((item: In) => number) | undefined;
  /** The lane of an item, a primitive; items of different lanes never share a batch. */
  lane?: ((item: In) => LaneKey) | undefined;
  /**
   * What an item asks for. Calls of one lane that ask for the same while one of them waits or runs are one item to
   * the handler, take one place in the queue and get one result, the very same object; `undefined`: this one
   * shares with nobody. Each keeps its own signal and deadline.
   */
  dedupe?: ((item: In) => unknown) | undefined;
  /**
   * Most calls that may queue behind busy slots: an integer >= 0, or `Infinity`.
   *
   * @default {Infinity}
   */
  maxQueue?: number | undefined;
  /**
   * The same for each lane by itself.
   *
   * @default {Infinity}
   */
  maxQueuePerLane?: number | undefined;
  /**
   * What to do with a call that finds the queue full: refuse it, or drop for it the oldest one, or the
   * oldest of the lowest priority if that is lower than its own. Any of them rejects
   * with a {@link QueueFullError}.
   *
   * @default {"reject"}
   */
  overflow?: Overflow | undefined;
  /** Most batches that start in any span of `perMs` ms, for back ends that count requests. */
  rateLimit?: RateLimit | undefined;
  /**
   * Batch sizes that the back end likes, such as compiled shapes: a batch is trimmed to one of them when more
   * calls wait than fit it, unless they nearly fill the next one.
   */
  preferredSizes?: readonly number[] | undefined;
  /** By when every caller hears, in ms from its call, unless the call says otherwise; > 0. */
  deadlineMs?: number | undefined;
  /**
   * Most time that a batch may run, in ms, > 0, repairs included. Then its signal aborts, its
   * calls reject with a {@link BatchTimeoutError} and its slot is free, whatever its
   * handler does.
   */
  batchTimeoutMs?: number | undefined;
  /**
   * After a batch of several calls has failed, runs them again to find those for which it
   * does: `"each"` alone (a decorated method runs itself then), or `"bisect"`: in halves, and alone where
   * halves fail too often. Only the guilty reject. The handler must be safe to repeat.
   */
  isolate?: Isolation | undefined;
  /**
   * How often calls are tried whose outcome is {@link retryLater}. Left out, they reject with a
   * {@link RetryError} at once.
   */
  retry?: RetryOptions | undefined;
  /** What events and errors call the batcher. Defaults to the name of the method or handler. */
  name?: string | undefined;
  /** Who is told what happens. */
  hooks?: Hooks | undefined;
  /** Where time comes from. */
  host?: Host | undefined;
}

/** How a decorated method works: as a batcher does, with the handler beside it. */
export interface BatchedOptions<In = unknown, Handler = string>
  extends BatcherOptions<In> {
  /**
   * The twin: its name, or a function that is called on the object of the method.
   * Defaults to the method named as this one with `Batch` behind.
   */
  handler?: Handler | undefined;
}

/** What may change while a batcher lives; what is left out stays as it is. */
export type BatcherChanges = Pick<
  BatcherOptions,
  "size" | "maxWaitMs" | "policy" | "concurrency"
>;

/** What one call may ask for. */
export interface CallOptions {
  /** Rejects the call with the signal's reason and touches no other. */
  signal?: AbortSignal | undefined;
  /** By when this caller hears, in ms from now, > 0; in place of the option of the same name. */
  deadlineMs?: number | undefined;
  /**
   * Calls of a higher one leave first: an integer from -10 to 10. A call rises by one when it has waited
   * as long as ten batches take.
   *
   * @default {0}
   */
  priority?: number | undefined;
  /** The lane of this call, a primitive; in place of the option of the same name. */
  lane?: LaneKey;
  /** Hears of the batch when it ends, unless the call left it before. */
  onSettle?: ((info: SettleInfo) => void) | undefined;
}

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
  const check = new Check("make a batcher", options, OPTIONS);
  return {
    size: check.count("size", 1) ?? 64,
    policy: policyOf(check) ?? adaptive(),
    hasPolicy: options.policy !== undefined,
    concurrency: check.count("concurrency", 1) ?? 1,
    maxQueue: check.count("maxQueue", 0) ?? Infinity,
    maxQueuePerLane: check.count("maxQueuePerLane", 0) ?? Infinity,
    maxWeight: check.amount("maxWeight") ?? Infinity,
    weigh:
      (options.maxWeight === undefined
        ? check.fn("weigh")
        : check.required("weigh", check.fn("weigh"))) as Settings<In>["weigh"],
    rateLimit: check.rate("rateLimit"),
    preferredSizes: check.counts("preferredSizes"),
    lane: check.fn("lane") as Settings<In>["lane"],
    dedupe: check.fn("dedupe") as Settings<In>["dedupe"],
    overflow: check.choice("overflow", OVERFLOWS) ?? "reject",
    deadlineMs: check.span("deadlineMs") ?? Infinity,
    batchTimeoutMs: check.span("batchTimeoutMs") ?? Infinity,
    isolate: check.choice("isolate", ["each", "bisect"]),
    retry: retryIn(check.part("retry", ["attempts", "delayMs"])),
    name: check.text("name") ?? defaultName,
    hooks: check.record("hooks", HOOKS) ?? {},
    host: check.methods<Host>("host", HOST) ?? defaultHost,
  };
}

/** Checks what is to change, and returns what that makes of the settings. */
export function changesOf<In>(
  changes: BatcherChanges,
  settings: Settings<In>,
): Partial<Settings<In>> {
  const check = new Check("configure the batcher", changes, CHANGES);
  const size = check.count("size", 1);
  const concurrency = check.count("concurrency", 1);
  const policy = policyOf(check);
  const isGiven = changes.policy !== undefined;
  if (isGiven || settings.hasPolicy) {
    check.absent("maxWaitMs", 'where "policy" is given');
  }
  return {
    ...size !== undefined && { size },
    ...concurrency !== undefined && { concurrency },
    ...policy !== undefined && { policy, hasPolicy: isGiven },
  };
}

/** Checks the options of a decorated method, and parts its twin from the rest. */
export function partsOf<Handler>(
  options: BatchedOptions<never, Handler>,
): { handler: Handler | undefined; batcher: BatcherOptions<never> } {
  const check = new Check("batch a method", options, ["handler", ...OPTIONS]);
  const handler = check.handler("handler") as Handler | undefined;
  const entries = OPTIONS.map((key) => [key, options[key]])
    .filter(([, value]) => value !== undefined);
  const batcher: BatcherOptions<never> = Object.fromEntries(entries);
  settingsOf(batcher, "");
  return { handler, batcher };
}

/** Checks what a call asks for. What is no object asks for nothing: `xs.map(embed)` works. */
export function demandsOf(call: unknown): CallOptions | undefined {
  if (typeof call !== "object" || call === null) return undefined;
  if (isPlainlyRight(call)) return call;
  return demandsIn(new Check("take the call", call, CALL_OPTIONS));
}

/** Most calls that ask for something ask for this, which needs no closer look: servers' do. */
function isPlainlyRight(call: CallOptions): boolean {
  for (const key in call) {
    if (key !== "signal" && key !== "deadlineMs" && key !== "onSettle") {
      return false;
    }
  }
  // What is inherited from a class cannot be enumerated, and counts all the same.
  const { signal, deadlineMs, onSettle, priority, lane } = call;
  return priority === undefined && lane === undefined &&
    (signal === undefined ||
      typeof AbortSignal === "function" && signal instanceof AbortSignal) &&
    (deadlineMs === undefined ||
      typeof deadlineMs === "number" && deadlineMs > 0) &&
    (onSettle === undefined || typeof onSettle === "function");
}

/** The same for many calls, which may ask to be `settled` each for itself. */
export function manyDemandsOf(
  call: unknown,
): { settled: boolean; demands: CallOptions | undefined } {
  if (typeof call !== "object" || call === null) {
    return { settled: false, demands: undefined };
  }
  const keys = [...CALL_OPTIONS, "settled"];
  const check = new Check("take the call", call, keys);
  return { settled: check.flag("settled") ?? false, demands: demandsIn(check) };
}

function demandsIn(check: Check): CallOptions {
  return {
    signal: check.signal("signal"),
    deadlineMs: check.span("deadlineMs"),
    priority: check.integer("priority", -10, 10),
    lane: check.primitive("lane"),
    onSettle: check.fn("onSettle") as CallOptions["onSettle"],
  };
}

/** Checks the options of a method that takes a signal or a time limit. */
export function checkedOptions(
  action: string,
  options: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined },
  keys: readonly ("signal" | "timeoutMs")[],
): void {
  const check = new Check(action, options, keys);
  check.signal("signal");
  check.ms("timeoutMs");
}

function retryIn(check: Check | undefined): RetryOptions | undefined {
  return check && {
    attempts: check.required("attempts", check.count("attempts", 1)),
    delayMs: check.delay("delayMs"),
  };
}

/** The policy that the options name; `undefined` where they leave that open. */
function policyOf(check: Check): Policy | undefined {
  const maxWaitMs = check.ms("maxWaitMs");
  return check.methods<Policy>("policy", ["forLane"]) ??
    (maxWaitMs === undefined ? undefined : window(maxWaitMs));
}

const CHANGES = [
  "size",
  "maxWaitMs",
  "policy",
  "concurrency",
] as const satisfies readonly (keyof BatcherChanges)[];

const OVERFLOWS = ["reject", "drop-oldest", "drop-lowest"] as const;

const HOST = ["now", "hop", "timer", "neutral"] as const;

/** The names of all options of a batcher. */
export const OPTIONS: readonly (keyof BatcherOptions)[] = [
  "size",
  "maxWaitMs",
  "policy",
  "concurrency",
  "maxWeight",
  "weigh",
  "lane",
  "dedupe",
  "maxQueue",
  "maxQueuePerLane",
  "overflow",
  "rateLimit",
  "preferredSizes",
  "deadlineMs",
  "batchTimeoutMs",
  "isolate",
  "retry",
  "name",
  "hooks",
  "host",
];

const CALL_OPTIONS = [
  "signal",
  "deadlineMs",
  "priority",
  "lane",
  "onSettle",
] as const satisfies readonly (keyof CallOptions)[];

const HOOKS = [
  "onCall",
  "onBatchStart",
  "onBatchEnd",
  "onLeave",
  "onError",
] as const satisfies readonly (keyof Hooks)[];
