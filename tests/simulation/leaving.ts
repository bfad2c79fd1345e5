/**
 * What has to be so when a batch leaves.
 *
 * @module
 */
import type { LeaveReason } from "../../mod.ts";
import type { Caller, SimBatch } from "./caller.ts";
import type { Model } from "./model.ts";
import { checkOrder, weightOf } from "./order.ts";

/** Looks at a batch that leaves, and at the line in which its calls waited. */
export function checkLeaving(
  model: Model,
  batch: SimBatch,
  line: readonly Caller[],
): void {
  const { callers, key, isNested } = batch;
  const { size, maxWeight, hasSingle } = model.setup;
  const { length } = callers;
  const now = model.clock.now();
  model.demand(
    "R1 no batch is larger than `size`",
    length <= size,
    () => `${length} calls leave`,
  );
  model.demand(
    "R6 no batch is heavier than `maxWeight`",
    weightOf(callers) <= maxWeight,
    () => `one of ${weightOf(callers)} is`,
  );
  model.demand(
    "Only a batch of one runs the method itself",
    (batch.context === undefined) === (hasSingle && length === 1),
    () => `a batch of ${length} does not`,
  );
  model.demand(
    "R1 the handler never runs inside the caller's stack",
    !model.isCalling,
    () => `batch ${batch.number} does`,
  );
  for (const caller of callers) {
    const { id, state, deadlineAt, weighed } = caller;
    model.demand(
      "R7 calls of different lanes never share a batch",
      caller.key === key && caller.isNested === isNested,
      () => `${id} does`,
    );
    model.demand(
      "R9 a call is sent once, and not after it has left",
      state === "waiting",
      () => `${id} is ${state}`,
    );
    model.demand(
      "R6 each item is weighed once",
      weighed === (maxWeight < Infinity ? 1 : 0),
      () => `${id} is weighed ${weighed} times`,
    );
    model.demand(
      "R17 nobody is sent after its deadline",
      now < deadlineAt,
      () => `${id} is`,
    );
  }
  checkOrder(model, batch, line);
  checkWhole(model, batch, line);
  if (batch.context) checkContext(model, batch, line);
}

/** A batch that is not full leaves nobody behind, unless several slots share what has gathered. */
function checkWhole(
  model: Model,
  { callers, number, key, isNested, isFull }: SimBatch,
  line: readonly Caller[],
): void {
  if (isFull) return;
  const left = !mayShare(model, line) &&
    line.find((caller) => !callers.includes(caller) && !caller.isInLook);
  model.demand(
    "R3 a batch leaves with everything that waits",
    !left,
    () => `batch ${number} leaves ${left && left.id} behind`,
  );
  for (const { id, turn, isInLook } of callers) {
    const before = model.callers[id - 1];
    // A handler may call when those of its turn have left.
    const isTogether = before?.turn === turn && !before.isInLook && !isInLook;
    const other = isTogether ? before.batch : undefined;
    const isSplit = other !== undefined && other.key === key &&
      other.isNested === isNested && !other.isFull;
    model.demand(
      "R1 calls made in one turn share a batch unless it is full",
      !isSplit,
      () => `${before?.id} and ${id} do not`,
    );
  }
}

/** Whether several slots may share what waits: only what has gathered while none was free. */
function mayShare(
  { promised, setup, slots, clock }: Model,
  line: readonly Caller[],
): boolean {
  const freeSince = slots.freeSince ?? clock.now();
  return promised.isAdaptive && setup.concurrency > 1 && !setup.rateLimit &&
    line.some(({ at }) => at < freeSince);
}

function checkContext(
  model: Model,
  batch: SimBatch,
  line: readonly Caller[],
): void {
  const { id, lane, reason } = batch.context!;
  model.demand(
    "Batches are counted from 1",
    id === batch.number,
    () => `batch ${batch.number} is ${id}`,
  );
  model.demand(
    "R7 a batch knows its lane",
    lane === batch.key,
    () => `${String(lane)}, not ${String(batch.key)}`,
  );
  model.demand(
    "A batch leaves for the reason that it gives",
    isTrue(model, batch, line, reason),
    () => `batch ${id} for ${reason}`,
  );
}

function isTrue(
  model: Model,
  { callers, isNested, unsure }: SimBatch,
  line: readonly Caller[],
  reason: LeaveReason,
): boolean {
  const { size, maxWeight } = model.setup;
  const { maxWaitMs, isAdaptive } = model.promised;
  const now = model.clock.now();
  const weight = weightOf(callers);
  const all = [...line, ...unsure];
  switch (reason) {
    case "full":
      return all.length >= size;
    case "weight":
      return weightOf(all) >= maxWeight ||
        all.some((caller) =>
          !callers.includes(caller) && weight + caller.weight > maxWeight
        );
    case "window":
      return !isAdaptive && maxWaitMs > 0 &&
        all.some(({ since }) => now >= since + maxWaitMs);
    case "idle":
      return isNested || maxWaitMs === 0 || isAdaptive;
    case "adaptive":
      return isAdaptive;
    case "flush":
      return all.some(({ flushed }) => flushed !== "no");
    case "deadline":
      return all.some((caller) => now >= earliestLeaveBy(model, caller));
    case "close":
      return model.endings.isClosed;
    default:
      return false;
  }
}

/** A deadline pulls its batch forward to this time, in ms, and no further. */
function earliestLeaveBy(
  model: Model,
  { expiresFrom, deadlineMs }: Caller,
): number {
  if (deadlineMs === Infinity) return Infinity;
  if (model.isUnsettled) return -Infinity;
  const lead = Math.max(2 * model.slots.runs.most, deadlineMs / 2);
  return expiresFrom - lead;
}
