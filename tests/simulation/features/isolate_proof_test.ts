import fc from "fast-check";
import { type BatcherOptions, BatchTooLargeError } from "../../../mod.ts";
import type { Caller, Run } from "./caller.ts";
import type { Feature } from "./feature.ts";
import { prove, setups } from "./script.ts";
import { type Setup, Stage } from "./stage.ts";
import { isOverdue } from "./starting.ts";

interface Isolating extends Setup {
  readonly isolate: BatcherOptions["isolate"];
  /** How many calls the handler takes at once. */
  readonly mostCalls: number;
}

/** For calls about this the handler fails, whoever is with them. */
const GUILTY = 0;
/** More runs than calls there may be. */
const MOST_EXTRA_RUNS = 10;

/** R24: only the guilty of a batch that fails reject, and those that are too large are halved. */
function isolating(stage: Stage<Isolating>): Feature {
  const { isolate, mostCalls, size, concurrency, maxWaitMs } = stage.setup;
  /** The runs of each batch. */
  const runsOf = new Map<number, Run[]>();
  let lowered = size;
  /** The same, once everything has come to rest. */
  let loweredAtRest = size;

  return {
    options: { isolate },

    limits: () => ({ size: loweredAtRest, concurrency, maxWaitMs }),

    started(run) {
      const runs = runsOf.get(run.batch) ?? [];
      runsOf.set(run.batch, runs);
      checkAgain(stage, run, runs);
      runs.push(run);
      const [{ items }] = runs as [Run];
      const most = items.length + MOST_EXTRA_RUNS;
      stage.demand(
        "R24 there are never more runs than calls and 10 more",
        runs.length <= most || mostCalls < Infinity,
        () => `${runs.length} for ${items.length} calls`,
      );
    },

    reply(run, kinds) {
      const { items } = run;
      const { length } = items;
      if (length > mostCalls) {
        if (!isOverdue(stage, run)) {
          lowered = Math.min(lowered, Math.ceil(length / 2));
        }
        return { error: new BatchTooLargeError("too many") };
      }
      const guilty = items.filter(({ wish }) => wish.topic === GUILTY);
      if (guilty.length === 0) {
        return stage.plainly(run, kinds[0] === 3 ? [0] : kinds);
      }
      const isFound = isolate !== undefined || length === 1;
      return { error: stage.error(run, isFound ? guilty : items) };
    },

    rested() {
      loweredAtRest = lowered;
    },

    isWaiting: (caller: Caller) => caller.runs.length === 0,
  };
}

/** Whoever is run again was there before, and nobody else runs meanwhile. */
function checkAgain(
  stage: Stage<Isolating>,
  run: Run,
  [first, ...others]: readonly Run[],
): void {
  if (first === undefined) return;
  const runs = [first, ...others];
  stage.demand(
    "R24 only calls of the batch are run again, and fewer at once",
    run.items.length < first.items.length &&
      run.items.every((item) => first.items.includes(item)),
    () => `${run.items.map(({ id }) => id)}`,
  );
  stage.demand(
    "R24 the parts of a batch run one after the other",
    runs.every(({ answeredAt }) => answeredAt !== undefined),
    () => `${run.number} runs besides others`,
  );
  stage.demand(
    "R19 what has run out of time is not run again",
    !isOverdue(stage, run),
    () => `${run.number} is`,
  );
  const { isolate } = stage.setup;
  stage.demand(
    "R24 `each` runs calls alone",
    isolate !== "each" || run.items.length === 1 ||
      stage.setup.mostCalls < Infinity,
    () => `${run.items.length} run`,
  );
}

prove("R24 isolate", {
  setups: fc.tuple(
    setups,
    fc.record({
      isolate: fc.constantFrom("bisect" as const, "each" as const, undefined),
      mostCalls: fc.constantFrom(Infinity, 3, 1),
    }),
  ).map(([setup, isolating]): Isolating => ({ ...setup, ...isolating })),
  stage: (setup) => new Stage(setup, isolating),
});
