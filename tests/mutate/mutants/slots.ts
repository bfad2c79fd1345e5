/**
 * Bugs of slots, of their sharing among lanes, and of the rate limit.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const slots: readonly Mutant[] = mutants([
  "tests/core/slots_test.ts",
  "tests/core/scheduler_slots_test.ts",
  "tests/batcher/settling_test.ts",
], [
  {
    name: "slot not freed on throw",
    file: "src/core/slots.ts",
    find: "if (!batch.unbound) {",
    replace: "if (!batch.unbound && !failed) {",
  },
  {
    name: "one slot too many",
    file: "src/core/slots.ts",
    find: "this.#limits.concurrency - this.#busy,",
    replace: "this.#limits.concurrency - this.#busy + 1,",
  },
  {
    name: "batches that run without a slot are not counted",
    file: "src/core/slots.ts",
    find: "batch.runningAtStart = this.running;",
    replace: "batch.runningAtStart = this.#busy;",
  },
  {
    name: "failed batches teach the mean time",
    file: "src/core/slots.ts",
    find: "if (!failed) this.#learn(ms);",
    replace: "this.#learn(ms);",
  },
  {
    name: "batches leave before the end of the turn",
    file: "src/core/dispatcher.ts",
    find: "(endOfTurn && open > 0)",
    replace: "open > 0",
    tests: ["tests/core/scheduler_test.ts"],
  },
  {
    name: "batches that need no slot leave before the end of the turn",
    file: "src/core/dispatcher.ts",
    find: "else if (!lane.isFull && !endOfTurn) this.#askAgain(lane);",
    replace: "",
    tests: ["tests/core/scheduler_leaving_test.ts"],
  },
  {
    name: "batches that need no slot have one kept for them",
    file: "src/core/dispatcher.ts",
    find: "this.#contenders.delete(lane);\n    while",
    replace: "while",
    tests: ["tests/core/scheduler_leaving_test.ts"],
  },
  {
    name: "calls that a handler makes leave in the look that runs it",
    file: "src/core/dispatcher.ts",
    find: "    return hasMore;",
    replace: "    return lane.waiting > 0;",
    tests: ["tests/core/scheduler_test.ts"],
  },
  {
    name: "the oldest batch is the first in the list",
    file: "src/core/slots.ts",
    find: "Math.min(oldestAt, batch.startedAt)",
    replace: "oldestAt < Infinity ? oldestAt : batch.startedAt",
  },
]);

export const rates: readonly Mutant[] = mutants([
  "tests/core/rate_test.ts",
  "tests/core/scheduler_rate_test.ts",
  "tests/batcher/rate_limit_test.ts",
], [
  {
    name: "rate limit takes one batch more",
    file: "src/core/rate.ts",
    find: "this.left = limit.batches;",
    replace: "this.left = limit.batches + 1;",
  },
  {
    name: "span of the rate limit does not end when it ends",
    file: "src/core/rate.ts",
    find: "this.nextAt <= now",
    replace: "this.nextAt < now",
  },
  {
    name: "nested batches do not count for the rate limit",
    file: "src/core/slots.ts",
    find: "this.#rate.start(now);",
    replace: "if (!isUnbound) this.#rate.start(now);",
  },
  {
    name: "the rate limit wakes where nothing waits",
    file: "src/core/scheduler.ts",
    find: "if (queue.waiting > 0) time =",
    replace: "time =",
  },
  {
    name: "lanes are full as the rate limit was when a batch last left",
    file: "src/admission.ts",
    find: "this.#engine.relax();\n    const lane",
    replace: "const lane",
    tests: ["tests/batcher/rate_limit_test.ts"],
  },
  {
    name: "the rate limit makes room where slots are busy",
    file: "src/core/slots.ts",
    find: "return isLimited ? this.#rate.nextAt : Infinity;",
    replace: "return this.#rate.nextAt;",
    tests: ["tests/core/slots_test.ts"],
  },
  {
    name: "the rate limit wakes though batches may start",
    file: "src/core/slots.ts",
    find: "return this.mayStart ? Infinity : this.#rate.nextAt;",
    replace: "return this.#rate.nextAt;",
    tests: ["tests/core/slots_test.ts"],
  },
]);

export const lanes: readonly Mutant[] = mutants([
  "tests/core/fairness_test.ts",
  "tests/core/queue_test.ts",
  "tests/core/scheduler_many_lanes_test.ts",
  "tests/batcher/lanes_test.ts",
], [
  {
    name: "fairness counter never reset",
    file: "src/core/lane.ts",
    find: "this.running++;\n    this.passed = 0;",
    replace: "this.running++;",
  },
  {
    name: "lane forgotten while a batch runs",
    file: "src/core/queue.ts",
    find: "lane.waiting > 0 || lane.running > 0) return;",
    replace: "lane.waiting > 0) return;",
  },
  {
    name: "idle lanes never forgotten",
    file: "src/core/queue.ts",
    find: "if (lanes.get(lane.key) === lane) lanes.delete(lane.key);",
    replace: "",
  },
  {
    name: "lanes that rest are never forgotten",
    file: "src/core/dispatcher.ts",
    find: "queue.forgetIdle(lane);",
    replace: "",
  },
  {
    name: "the lane with the least to wait for goes first",
    file: "src/core/fairness.ts",
    find: "const age = lane.age(now);",
    replace: "const age = -lane.age(now);",
  },
  {
    name: "lanes run out of patience too late",
    file: "src/core/fairness.ts",
    find: "if (lane.passed >= patience) starved++;",
    replace: "if (lane.passed > patience) starved++;",
  },
  {
    name: "lanes are passed over where slots are for all",
    file: "src/core/fairness.ts",
    find: "left < rivals ? Math.min(rivals, MOST_RIVALS) : 0",
    replace: "Math.min(rivals, MOST_RIVALS)",
  },
  {
    name: "lanes that come where others have gone are never named",
    file: "src/core/fairness.ts",
    find: "this.#rest = Math.min(this.#rest, lanes.length);",
    replace: "",
  },
  {
    name: "gaps that close leave lanes where they stood",
    file: "src/core/fairness.ts",
    find: "this.#lanes.forEach((lane, index) => lane!.position = index);",
    replace: "",
  },
  {
    name: "gaps never close",
    file: "src/core/fairness.ts",
    find: "if (this.#lanes.length > 2 * this.size) this.#closeGaps();",
    replace: "",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "a lane for which a slot is kept goes twice",
    file: "src/core/fairness.ts",
    find: "|| this.#isKept(lane)) continue;\n      left--;",
    replace: ") continue;\n      left--;",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name:
      "of starved lanes the one goes that was passed over most, however young",
    file: "src/core/fairness.ts",
    find: "(a.oldestAt === b.oldestAt && a.passed > b.passed);",
    replace: "a.passed > b.passed;",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "of those passed over most, and equally often, the first one goes",
    file: "src/core/fairness.ts",
    find: "if (isUrgent && a.passed !== b.passed)",
    replace: "if (isUrgent)",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "slots are scarce where they suffice",
    file: "src/core/fairness.ts",
    find: "left < rivals ?",
    replace: "left <= rivals ?",
  },
  {
    name: "a free slot asks all lanes that would leave",
    file: "src/core/dispatcher.ts",
    find: "for (const lane of this.#others)",
    replace: "for (const lane of this.#subject.queue.lanes)",
  },
  {
    name: "a lane that would leave is asked whenever a slot is free",
    file: "src/core/dispatcher.ts",
    find: "this.#others.delete(lane);\n      this.#contenders.add",
    replace: "this.#contenders.add",
    tests: ["tests/core/scheduler_many_lanes_test.ts"],
  },
  {
    name: "a lane that was empty once is asked whenever a slot is free",
    file: "src/core/dispatcher.ts",
    find: "this.#others.delete(lane);\n        this.#inquiry",
    replace: "this.#inquiry",
  },
  {
    name: "the more lanes would go the more are compared",
    file: "src/core/fairness.ts",
    find: "Math.min(rivals, MOST_RIVALS)",
    replace: "rivals",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "a starved lane for which a slot is kept goes twice",
    file: "src/core/fairness.ts",
    find: "this.#isKept(lane)) continue;\n      if (lane.passed < patience)",
    replace: "false) continue;\n      if (lane.passed < patience)",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "who is not compared is passed over as well",
    file: "src/core/fairness.ts",
    find: "      others--;\n",
    replace: "",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "who has gone is compared for ever",
    file: "src/core/fairness.ts",
    find: "this.#first = Math.min(this.#first, lanes.length);",
    replace: "",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "gaps that close hide those that come first",
    file: "src/core/fairness.ts",
    find: "    this.#first = 0;\n",
    replace: "",
    tests: ["tests/core/fairness_test.ts"],
  },
  {
    name: "what a lane has said in an earlier look is its last word",
    file: "src/core/dispatcher.ts",
    find: "lane.askedAt < this.#moment ||",
    replace: "",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "a lane that holds stays among those that would leave",
    file: "src/core/dispatcher.ts",
    find: "this.#contenders.delete(lane);\n      this.#others",
    replace: "this.#others",
    tests: ["tests/core/scheduler_many_lanes_test.ts"],
  },
  {
    name: "lanes whose callers have left are rivals",
    file: "src/core/dispatcher.ts",
    find: "contenders.delete(lane);\n        this.#others",
    replace: "this.#others",
  },
  {
    name: "a slot is kept for a lane for ever",
    file: "src/core/dispatcher.ts",
    find: "return contenders.releaseSlots();",
    replace: "return;",
    tests: ["tests/core/scheduler_slots_test.ts"],
  },
  {
    name: "lanes of calls from inside are never forgotten",
    file: "src/core/queue.ts",
    find: "    const lanes = lane.nested ? this.#nestedLanes : this.#lanes;",
    replace: "    const lanes = this.#lanes;",
  },
  {
    name: "a lane that was forgotten takes its successor along",
    file: "src/core/queue.ts",
    find: "if (lanes.get(lane.key) === lane) lanes",
    replace: "lanes",
  },
  {
    name: "the lane null of a call is no lane",
    file: "src/intake.ts",
    find: "demands?.lane === undefined",
    replace: "demands?.lane == undefined",
  },
  {
    name: "a signal that cannot be listened to leaves a lane behind",
    file: "src/intake.ts",
    find: "if (lane) this.#engine.queue.forgetIdle(lane);",
    replace: "",
    tests: ["tests/batcher/listeners_test.ts"],
  },
  {
    name: "a lane whose batch ends as it starts is kept",
    file: "src/engine.ts",
    find: "if (this.scheduler.slots.ended > ended) this.#expectCallers();",
    replace: "",
    tests: ["tests/batcher/lanes_test.ts"],
  },
  {
    name: "of lanes that are equally old the last one goes",
    file: "src/core/fairness.ts",
    find: "return a.oldestAt < b.oldestAt ||",
    replace: "return a.oldestAt <= b.oldestAt ||",
  },
]);
