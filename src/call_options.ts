/**
 * What one call may ask for, and the checks of that.
 *
 * @module
 */
import type { LaneKey, SettleInfo } from "./core/call.ts";
import {
  checked,
  FLAG,
  FUNCTION,
  isFunction,
  isObject,
  isReference,
  MS,
  type Rule,
  type Rules,
  SPAN,
} from "./core/check.ts";
import { isNative } from "./signals.ts";

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

/** What many calls may ask for. */
export interface ManyOptions extends CallOptions {
  /** Whether no call's error ends the others. */
  settled?: boolean | undefined;
}

/** Checks what a call asks for. What is no object asks for nothing: `xs.map(embed)` works. */
export function demandsOf(call: unknown): CallOptions | undefined {
  if (!isObject(call)) return undefined;
  return isRight(call) ? call : checked("take the call", call, CALL);
}

/** Sees what is right without a closer look at what is wrong: servers make such calls by the thousand. */
function isRight(call: CallOptions): boolean {
  for (const key in call) {
    if (key !== "signal" && key !== "deadlineMs" && !Object.hasOwn(CALL, key)) {
      return false;
    }
  }
  // What is inherited from a class cannot be enumerated, and counts all the same.
  const { signal, deadlineMs, onSettle, priority, lane } = call;
  return (signal === undefined || isNative(signal)) &&
    (deadlineMs === undefined ||
      typeof deadlineMs === "number" && deadlineMs > 0) &&
    (priority === undefined || isPriority(priority)) &&
    (lane === undefined || isPrimitive(lane)) &&
    (onSettle === undefined || isFunction(onSettle));
}

function isPriority(n: number): boolean {
  return Number.isInteger(n) && n >= -10 && n <= 10;
}

function isPrimitive(value: unknown): boolean {
  return !isReference(value);
}

/** The same for many calls, which may ask to be `settled` each for itself. */
export function manyDemandsOf(
  call: unknown,
): { settled: boolean; demands: CallOptions | undefined } {
  if (!isObject(call)) return { settled: false, demands: undefined };
  const given = checked<ManyOptions>("take the call", call, {
    ...CALL,
    settled: FLAG,
  });
  const { settled = false, ...demands } = given;
  return { settled, demands };
}

const SIGNAL: Rule = {
  wanted: "be an AbortSignal",
  is: (v) =>
    isObject(v) && typeof v["aborted"] === "boolean" &&
    isFunction(v["addEventListener"]),
};

const CALL: Rules<CallOptions> = {
  signal: SIGNAL,
  deadlineMs: SPAN,
  priority: { wanted: "be an integer from -10 to 10", fits: isPriority },
  lane: { wanted: "be a primitive", is: isPrimitive },
  onSettle: FUNCTION,
};

/** What a wait for room may be given. */
export const READY: Rules<Pick<CallOptions, "signal">> = { signal: SIGNAL };

/** What closing may be given. */
export const CLOSE: Rules<{ timeoutMs?: number | undefined }> = {
  timeoutMs: MS,
};
