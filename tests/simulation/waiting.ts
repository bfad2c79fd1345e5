/**
 * How long a call may wait.
 *
 * @module
 */
import type { LaneKey } from "../../mod.ts";
import type { Caller } from "./caller.ts";
import type { Model } from "./model.ts";
import { weightOf } from "./order.ts";

/** When a call has to leave, if a slot is free, in ms. */
export function dueAt(model: Model, caller: Caller): number {
  const { at, wish, deadlineMs, deadlineAt, leadMs, flushed } = caller;
  const { maxWaitMs, isAdaptive } = model.promised;
  if (flushed !== "no" || model.endings.isClosed) return at;
  const since = isAdaptive
    ? Math.max(at, model.slots.freeSince ?? Infinity)
    : at;
  if (deadlineMs === Infinity) return since + maxWaitMs;
  // A lane may learn later how long batches take.
  const lead = wish.deadlineMs === undefined
    ? Math.min(leadMs, model.leadMs(deadlineMs))
    : leadMs;
  return Math.min(since + maxWaitMs, deadlineAt - lead);
}

/** At rest nobody waits who has to leave. */
export function checkWaiting(model: Model): void {
  const now = model.clock.now();
  const { size, maxWeight } = model.setup;
  const lines = linesOf(model);
  if (model.slots.allowed <= 0) return;
  for (const { id, isNested, flushed } of model.waiting) {
    model.demand(
      "R26 a call from inside a batch needs no slot",
      !isNested,
      () => `${id} waits`,
    );
    model.demand(
      "R26 what is flushed from inside a batch needs no slot",
      flushed !== "unbound",
      () => `${id} waits`,
    );
  }
  if (model.slots.free <= 0 || !model.slots.isSure) return;
  for (const line of lines.values()) {
    model.demand(
      "R1 a full batch does not wait while a slot is free",
      line.length < size,
      () => `${line.length} calls do`,
    );
    model.demand(
      "R6 what fills a batch does not wait while a slot is free",
      weightOf(line) < maxWeight,
      () => `${weightOf(line)} do`,
    );
    for (const caller of line) {
      model.demand(
        "R2, R3, R17, R20 nobody waits beyond the promise while a slot is free",
        now < dueAt(model, caller),
        () => `${caller.id} waits since ${caller.at}`,
      );
    }
  }
}

/** The calls that need a slot, by lane. */
export function linesOf({ waiting }: Model): Map<LaneKey, Caller[]> {
  const lines = new Map<LaneKey, Caller[]>();
  for (const caller of waiting) {
    if (caller.isNested) continue;
    const line = lines.get(caller.key);
    if (line) line.push(caller);
    else lines.set(caller.key, [caller]);
  }
  return lines;
}
