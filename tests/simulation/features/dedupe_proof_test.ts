import type { Caller, Run } from "./caller.ts";
import type { Feature } from "./feature.ts";
import { prove, setups } from "./script.ts";
import { Stage } from "./stage.ts";
import { isOverdue } from "./starting.ts";

/** Calls about this share their place with nobody. */
const ALONE = 5;

/** R27: calls about the same topic share a place, and what becomes of it. */
function sharing(stage: Stage): Feature {
  return {
    options: {
      dedupe: ({ wish: { topic } }) => topic === ALONE ? undefined : topic,
    },

    started(run) {
      for (const item of run.items) checkPlace(stage, run, item);
    },

    mayShare: (caller, item, { answeredAt = Infinity }) =>
      isAlike(caller, item) && item.id <= caller.id && answeredAt >= caller.at,

    isWaiting(caller) {
      const { runs } = caller;
      return runs.length === 0 &&
        !stage.open.some(({ items }) =>
          items.some((item) => item.id <= caller.id && isAlike(caller, item))
        );
    },

    rested() {
      const { waiting, running } = stage.batcher.stats();
      stage.demand(
        "R27 whoever shares a place that waits is counted",
        waiting <= stage.unseen.size &&
          (running > 0 || waiting === stage.unseen.size),
        () => `${waiting} of ${stage.unseen.size} are`,
      );
    },
  };
}

/** Somebody wants the answer, and nobody is being asked for the same. */
function checkPlace(stage: Stage, { isNested }: Run, item: Caller): void {
  const now = stage.host.now();
  const alike = stage.callers.filter((caller) => isAlike(caller, item));
  stage.demand(
    "R27 a place leaves with its last caller",
    alike.some(({ id, seen, deadlineAt }) =>
      id >= item.id && seen === undefined && now < deadlineAt
    ),
    () => `that of ${item.id} is sent`,
  );
  if (isNested) return;
  const others = stage.open.filter((run) => !isOverdue(stage, run))
    .flatMap(({ items }) => items).filter((other) => isAlike(other, item));
  for (const other of others) {
    const before = alike.filter(({ id }) => other.id <= id && id < item.id);
    stage.demand(
      "R27 who asks for what is in flight joins that",
      before.every((caller) => hasLeft(stage, caller, alike)),
      () => `${item.id} is sent, and so was ${other.id}`,
    );
  }
}

/** Whether a call may have been answered, or have left, though it may not have heard yet. */
function hasLeft(
  { host }: Stage,
  { id, at, seen, signal, expiresFrom }: Caller,
  alike: readonly Caller[],
): boolean {
  if (seen !== undefined || signal?.signal.aborted) return true;
  return host.now() >= expiresFrom ||
    alike.some((item) =>
      item.id <= id && item.runs.some(({ answeredAt = -1 }) => answeredAt >= at)
    );
}

function isAlike(a: Caller, b: Caller): boolean {
  const isShared = a.wish.topic !== ALONE && a.wish.topic === b.wish.topic;
  return a === b || (isShared && a.key === b.key && a.isNested === b.isNested);
}

prove("R27 dedupe", {
  setups,
  stage: (setup) => new Stage(setup, sharing),
});
