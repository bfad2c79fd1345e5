/**
 * Bugs of time: timers, windows, batches that run for too long.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const timers: readonly Mutant[] = mutants([
  "tests/core/policy_test.ts",
  "tests/wake_test.ts",
  "tests/batcher/cost_test.ts",
  "tests/batcher/lost_timer_test.ts",
], [
  {
    name: "who is refused notices no timer that has died",
    file: "src/intake.ts",
    find:
      "this.#engine.beginTurn();\n    if (!isNested) this.#admission.admit(key, priority);",
    replace:
      "if (!isNested) this.#admission.admit(key, priority);\n    this.#engine.beginTurn();",
    tests: ["tests/batcher/lost_timer_test.ts"],
  },
  {
    name: "what has died is never given up",
    file: "src/engine.ts",
    find: "this.wake.heal(now);",
    replace: "",
    tests: ["tests/batcher/lost_timer_test.ts"],
  },
  {
    name: "timer re-armed per call",
    file: "src/wake.ts",
    find: "if (time >= this.#timerAt) return;",
    replace: "",
  },
  {
    name: "timer never cleared",
    file: "src/engine.ts",
    find: "if (isIdle && endOfTurn) this.wake.clear();",
    replace: "if (isIdle && endOfTurn);",
  },
  {
    name: "timer cleared in the midst of a turn",
    file: "src/engine.ts",
    find: "if (isIdle && endOfTurn) this.wake.clear();",
    replace: "if (isIdle) this.wake.clear();",
  },
  {
    name: "a timer that has rung at once counts as one that stands",
    file: "src/wake.ts",
    find: "}, time - now);",
    replace: "}, time - now);\n    this.#timer = timer;",
    tests: ["tests/wake_test.ts"],
  },
  {
    name: "a timer that was cancelled wakes the batcher",
    file: "src/wake.ts",
    find: "if (this.#timer !== timer) return;",
    replace: "",
  },
  {
    name: "whoever has waited for room in vain is looked after for ever",
    file: "src/wake.ts",
    find: "promise.then(leave, leave);",
    replace: "promise.then(leave, () => {});",
    tests: ["tests/batcher/joined_test.ts"],
  },
  {
    name: "runtimes are asked for times that have passed",
    file: "src/host.ts",
    find: "Math.min(Math.max(ms, 0), LONGEST_MS)",
    replace: "Math.min(ms, LONGEST_MS)",
    tests: ["tests/host_test.ts"],
  },
  {
    name: "real timers that ring a little early move the clock",
    file: "src/steady_clock.ts",
    find: "if (missing > PATIENCE_MS) this",
    replace: "if (missing > 0) this",
    tests: ["tests/host_test.ts"],
  },
  {
    name: "timers that ring out of turn set the clock back",
    file: "src/steady_clock.ts",
    find: "if (time > this.#latest) this.#latest = time;",
    replace: "this.#latest = time;",
    tests: ["tests/host_test.ts"],
  },
  {
    name: "a clock that begins anew is waited for",
    file: "src/steady_clock.ts",
    find: "if (missing > PATIENCE_MS) this.#aheadMs += missing;\n    else",
    replace: "",
    tests: ["tests/host_test.ts"],
  },
  {
    name: "a hop is a message where there is something faster",
    file: "src/host.ts",
    find: "if (timers.setImmediate) timers.setImmediate(run);\n    else if",
    replace: "if",
    tests: ["tests/host_test.ts"],
  },
  {
    name: "where there are no channels a hop takes its time",
    file: "src/host.ts",
    find: "timers.setTimeout(run, 0);",
    replace: "timers.setTimeout(run, 50);",
    tests: ["tests/host_test.ts"],
  },
  {
    name: "virtual batches run in the context of a caller",
    file: "src/testing.ts",
    find: "return defaultHost.neutral(run);",
    replace: "return run();",
    tests: ["tests/testing_test.ts"],
  },
  {
    name: "each hop of a browser leaves a port open",
    file: "src/host.ts",
    find: "port1.close();",
    replace: "",
    tests: ["tests/host_test.ts"],
  },
  {
    name: "a virtual timer of less than nothing rings before its turn",
    file: "src/testing.ts",
    find: "this.#now + Math.max(ms, 0)",
    replace: "this.#now + ms",
    tests: ["tests/testing_test.ts"],
  },
  {
    name: "lost timers stay lost",
    file: "src/wake.ts",
    find: "if (now - this.#timerAt > LOST_MS) this.clear();",
    replace: "",
  },
  {
    name: "each call moves the window",
    file: "src/core/policy.ts",
    find: "const due = oldestAt + maxWaitMs;",
    replace: "const due = now + maxWaitMs;",
  },
  {
    name: "lanes that were never asked want a look at once",
    file: "src/core/lane.ts",
    find: "lookAt: number = Infinity;",
    replace: "lookAt: number = 0;",
    tests: ["tests/core/scheduler_slots_test.ts"],
  },
  {
    name: "lanes that are empty are looked at",
    file: "src/core/dispatcher.ts",
    find: "this.#inquiry.forget(lane);\n        queue",
    replace: "queue",
    tests: ["tests/core/scheduler_leaving_test.ts"],
  },
  {
    name: "those of the second turn seem to come in the first",
    file: "src/core/call.ts",
    find: "if (time === this.#time && weight === 1) return;",
    replace: "if (weight === 1) return;",
  },
  {
    name: "the clock is read for each call that is asked for room",
    file: "src/engine.ts",
    find: "if (this.wake.isSoon) return;",
    replace: "",
  },
]);

export const timeLimits: readonly Mutant[] = mutants([
  "tests/batcher/batch_timeout_test.ts",
  "tests/batcher/promised_outcomes_test.ts",
  "tests/batcher/isolate_test.ts",
  "tests/batcher/too_large_test.ts",
], [
  {
    name: "late answer settles again",
    file: "src/run_batch.ts",
    find: "if (--this.open !== 0) return;",
    replace: "if (--this.open > 0) return;",
  },
  {
    name: "a batch that ran out of time is run again",
    file: "src/run_batch.ts",
    find: "if (this.isOver) return;",
    replace: "",
  },
  {
    name: "late errors count",
    file: "src/attempt.ts",
    find: "this.#reader = undefined;",
    replace: "",
  },
  {
    name: "signal of a batch that ran out of time stays quiet",
    file: "src/attempt.ts",
    find: "abort(this.#context, error);",
    replace: "if (this.#reader) abort(this.#context, error);",
  },
  {
    name: "the time of a batch runs on when it has ended",
    file: "src/time_limit.ts",
    find: "this.#alarms.remove(run);",
    replace: "",
  },
  {
    name: "batches that end at once run out of time",
    file: "src/engine.ts",
    find: "if (run.isOver) return;",
    replace: "",
  },
]);
