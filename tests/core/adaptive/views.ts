import type {
  LaneView,
  RunningBatch,
  SlotsView,
} from "../../../src/core/policy.ts";

/** A lane in which so many calls wait. */
export function laneOf(
  waiting: number,
  view: Partial<LaneView> = {},
): LaneView {
  return {
    waiting,
    weight: waiting,
    oldestAt: 0,
    oldestDeadlineAt: Infinity,
    together: (calls) => Math.min(calls, waiting),
    weightOf: (calls) => Math.min(calls, waiting),
    ...view,
  };
}

/** Slots in which batches run that end at these times. */
export function slotsOf(
  free: number,
  ends: readonly number[] = [],
): SlotsView {
  const batches = ends.map((end, index) =>
    batchOf(1, { expectedEndAt: end, id: index + 1 })
  );
  return { free, freeSince: 0, running: ends.length, batches };
}

/** A batch of so many calls. */
export function batchOf(
  count: number,
  view: Partial<RunningBatch> = {},
): RunningBatch {
  return {
    id: 1,
    count,
    weight: count,
    startedAt: 0,
    expectedEndAt: NaN,
    runningAtStart: 0,
    ...view,
  };
}
