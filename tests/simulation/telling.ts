/**
 * What hooks and callers are told of calls and batches.
 *
 * @module
 */
import type { CallEvent, Hooks } from "../../mod.ts";
import type { Caller, SimBatch } from "./caller.ts";
import type { Model } from "./model.ts";

/** Every so often a hook throws. */
const THROWS_EVERY = 3;

/** Hooks that tell the model what they are told. */
export function hooksFor(model: Model): Hooks {
  let told = 0;
  const end = () => {
    told++;
    if (model.setup.hooks !== "throwing" || told % THROWS_EVERY > 0) return;
    model.tally.thrown++;
    throw new Error("a hook");
  };
  return {
    onCall(call) {
      checkCall(model, call);
      end();
      return tagOf(call.item as Caller);
    },
    onBatchStart(batch) {
      model.tally.start = batch;
      end();
    },
    onBatchEnd(batch) {
      const { ends } = model.tally;
      model.demand(
        "`onBatchEnd` hears once of a batch",
        !ends.has(batch.id),
        () => `of ${batch.id} twice`,
      );
      ends.set(batch.id, batch);
      end();
    },
    onLeave(call) {
      model.tally.leaves[call.reason]++;
      end();
    },
  };
}

/** A batch leaves: `onBatchStart` was told of it before. */
export function checkStartEvent(model: Model, batch: SimBatch): void {
  const { callers, number, key, context } = batch;
  const { start } = model.tally;
  model.tally.start = undefined;
  if (model.setup.hooks === "none") return;
  const isRight = start?.id === number && start.lane === key &&
    start.size === callers.length && start.name === model.setup.name &&
    (context === undefined || start.reason === context.reason) &&
    isWait(batch, oldestOf(callers), start.waitMs);
  model.demand(
    "`onBatchStart` hears of the batch",
    isRight,
    () => `of ${number} it hears ${textOf(start)}`,
  );
}

/** A batch has ended, and everything has come to rest. */
export function checkEnd(model: Model, batch: SimBatch): void {
  const { number, callers, startedAt, since, answeredAt, failure } = batch;
  const now = model.clock.now();
  // Its answer and the end of its time may have come at once.
  const isClose = !batch.isTimedOut && model.slots.isOverdue(batch);
  const results = callers.filter(({ went }) => went === "result").length;
  const failures = callers.filter(({ went }) => went === "failure").length;
  const end = model.tally.ends.get(number);
  if (model.setup.hooks !== "none") {
    const isRight = end?.results === results && end.failures === failures &&
      end.size === callers.length &&
      (isClose || (failure === undefined) === (end.error === undefined)) &&
      (isClose || end.runMs >= answeredAt! - startedAt) &&
      end.runMs <= now - since;
    model.demand(
      "`onBatchEnd` hears of the batch",
      isRight,
      () =>
        `of ${number} with ${results} + ${failures} it hears ${textOf(end)}`,
    );
    model.tally.runMs += end?.runMs ?? 0;
  }
  model.tally.ended++;
  for (const caller of callers) checkInfo(model, batch, caller, end?.runMs);
}

/** The one that came first; those of a higher priority stand before it. */
export function oldestOf(callers: readonly Caller[]): Caller {
  return callers.reduce((a, b) => b.id < a.id ? b : a);
}

/** Whether that is how long a call waited, as far as the clock was read. */
function isWait(
  batch: SimBatch,
  { at, since }: Caller,
  waitMs: number,
): boolean {
  return waitMs >= batch.since - at && waitMs <= batch.startedAt - since;
}

/** A caller hears of its batch once, unless it has left before. */
function checkInfo(
  model: Model,
  batch: SimBatch,
  caller: Caller,
  runMs: number | undefined,
): void {
  const { number, callers, context } = batch;
  const { id, went, wish, infos } = caller;
  const isAnswered = went === "result" || went === "failure";
  const [info] = infos;
  const isRight = info?.batchId === number && info.size === callers.length &&
    (context === undefined || info.reason === context.reason) &&
    (runMs === undefined || info.runMs === runMs) &&
    isWait(batch, caller, info.waitMs);
  const wanted = wish.listens && isAnswered ? 1 : 0;
  model.demand(
    "`onSettle` hears once of the batch that has answered",
    infos.length === wanted && (wanted === 0 || isRight),
    () => `of ${id} in ${number} it hears ${textOf(infos)}`,
  );
}

/** In the end everybody was told as often as at the end of the batch. */
export function checkTold(model: Model): void {
  const { callers, setup, tally } = model;
  for (const { id, infos, wish, went } of callers) {
    const isAnswered = went === "result" || went === "failure";
    const wanted = wish.listens && isAnswered ? 1 : 0;
    model.demand(
      "`onSettle` hears once of the batch that has answered",
      infos.length === wanted,
      () => `of ${id} ${infos.length} times`,
    );
  }
  if (setup.hooks === "none") return;
  const { ways, leaves } = tally;
  const accepted = callers.filter(({ went }) =>
    went !== "refused" && went !== "flawed"
  );
  const unclear = ways["refused or dropped"];
  const isTold = tally.accepted.size >= accepted.length - unclear &&
    tally.accepted.size <= accepted.length;
  model.demand(
    "`onCall` hears of each call that is accepted",
    isTold,
    () => `of ${tally.accepted.size}, not ${accepted.length}`,
  );
  const isRight = leaves.aborted === ways.aborted &&
    leaves.expired === ways.expired && leaves.closed === ways.closed &&
    leaves.dropped >= ways.dropped &&
    leaves.dropped <= ways.dropped + unclear;
  model.demand(
    "`onLeave` hears of each call that leaves early",
    isRight,
    () => `${textOf(leaves)}, not ${textOf(ways)}`,
  );
}

function checkCall(model: Model, { item, lane, name }: CallEvent): void {
  const caller = item as Caller;
  const { verdict, id, key } = caller;
  const { accepted } = model.tally;
  const isRight = verdict !== "refused" && !accepted.has(caller) &&
    lane === key && name === model.setup.name;
  accepted.add(caller);
  model.demand(
    "`onCall` hears of each call that is accepted",
    isRight,
    () => `of ${id}, which is ${verdict}`,
  );
}

/** What `onCall` returns: nothing for some, so that both ways are taken. */
function tagOf({ id }: Caller): number | undefined {
  return id % 2 === 0 ? id : undefined;
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
