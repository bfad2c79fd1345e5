/**
 * What a call may hear, and by when.
 *
 * @module
 */
import {
  BatchTimeoutError,
  ClosedError,
  DeadlineError,
  QueueFullError,
} from "../../../mod.ts";
import type { Caller, Seen } from "./caller.ts";
import type { Stage } from "./stage.ts";
import { heldSlots } from "./starting.ts";

/** Looks at what a call has heard. */
export function checkHeard(stage: Stage, caller: Caller, seen: Seen): void {
  const said = stage.said.get(seen.isValue ? seen.value : seen.error);
  if (said === undefined) return checkError(stage, caller, seen);
  const [items, run] = said;
  const isOwn = items.includes(caller) ||
    items.some((item) => stage.feature.mayShare?.(caller, item, run) ?? false);
  stage.demand(
    "R5, R10 everybody hears what is its own",
    isOwn,
    () => `${caller.id} hears of ${items.map(({ id }) => id)}`,
  );
}

function checkError(stage: Stage, caller: Caller, seen: Seen): void {
  const { id } = caller;
  stage.demand(
    "R9 who is answered hears what a handler has said",
    !seen.isValue,
    () => `${id} hears something else`,
  );
  if (seen.isValue) return;
  stage.demand(
    "R9, R12, R13 nobody hears of anything else",
    mayFail(stage, caller, seen.error),
    () => `${id} hears ${String(seen.error)}`,
  );
}

function mayFail(stage: Stage, caller: Caller, error: unknown): boolean {
  const { setup, host, isClosed, feature } = stage;
  const { signal, expiresFrom, runs } = caller;
  if (signal?.signal.aborted && error === signal.signal.reason) return true;
  if (error instanceof DeadlineError) return host.now() >= expiresFrom;
  if (error instanceof ClosedError) return isClosed;
  const isFresh = !caller.isNested && runs.length === 0;
  if (error instanceof QueueFullError && isFresh) {
    return setup.maxQueue < Infinity;
  }
  if (error instanceof BatchTimeoutError) {
    return setup.batchTimeoutMs < Infinity &&
      (runs.length > 0 || feature.mayShare !== undefined);
  }
  return feature.mayFail?.(caller, error) ?? false;
}

/** At rest everybody has heard who has to, and the accounts agree. */
export function checkAtRest(stage: Stage): void {
  const { host } = stage;
  for (const { id, signal, deadlineAt } of stage.unseen) {
    stage.demand(
      "R16 who aborts hears at once",
      !signal?.signal.aborted,
      () => `${id} hears nothing`,
    );
    stage.demand(
      "R17 a deadline fires by itself, on time",
      host.now() < deadlineAt || !host.isSound,
      () => `${id} hears nothing`,
    );
  }
  checkAccounts(stage);
  checkWaiting(stage);
  checkListeners(stage);
  stage.feature.rested?.();
}

function checkAccounts(stage: Stage): void {
  const { batcher, callers, unseen, unaccepted } = stage;
  const stats = batcher.stats();
  const { results, failures, aborted, expired, dropped } = stats;
  const heard = callers.filter(({ seen }) => seen !== undefined);
  const count = (is: (seen: Seen) => boolean) =>
    heard.filter(({ seen }) => is(seen!)).length;
  const agree: [string, number, number][] = [
    ["pending", batcher.pending, unseen.size],
    ["calls", stats.calls + stats.refused + unaccepted, callers.length],
    ["results", results, count((seen) => seen.isValue)],
    [
      "settled",
      results + failures + aborted + expired + dropped + stats.refused +
      unaccepted,
      heard.length,
    ],
    [
      "expired",
      expired,
      count((seen) => !seen.isValue && seen.error instanceof DeadlineError),
    ],
  ];
  for (const [name, is, should] of agree) {
    stage.demand(
      "The accounts agree with what was seen",
      is === should,
      () => `${name} is ${is}, not ${should}`,
    );
  }
}

/** Nobody waits for longer than was promised while there is a slot. */
function checkWaiting(stage: Stage): void {
  const { feature, host } = stage;
  const { concurrency, maxWaitMs = Infinity } = stage.limits;
  if (!host.isSound || heldSlots(stage) >= concurrency) return;
  for (const caller of stage.unseen) {
    const isWaiting = feature.isWaiting?.(caller) ?? caller.runs.length === 0;
    stage.demand(
      "R2, R3 nobody waits beyond the promise while a slot is free",
      !isWaiting || (!stage.isClosed && host.now() < caller.at + maxWaitMs),
      () => `${caller.id} waits`,
    );
  }
}

function checkListeners(stage: Stage): void {
  const wanted = new Set<unknown>(stage.waiters);
  for (const { signal } of stage.unseen) wanted.add(signal);
  for (const signal of stage.signals.all) {
    stage.demand(
      "R16 there is one listener for each signal, as long as it is needed",
      signal.listeners === (wanted.has(signal) ? 1 : 0),
      () => `there are ${signal.listeners}`,
    );
  }
  const isIdle = stage.unseen.size + stage.open.length + stage.waiters.size;
  stage.demand(
    "R21 no timer stands when all is done",
    isIdle > 0 || !stage.host.isSound || stage.host.timers === 0,
    () => `${stage.host.timers} do`,
  );
}
