/**
 * The records of the model: a call with all that has been seen of it, and a batch.
 *
 * @module
 */
import type { BatchContext, LaneKey, SettleInfo } from "../../mod.ts";
import type { ListenedSignal } from "../batcher/listened_signal.ts";
import type { Fate, Held, Way } from "./answers.ts";

/** What is wrong with a call, so that it is never accepted. */
export type Flaw =
  | "bad lane"
  | "throwing lane"
  | "bad weight"
  | "throwing weight"
  | "aborted"
  | "bad option"
  | "too heavy";

/** What a call asks for, as plain data. */
export interface Wish {
  /** Which of the lanes. */
  readonly lane: number;
  /** Which of the signals. */
  readonly signal: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly priority: number | undefined;
  readonly weight: number;
  /** Whether it wants to hear of its batch. */
  readonly listens: boolean;
  /** How often its caller calls again when it has been answered. */
  readonly again: number;
  readonly flaw: Flaw | undefined;
}

/** What has become of a call, as its promise says. */
export type Seen =
  | { readonly isValue: true; readonly value: unknown }
  | { readonly isValue: false; readonly error: unknown };

/** Where a call went, in the words of the stats. */
export type Went =
  | "result"
  | "failure"
  | "aborted"
  | "expired"
  | "refused"
  | "dropped"
  | "refused or dropped"
  | "closed"
  | "flawed";

/** A call, as its caller knows it; it is its own item. */
export interface Caller {
  readonly id: number;
  readonly wish: Wish;
  readonly key: LaneKey;
  /** Whether it was made from inside a batch. */
  readonly isNested: boolean;
  /** Whether it was made while a handler was on the stack. */
  readonly isInLook: boolean;
  readonly signal: ListenedSignal | undefined;
  readonly priority: number;
  readonly weight: number;
  /** How often it was weighed. */
  weighed: number;
  /** When it was made, in ms and in turns of the event loop. */
  readonly at: number;
  readonly turn: number;
  /** When that turn began: the batcher reads the clock once a turn. */
  readonly since: number;
  readonly deadlineMs: number;
  /** When it may expire at the earliest, and at the latest, in ms. */
  readonly expiresFrom: number;
  readonly deadlineAt: number;
  /** How long before its deadline it has to leave, in ms, by what was known of batches when it came. */
  readonly leadMs: number;
  /** Whether the rules say that it is accepted; `undefined` where that cannot be known. */
  verdict: "accepted" | "refused" | undefined;
  state: "waiting" | "running" | "gone";
  batch: SimBatch | undefined;
  /** Whether it must leave since somebody flushed, and whether without a slot. */
  flushed: "no" | "bound" | "unbound";
  /** What its batch answered. */
  fate: Fate | undefined;
  /** Why it must have left, where the rules say so. */
  mustLeave: "aborted" | "dropped" | undefined;
  /** What its promise has said, and how that is to be counted. */
  seen: Seen | undefined;
  went: Went | undefined;
  readonly infos: SettleInfo[];
}

/** A batch, as its handler knows it. */
export interface SimBatch {
  readonly number: number;
  readonly callers: readonly Caller[];
  readonly context: BatchContext | undefined;
  readonly signal: () => AbortSignal;
  readonly key: LaneKey;
  readonly isNested: boolean;
  /** Whether it needs no slot, and whether that is known. */
  readonly isUnbound: boolean;
  readonly isUnboundSure: boolean;
  /** Calls of its line that may have left before without a word. */
  readonly unsure: readonly Caller[];
  /** When it left, and when the turn of the event loop began in which it did, in ms. */
  readonly startedAt: number;
  readonly since: number;
  /** Runs a function as if the handler did. */
  readonly inside: <T>(run: () => T) => T;
  /** Answers it; only where the script has to, and only once. */
  answer: ((way: Way, kinds: readonly number[]) => void) | undefined;
  /** When its handler has answered, if it has, in ms. */
  answeredAt: number | undefined;
  /** What all of it was rejected with, if it was. */
  failure: Fate | undefined;
  /** The outcomes that are still promises, or come in a stream. */
  held: Held[];
  /** The calls that a stream will leave out, by their index; only where the answer is a stream that goes on. */
  leftOut: readonly number[] | undefined;
  /** Whether it has run out of time. */
  isTimedOut: boolean;
  /** Whether it left others behind because it held no more. */
  readonly isFull: boolean;
  /** How the last of its callers that is gone went. */
  lastGone: "answered" | "left";
  /** Whether it is known if its signal has aborted. */
  isSignalSure: boolean;
}

/** Whether a batch needs its slot no more. */
export function isOver(batch: SimBatch): boolean {
  const { answeredAt, held, isTimedOut } = batch;
  return isTimedOut || (answeredAt !== undefined && held.length === 0);
}

/** The callers of a batch that wait for their answer. */
export function pendingIn({ callers }: SimBatch): Caller[] {
  return callers.filter(({ state }) => state === "running");
}
