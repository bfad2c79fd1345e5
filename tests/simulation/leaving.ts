/**
 * What has to be so when a batch leaves.
 *
 * @module
 */
import type { LeaveReason } from "../../mod.ts";
import type { Caller, SimBatch } from "./caller.ts";
import type { Model } from "./model.ts";

/** Looks at a batch that leaves, and at the line in which its calls waited. */
export function checkLeaving(
  model: Model,
  batch: SimBatch,
  line: readonly Caller[],
): void {
  const { callers, key, isNested } = batch;
  const { size, hasSingle } = model.setup;
  const { length } = callers;
  const now = model.clock.now();
  model.demand(
    "R1 no batch is larger than `size`",
    length <= size,
    () => `${length} calls leave`,
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
  callers.forEach((caller, i) => {
    const { id, state, deadlineAt } = caller;
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
      "R5 calls leave their lane in the order in which they came",
      caller === line[i],
      () => `${id} leaves before ${line[i]?.id}`,
    );
    model.demand(
      "R17 nobody is sent after its deadline",
      now < deadlineAt,
      () => `${id} is`,
    );
  });
  checkWhole(model, batch, line);
  if (batch.context) checkContext(model, batch, line);
}

/** A batch that is not full leaves nobody behind. */
function checkWhole(
  model: Model,
  { callers, number }: SimBatch,
  line: readonly Caller[],
): void {
  const isFull = callers.length === model.setup.size;
  const left = line.slice(callers.length).find((caller) => !caller.isInLook);
  model.demand(
    "R3 a batch leaves with everything that waits",
    isFull || left === undefined,
    () => `batch ${number} leaves ${left?.id} behind`,
  );
  for (const { id, turn } of isFull ? [] : callers) {
    const before = model.callers[id - 1];
    const isTogether = before?.turn === turn && !before.isInLook;
    const other = isTogether ? before.batch : undefined;
    const isSplit = other !== undefined && other.key === callers[0]!.key &&
      other.isNested === callers[0]!.isNested &&
      other.callers.length < model.setup.size;
    model.demand(
      "R1 calls made in one turn share a batch unless it is full",
      !isSplit,
      () => `${before?.id} and ${id} do not`,
    );
  }
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
  { callers, isNested }: SimBatch,
  line: readonly Caller[],
  reason: LeaveReason,
): boolean {
  const { size, maxWaitMs } = model.setup;
  const now = model.clock.now();
  const isFull = callers.length === size;
  if (isFull || reason === "full") return isFull && reason === "full";
  switch (reason) {
    case "window":
      return maxWaitMs > 0 &&
        callers.some(({ since }) => now >= since + maxWaitMs);
    case "idle":
      return isNested || maxWaitMs === 0;
    // The last call that is in a hurry is named, even if it has left since.
    case "flush":
    case "deadline":
      return line.some(({ flushed }) => flushed !== "no") ||
        line.some((caller) => now >= earliestLeaveBy(model, caller));
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
  const lead = Math.max(2 * model.runs.most, deadlineMs / 2);
  return deadlineMs < Infinity ? expiresFrom - lead : Infinity;
}
