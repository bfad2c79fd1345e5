/**
 * A call with all that has been seen of it, and one run of the handler.
 *
 * @module
 */
import type { LaneKey } from "../../../mod.ts";
import type { ListenedSignal } from "../../batcher/listened_signal.ts";

/** What a call asks for, as plain data. */
export interface Wish {
  readonly lane: number;
  /** What it is about; features make of it what they want. */
  readonly topic: number;
  readonly signal: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly priority: number | undefined;
  readonly weight: number;
}

/** What has become of a call. */
export type Seen =
  | { readonly isValue: true; readonly value: unknown }
  | { readonly isValue: false; readonly error: unknown };

/** A call that is not made yet; it is its own item. */
export interface Draft {
  readonly wish: Wish;
  readonly key: LaneKey;
  readonly isNested: boolean;
  readonly signal: ListenedSignal | undefined;
}

/** A call, as its caller knows it. */
export interface Caller extends Draft {
  readonly id: number;
  /** When it was made, in ms. */
  readonly at: number;
  /** When it may expire at the earliest, and at the latest, in ms. */
  readonly expiresFrom: number;
  readonly deadlineAt: number;
  readonly deadlineMs: number;
  /** The runs of the handler that its item was in. */
  readonly runs: Run[];
  seen: Seen | undefined;
}

/** One run of the handler. */
export interface Run {
  readonly number: number;
  readonly items: readonly Caller[];
  readonly isNested: boolean;
  readonly startedAt: number;
  /** Which batch it is a run of, and when that left, in ms. */
  readonly batch: number;
  readonly batchStartedAt: number;
  /** Whether it is not the first one. */
  readonly isAgain: boolean;
  /** How many callers there were when it started. */
  readonly callersBefore: number;
  /** Whether it was the method for one call alone. */
  readonly isSingle: boolean;
  /** Runs a function as if the handler did. */
  readonly inside: <T>(run: () => T) => T;
  /** Answers it, where the script has to. */
  answer: ((kinds: readonly number[]) => void) | undefined;
  /** When it answered, in ms; `undefined` before that. */
  answeredAt: number | undefined;
}
