/**
 * What may be watched.
 *
 * @module
 */
import type { Batch, LaneKey, LeaveReason } from "./core/call.ts";
import { outside } from "./nesting.ts";
import { isThenable } from "./outcome.ts";

/** A call that has come. */
export interface CallEvent {
  /** The name of the batcher. */
  readonly name: string;
  /** The lane that it goes to. */
  readonly lane: LaneKey;
  /** What the caller gave. */
  readonly item: unknown;
}

/** A batch that has left. */
export interface BatchEvent {
  /** Counts the batches of a batcher from 1. */
  readonly id: number;
  /** The name of the batcher. */
  readonly name: string;
  /** The lane of its calls. */
  readonly lane: LaneKey;
  /** How many calls it left with; those that share a place by `dedupe` count as one. */
  readonly size: number;
  /** What they weigh together; as much as their number where nothing is weighed. */
  readonly weight: number;
  /** Why it left. */
  readonly reason: LeaveReason;
  /** How long its oldest call had waited, in ms. */
  readonly waitMs: number;
  /** What `onCall` returned for its calls, in the order of its items, where it returned anything. */
  readonly tags: readonly unknown[];
}

/** A batch that has ended. */
export interface BatchEndEvent extends BatchEvent {
  /** How long it ran, in ms. */
  readonly runMs: number;
  /** How many of its calls were fulfilled, counted as `size` is. */
  readonly results: number;
  /** How many of its calls were rejected by its answer, likewise; those that are tried again are in neither number. */
  readonly failures: number;
  /**
   * Why it failed, if it did: what the handler threw, a `BatchResultError`, a `BatchTimeoutError`, or a
   * `ClosedError` where the time of `close` was over. With `isolate` calls may have been fulfilled all the same.
   */
  readonly error: unknown;
}

/** A call that left before it was answered. */
export interface LeaveEvent {
  /** The name of the batcher. */
  readonly name: string;
  /** Why it left. */
  readonly reason: "aborted" | "expired" | "dropped" | "closed";
  /** What it rejected with. */
  readonly error: unknown;
  /** How long it waited in the queue, in ms. */
  readonly waitMs: number;
  /** The batch that it was in, if it did not wait any more. */
  readonly batchId?: number | undefined;
}

/**
 * Functions that are told what happens. They cannot change it: what they
 * throw goes to `onError` and is counted in `stats().hookErrors`.
 *
 * @example Print why batches leave
 * ```ts
 * import { batched } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const lines: string[] = [];
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x), {
 *   size: 2,
 *   name: "double",
 *   hooks: { onBatchEnd: (b) => lines.push(`${b.name}: ${b.size}, ${b.reason}`) },
 * });
 * await Promise.all([double(1), double(2), double(3)]);
 * assert.deepEqual(lines, ["double: 2, full", "double: 1, idle"]);
 * ```
 */
export interface Hooks {
  /** Each call that is accepted; what it returns is the call's tag in the events of its batch. */
  onCall?: ((call: CallEvent) => unknown) | undefined;
  /** Each batch, before its handler is called. */
  onBatchStart?: ((batch: BatchEvent) => void) | undefined;
  /** Each batch, when its calls have been answered. */
  onBatchEnd?: ((batch: BatchEndEvent) => void) | undefined;
  /** Each call that left early. */
  onLeave?: ((call: LeaveEvent) => void) | undefined;
  /** What another hook, the `onSettle` of a call, the policy or the `hold` of the host, named `where`, has thrown. */
  onError?: ((error: unknown, where: string) => void) | undefined;
}

/** What is told of a batch that leaves. */
export function eventOf(batch: Batch<unknown>, name: string): BatchEvent {
  const { id, lane, reason, count, weight, tickets, startedAt, oldestAt } =
    batch;
  const tags: unknown[] = [];
  for (const ticket of tickets) {
    if (typeof ticket === "object") tags.push(...ticket.tags);
  }
  const waitMs = startedAt - oldestAt;
  return { id, name, lane, size: count, weight, reason, waitMs, tags };
}

/** Calls hooks and survives them. */
export class Watch {
  /** How often a hook has thrown. */
  errors = 0;
  readonly #hooks: Hooks;

  /** Watches with these hooks. */
  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** Whether anybody listens. */
  has(where: keyof Hooks): boolean {
    return this.#hooks[where] !== undefined;
  }

  /** Calls a hook, if it is there. */
  tell<Event>(where: Exclude<keyof Hooks, "onError">, event: Event): unknown {
    const hook = this.#hooks[where] as ((event: Event) => unknown) | undefined;
    return hook &&
      outside(() => this.guard(() => hook.call(this.#hooks, event), where));
  }

  /** Calls a function of the user's, and reports what it throws or rejects with. */
  guard<T>(run: () => T, where: string): T | undefined {
    return guarded(run, (error) => this.report(error, where));
  }

  /** Tells what the user's code has thrown. There is nobody to tell what `onError` throws. */
  report(error: unknown, where: string): void {
    this.errors++;
    guarded(() => outside(() => this.#hooks.onError?.(error, where)), () => {});
  }
}

function guarded<T>(
  run: () => T,
  onError: (error: unknown) => void,
): T | undefined {
  try {
    const result = run();
    // Promises of other realms are no instances of ours.
    if (isThenable(result)) result.then(undefined, onError);
    return result;
  } catch (error) {
    onError(error);
    return undefined;
  }
}
