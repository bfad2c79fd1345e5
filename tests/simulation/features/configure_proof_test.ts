import fc from "fast-check";
import { rarely } from "../arbitraries.ts";
import type { Feature, Limits } from "./feature.ts";
import { prove, setups } from "./script.ts";
import { Stage } from "./stage.ts";

/** Changes some of the options. */
interface Change {
  readonly do: "configure";
  readonly size: number | undefined;
  readonly concurrency: number | undefined;
  readonly maxWaitMs: number | undefined;
}

/** What holds now. */
interface Changing extends Feature {
  limits(): Limits;
  change(change: Change): void;
}

/** What is changed holds from the next batch on. */
function changing(stage: Stage): Changing {
  let { size, concurrency, maxWaitMs } = stage.setup;
  return {
    options: {},
    limits: () => ({ size, concurrency, maxWaitMs }),
    change(change) {
      size = change.size ?? size;
      concurrency = change.concurrency ?? concurrency;
      maxWaitMs = change.maxWaitMs ?? maxWaitMs;
    },
  };
}

const change: fc.Arbitrary<Change> = fc.record({
  do: fc.constant("configure" as const),
  size: rarely(undefined, fc.constantFrom(1, 2, 5, Infinity), 2),
  concurrency: rarely(undefined, fc.constantFrom(1, 2, 4), 2),
  maxWaitMs: rarely(undefined, fc.constantFrom(0, 3, 20), 2),
}, { noNullPrototype: true });

prove("configure()", {
  setups,
  stage: (setup) => new Stage(setup, changing),
  own: [{ weight: 30, arbitrary: change }],
  play(stage, step) {
    const { size, concurrency, maxWaitMs } = step;
    (stage.feature as Changing).change(step);
    stage.batcher.configure({ size, concurrency, maxWaitMs });
  },
});
