/**
 * What has to be so when the handler is called.
 *
 * @module
 */
import type { Run } from "./caller.ts";
import type { Stage } from "./stage.ts";

/** Looks at a run that starts. */
export function checkStart(stage: Stage, run: Run): void {
  const { setup, feature, host } = stage;
  const { items, isNested, isSingle, isAgain } = run;
  const { size, concurrency } = stage.limits;
  const { length } = items;
  stage.demand(
    "R1 no batch is larger than `size`",
    length > 0 && length <= (isAgain ? setup.size : size),
    () => `${length} calls leave`,
  );
  const weight = items.reduce((sum, { wish }) => sum + wish.weight, 0);
  stage.demand(
    "R6 no batch is heavier than `maxWeight`",
    weight <= setup.maxWeight || setup.maxWeight === Infinity,
    () => `one of ${weight} leaves`,
  );
  stage.demand(
    "Only a call alone runs the method itself",
    isSingle === (setup.hasSingle && length === 1),
    () => `${length} calls do`,
  );
  stage.demand(
    "R3 no more batches run than there are slots",
    isNested || heldSlots(stage) < concurrency,
    () => `${stage.open.map(({ number }) => number)} do already`,
  );
  stage.demand(
    "Nobody is in a batch twice",
    new Set(items).size === length,
    () => `${items.map(({ id }) => id)}`,
  );
  for (const { id, key, isNested, seen, deadlineAt } of items) {
    stage.demand(
      "R7, R26 calls that differ in lane never share a batch",
      key === items[0]!.key && isNested === run.isNested,
      () => `${id} does`,
    );
    if (feature.mayShare) continue;
    stage.demand(
      "R9, R16 who has heard is not sent",
      seen === undefined,
      () => `${id} is`,
    );
    stage.demand(
      "R17 nobody is sent after its deadline",
      host.now() < deadlineAt,
      () => `${id} is`,
    );
  }
}

/** How many runs hold a slot, at least. */
export function heldSlots(stage: Stage): number {
  return stage.open.filter((run) => !run.isNested && !isOverdue(stage, run))
    .length;
}

/** Whether a run may have run out of time. */
export function isOverdue(
  { setup, host }: Stage,
  { batchStartedAt }: Run,
): boolean {
  return host.now() >= batchStartedAt + setup.batchTimeoutMs;
}
