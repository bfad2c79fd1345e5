/**
 * What may become of a call, and when it must have heard of it.
 *
 * @module
 */
import {
  BatchResultError,
  BatchTimeoutError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
} from "../../mod.ts";
import type { Fate } from "./answers.ts";
import type { Caller, Flaw, Seen, Went } from "./caller.ts";
import type { Model } from "./model.ts";

/** Says where a call went, by what its promise says, and sees that it may say that. */
export function wayOf(model: Model, caller: Caller, seen: Seen): Went {
  const way = seen.isValue
    ? ofResult(model, caller, seen.value)
    : ofError(model, caller, seen.error);
  const isEarly = way !== "result" && way !== "failure";
  const { id, mustLeave, verdict, batch } = caller;
  model.demand(
    "R16, R18 a call that has left hears nothing else",
    mustLeave === undefined || way === mustLeave,
    () => `${id} has ${mustLeave}, but hears of its ${way}`,
  );
  model.demand(
    "R9, R18 a call that is not accepted is refused",
    verdict !== "refused" || way === "refused" || way === "flawed",
    () => `${id} hears of its ${way}`,
  );
  model.demand(
    "R18 a call is not refused while there is room",
    verdict !== "accepted" || (way !== "refused" && way !== "flawed"),
    () => `${id} is ${way}`,
  );
  model.demand(
    "R9 who has left the queue is answered by the batch",
    isEarly || batch !== undefined,
    () => `${id} hears of its ${way}, but was never sent`,
  );
  return way;
}

/** At rest everybody has heard who has to. */
export function checkSettled(model: Model): void {
  const { closeBy } = model.endings;
  const { clock } = model;
  const now = clock.now();
  for (
    const { id, state, mustLeave, verdict, fate, deadlineAt } of model.unseen
  ) {
    const why = mustLeave ?? (verdict === "refused" ? verdict : undefined);
    model.demand(
      "R16, R18 who leaves or is refused hears at once",
      why === undefined,
      () => `${id} is ${why}, but hears nothing`,
    );
    model.demand(
      "R9 who is answered hears it",
      fate === undefined && state !== "gone",
      () => `${id} hears nothing`,
    );
    if (!clock.isSound) continue;
    model.demand(
      "R17 a deadline fires by itself, on time",
      now < deadlineAt,
      () => `${id} hears nothing, its deadline was at ${deadlineAt}`,
    );
    model.demand(
      "R20 who is left when closing takes too long hears it",
      now < closeBy,
      () => `${id} hears nothing`,
    );
  }
}

function ofResult(model: Model, { id, fate }: Caller, value: unknown): Went {
  model.demand(
    "R5, R10 everybody gets its own result",
    fate?.kind === "value" && Object.is(fate.value, value),
    () => `${id} gets ${String(value)}, not ${textOf(fate)}`,
  );
  return "result";
}

function ofError(model: Model, caller: Caller, error: unknown): Went {
  const { id, wish, fate, signal, deadlineMs, deadlineAt, expiresFrom } =
    caller;
  const now = model.clock.now();
  if (wish.flaw !== undefined && !(error instanceof ClosedError)) {
    model.demand(
      "R6, R14 its own flaw rejects a call",
      isOf(wish.flaw, error),
      () => `${id} with ${wish.flaw}: ${error}`,
    );
    return "flawed";
  }
  if (fate !== undefined && isSame(fate, error)) return "failure";
  if (signal?.signal.aborted && error === signal.signal.reason) {
    return "aborted";
  }
  if (error instanceof BatchTimeoutError) {
    return ofTimeout(model, caller, error);
  }
  if (error instanceof DeadlineError) {
    model.demand(
      "R17 nobody is told of a deadline before it has passed",
      now >= expiresFrom && error.deadlineMs === deadlineMs,
      () => `${id} is, its deadline is at ${deadlineAt}`,
    );
    return "expired";
  }
  if (error instanceof QueueFullError) {
    const { retryAfterMs } = error;
    model.demand(
      "R18 who is refused hears when to come back",
      Number.isInteger(retryAfterMs) && retryAfterMs >= 1,
      () => `${id} in ${retryAfterMs} ms`,
    );
    return model.room.wayOut(caller);
  }
  if (error instanceof ClosedError) return model.endings.wayOut(caller);
  model.demand(
    "R9, R12, R13 nobody hears anything else",
    false,
    () => `${id} hears ${String(error)}, not ${textOf(fate)}`,
  );
  return "failure";
}

function ofTimeout(
  model: Model,
  { id, batch }: Caller,
  error: BatchTimeoutError,
): Went {
  const { batchTimeoutMs } = model.setup;
  model.demand(
    "R19 nobody is told that a batch takes too long before it does",
    batch !== undefined && error.batchTimeoutMs === batchTimeoutMs &&
      model.clock.now() >= batch.since + batchTimeoutMs,
    () => `${id} is`,
  );
  if (batch && !batch.isTimedOut) model.slots.timedOut(batch);
  return "failure";
}

/** What a call hears that should not have been made. */
function isOf(flaw: Flaw, error: unknown): boolean {
  switch (flaw) {
    case "aborted":
      return error === "aborted before";
    case "throwing lane":
      return error === "no lane";
    case "throwing weight":
      return error === "no weight";
    case "too heavy":
      return error instanceof ItemTooHeavyError;
    default:
      return error instanceof TypeError;
  }
}

function isSame(fate: Fate, error: unknown): boolean {
  if (fate.kind === "error") return Object.is(fate.error, error);
  if (fate.kind !== "misfit" || !(error instanceof BatchResultError)) {
    return false;
  }
  return error.expected === fate.expected && error.received === fate.received;
}

function textOf(fate: Fate | undefined): string {
  if (fate === undefined) return "an answer";
  if (fate.kind === "value") return `the value ${String(fate.value)}`;
  if (fate.kind === "error") return `the error ${String(fate.error)}`;
  return `a ${fate.kind}`;
}
