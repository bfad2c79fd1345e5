/**
 * What the answer of a handler makes of its calls: each outcome settles one.
 *
 *     outcome ─┬─ a value, an error ─▶ its caller
 *              ├─ a promise ─────────▶ the same, when that is there
 *              └─ retryLater() ──────▶ out of the batch, to be tried again
 *
 * @module
 */
import type { Batch, Call } from "./core/call.ts";
import {
  failed,
  failureOf,
  isThenable,
  RetryLater,
  valueOf,
} from "./outcome.ts";
import { Rejection } from "./rejection.ts";

/** Hears of calls that need more than to be settled. */
export interface SettlementOwner<In> {
  /** A call with demands of its own has been answered. */
  answered(call: Call): void;
  /** Takes a call out of its batch to be tried again; returns why not, where it cannot be. */
  retry(
    batch: Batch<In>,
    place: number,
    outcome: RetryLater,
  ): { error: unknown } | undefined;
}

/** What has come so far of a batch that runs. */
export interface Settlement<In> {
  /** The batch that runs. */
  readonly batch: Batch<In>;
  readonly owner: SettlementOwner<In>;
  /** How many calls were fulfilled. */
  results: number;
  /** How many calls were rejected by the answer. */
  failures: number;
  /** Whether its handler has failed, be it that calls were run again. */
  hasFailed: boolean;
  /** Why, the first time. */
  error: unknown;
  /** The calls that want to hear of its end. */
  listeners: Call[] | undefined;
  /** How much is still to come: the handler's answer, and each promise in that. */
  open: number;
  /** One thing less is to come. */
  close(): void;
}

/** The original, as an array may have a method of its own by that name. */
const { slice } = Array.prototype;

/** What became of all calls. The common outcome is a plain value for a plain call. */
export function settleCalls<In>(
  settlement: Settlement<In>,
  answer: readonly unknown[],
): void {
  const { tickets } = settlement.batch;
  let outcomes = answer;
  let place = 0;
  let plain = 0;
  try {
    for (; place < tickets.length; place++) {
      const ticket = tickets[place];
      const outcome = outcomes[place];
      if (typeof ticket === "function" && isPlain(outcome)) {
        ticket(outcome);
        plain++;
      } else {
        // From here on code of the user may run, and change the answer.
        if (outcomes === answer) outcomes = slice.call(answer);
        settleCall(settlement, place, outcome);
      }
    }
  } catch (error) {
    failCalls(settlement, [...tickets.keys()].slice(place), error);
  }
  settlement.results += plain;
  if (settlement.open > 1) vacatePlain(settlement.batch, outcomes);
}

/** What became of the call at this place. */
export function settleCall<In>(
  settlement: Settlement<In>,
  place: number,
  outcome: unknown,
): void {
  const { batch, owner } = settlement;
  let failure: { error: unknown } | undefined;
  let value: unknown;
  try {
    if (isThenable(outcome)) return settleLater(settlement, place, outcome);
    failure = failureOf(outcome);
    if (failure === undefined) value = valueOf(outcome);
  } catch (error) {
    failure = { error };
  }
  if (batch.tickets[place] === undefined) return;
  if (failure instanceof RetryLater) {
    failure = owner.retry(batch, place, failure);
  }
  const ticket = batch.tickets[place];
  // It is away, or the delay was told by a function of the user's, which has aborted the call.
  if (ticket === undefined) return;
  batch.vacate(place);
  if (failure) settlement.failures++;
  else settlement.results++;
  if (failure) value = new Rejection(failure.error);
  if (typeof ticket === "function") return ticket(value);
  if (ticket.onSettle) (settlement.listeners ??= []).push(ticket);
  // Its promise may run code of the user's as it reads the value: nobody can take it out any more.
  ticket.batch = undefined;
  ticket.resolve(value);
  owner.answered(ticket);
}

/** The handler has failed: calls at these places reject, if they wait. */
export function failCalls<In>(
  settlement: Settlement<In>,
  places: Iterable<number>,
  error: unknown,
): void {
  if (!settlement.hasFailed) settlement.error = error;
  settlement.hasFailed = true;
  const failure = failed(error);
  for (const place of places) settleCall(settlement, place, failure);
}

/** An outcome that is still to come; its call may leave meanwhile. */
function settleLater<In>(
  settlement: Settlement<In>,
  place: number,
  outcome: PromiseLike<unknown>,
): void {
  const settle = (outcome: unknown) => {
    settleCall(settlement, place, outcome);
    settlement.close();
  };
  settlement.open++;
  Promise.resolve(outcome).then(settle, (error) => settle(failed(error)));
}

/** Some outcomes are still to come: those who have theirs are no longer in the batch. */
function vacatePlain(
  batch: Batch<unknown>,
  outcomes: readonly unknown[],
): void {
  batch.tickets.forEach((ticket, index) => {
    if (typeof ticket === "function" && isPlain(outcomes[index])) {
      batch.vacate(index);
    }
  });
}

/** Whether an outcome is no more than a value. The promises of RPC on workerd are functions. */
function isPlain(outcome: unknown): boolean {
  return typeof outcome !== "object" && typeof outcome !== "function";
}
