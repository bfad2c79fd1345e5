/**
 * Which calls of a line leave together: by priority and age, and as many as fit.
 *
 * @module
 */
import type { Caller, SimBatch } from "./caller.ts";
import type { Model } from "./model.ts";

/** A call rises by one priority when it has waited as long as so many batches take (R8). */
const RISES_AFTER = 10;

/** Nobody goes before somebody who comes before him. */
export function checkOrder(
  model: Model,
  { callers }: SimBatch,
  line: readonly Caller[],
): void {
  const isEven = line.every(({ priority }) => priority === line[0]!.priority);
  if (isEven) {
    callers.forEach((caller, i) =>
      model.demand(
        "R5 calls leave their lane in the order in which they came",
        caller === line[i],
        () => `${caller.id} leaves before ${line[i]?.id}`,
      )
    );
    return;
  }
  const left = line.filter((caller) =>
    !callers.includes(caller) && !caller.isInLook
  );
  for (const behind of left) {
    for (const ahead of callers) {
      model.demand(
        "R5, R8 calls leave by priority and age, and in their order where these are equal",
        mayPrecede(model, ahead, behind),
        () => `${ahead.id} leaves before ${behind.id}`,
      );
    }
  }
}

/** Whether one call may leave before another one, as far as is known how long batches take. */
function mayPrecede(model: Model, ahead: Caller, behind: Caller): boolean {
  if (ahead.id > behind.id && ahead.priority <= behind.priority) return false;
  const now = model.clock.now();
  const { least, most, isHeardOf } = model.slots.runs;
  const rank = (caller: Caller, waitedMs: number, runMs: number) =>
    caller.priority + Math.floor(waitedMs / (RISES_AFTER * runMs));
  // A mean lies between the extremes. Before anything is known nobody rises; a batch that was answered may not have ended.
  if (!isHeardOf && ahead.priority >= behind.priority) return true;
  if (least === Infinity) return false;
  if (least === 0) return true;
  const mostOfAhead = rank(ahead, now - ahead.since, least);
  const leastOfBehind = rank(behind, now - behind.at, most);
  return mostOfAhead >= leastOfBehind;
}

/** Whether a batch leaves others behind because it holds no more. */
export function isFull(
  model: Model,
  callers: readonly Caller[],
  line: readonly Caller[],
): boolean {
  const { size, preferredSizes, maxWeight } = model.setup;
  const { length } = callers;
  if (length === size) return true;
  if (preferredSizes?.includes(length) || mayTrim(model, line)) return true;
  const left = line.filter((caller) => !callers.includes(caller));
  const weight = weightOf(callers);
  if (weight >= maxWeight) return true;
  return left.some((caller) => weight + caller.weight > maxWeight);
}

/** Whether a batch may be kept small so that its calls are answered in time. */
function mayTrim({ promised }: Model, line: readonly Caller[]): boolean {
  return promised.trims || (promised.isAdaptive &&
    line.some(({ deadlineMs }) => deadlineMs < Infinity));
}

/** What calls weigh together. */
export function weightOf(callers: readonly Caller[]): number {
  return callers.reduce((sum, { weight }) => sum + weight, 0);
}
