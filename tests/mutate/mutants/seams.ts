/**
 * Bugs at the seams: hooks, statistics, calls from inside batches, async context.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const watching: readonly Mutant[] = mutants([
  "tests/batcher/hooks_test.ts",
  "tests/batcher/throwing_hooks_test.ts",
  "tests/batcher/stats_test.ts",
  "tests/batcher/filling_test.ts",
], [
  {
    name: "hooks throw through",
    file: "src/hooks.ts",
    find: "onError(error);\n    return undefined;",
    replace: "throw error;",
  },
  {
    name: "hooks may reject where their promise is of another realm",
    file: "src/hooks.ts",
    find: "if (isThenable(result))",
    replace: "if (result instanceof Promise)",
  },
  {
    name: "failures counted as results",
    file: "src/settlement.ts",
    find: "if (failure) settlement.failures++;",
    replace: "if (failure) settlement.results++;",
  },
  {
    name: "refused calls not counted",
    file: "src/engine.ts",
    find: "this.stats.refused++;",
    replace: "",
  },
  {
    name: "waits counted from the youngest call",
    file: "src/stats.ts",
    find: "this.#waitMs.add(batch.startedAt - batch.oldestAt);",
    replace:
      "this.#waitMs.add(batch.startedAt - batch.timeAt(batch.count - 1));",
  },
  {
    name: "what takes an hour takes less than nothing",
    file: "src/stats.ts",
    find: "units < 2 ** 31 ?",
    replace: "units < 2 ** 32 ?",
  },
  {
    name: "a batch that has only just left has run",
    file: "src/snapshot.ts",
    find: "run?.failures",
    replace: "run!.failures",
  },
  {
    name: "no buckets for values below the first one",
    file: "src/stats.ts",
    find: "buckets.unshift(0);",
    replace: "",
  },
  {
    name: "values are told from the first bucket on as if it were that of 0",
    file: "src/stats.ts",
    find: "let bucket = this.#lowest;",
    replace: "let bucket = 0;",
  },
  {
    name: "options that are called like methods of objects are taken",
    file: "src/core/check.ts",
    find: "if (Object.hasOwn(rules, key)) continue;",
    replace: "if (key in rules) continue;",
    tests: ["tests/options_test.ts"],
  },
  {
    name: "what is switched off needs what it would need",
    file: "src/core/check.ts",
    find: "if (needs && value && options",
    replace: "if (needs && options",
    tests: ["tests/options_test.ts"],
  },
  {
    name: "a signal need not say whether it has aborted",
    file: "src/call_options.ts",
    find: 'typeof v["aborted"] === "boolean" &&',
    replace: "",
    tests: ["tests/options_test.ts"],
  },
  {
    name: "a signal need not be one that can be listened to",
    file: "src/call_options.ts",
    find: '&&\n    isFunction(v["addEventListener"])',
    replace: "",
    tests: ["tests/options_test.ts"],
  },
  {
    name: "a function is a lane until it is asked for its key",
    file: "src/call_options.ts",
    find: "return !isReference(value);",
    replace: "return !isObject(value);",
    tests: ["tests/options_test.ts"],
  },
  {
    name: "stats count a batch when all have heard of its end",
    file: "src/reports.ts",
    find: "this.#stats.ended(run.runMs, run.results, run.failures);",
    replace:
      "queueMicrotask(() => this.#stats.ended(run.runMs, run.results, run.failures));",
    tests: ["tests/batcher/hooks_test.ts"],
  },
  {
    name: "maxWaitMs goes before a policy that is given",
    file: "src/settings.ts",
    find: "policy ?? (maxWaitMs === undefined ? undefined : window(maxWaitMs))",
    replace: "maxWaitMs === undefined ? policy : window(maxWaitMs)",
    tests: ["tests/options_test.ts"],
  },
  {
    name: "preferred sizes may come twice",
    file: "src/options.ts",
    find: "n > (v[i - 1] ?? 0)",
    replace: "n >= (v[i - 1] ?? 1)",
    tests: ["tests/options_test.ts"],
  },
]);

export const nested: readonly Mutant[] = mutants([
  "tests/batcher/nested_test.ts",
  "tests/batcher/circle_test.ts",
  "tests/batcher/context_test.ts",
], [
  {
    name: "no lane for calls from inside",
    file: "src/intake.ts",
    find: "const isNested = nesting.reaches(mark);",
    replace: "const isNested = false;",
  },
  {
    name: "calls from inside count when they are answered",
    file: "src/ties.ts",
    find: "call.whenEnded({ end: () => mark.remove(nesting) });",
    replace: "",
  },
  {
    name: "a batch that waits for room waits for nobody",
    file: "src/room.ts",
    find: "nesting.tie(place);",
    replace: "",
  },
  {
    name: "a batch whose wait has aborted waits still",
    file: "src/nesting.ts",
    find: "promise.then(untie, untie);",
    replace: "promise.then(untie, () => {});",
  },
  {
    name: "circles of three not seen",
    file: "src/nesting.ts",
    find: "for (const next of nesting.#waitsFor.keys()) seen.add(next);",
    replace: "for (const next of this.#waitsFor.keys()) seen.add(next);",
  },
  {
    name: "who is called from outside only is searched for",
    file: "src/nesting.ts",
    find: "if (other.#awaited === 0) return this === other;",
    replace: "",
    tests: ["tests/nesting_test.ts"],
  },
  {
    name: "calls from other batchers do not count once one is answered",
    file: "src/nesting.ts",
    find: "called.#awaited--;",
    replace: "called.#awaited = 0;",
    tests: ["tests/nesting_test.ts"],
  },
  {
    name: "a loader sends what waits for each kept key that a batch loads",
    file: "src/dataloader/hurry.ts",
    find: "if (this.#sentFor === mark) return;",
    replace: "",
    tests: ["tests/dataloader"],
  },
  {
    name: "a loader sends what waits but once for a batch",
    file: "src/dataloader/hurry.ts",
    find: "this.#sentFor = undefined;\n      this",
    replace: "this",
    tests: ["tests/dataloader"],
  },
  {
    name: "a loader sends nothing that comes between kept keys",
    file: "src/dataloader/hurry.ts",
    find: "this.#sentFor = undefined;\n      this.#loader.batcher.flush();",
    replace: "this.#sentFor = undefined;",
    tests: ["tests/dataloader"],
  },
  {
    name: "a schedule function sends for the batch that asked it",
    file: "src/dataloader/schedule.ts",
    find: "this.#host.neutral(() => this.#loader.batcher.flush());",
    replace: "this.#loader.batcher.flush();",
    tests: ["tests/dataloader"],
  },
  {
    name: "a circle is forgotten with the first of its calls",
    file: "src/nesting.ts",
    find: "if (calls > 0) this.#waitsFor.set(called, calls);\n    else this",
    replace: "this",
  },
  {
    name: "many calls of a circle count as one",
    file: "src/nesting.ts",
    find: "(this.#waitsFor.get(called) ?? 0) + 1",
    replace: "1",
  },
  {
    name: "calls that hooks make are inside of a batch",
    file: "src/nesting.ts",
    find:
      "marks?.getStore() === undefined ? run() : marks!.run(undefined, run)",
    replace: "run()",
    tests: ["tests/batcher/reentrant_hooks_test.ts"],
  },
  {
    name: "calls that onError makes are inside of a batch",
    file: "src/hooks.ts",
    find: "outside(() => this.#hooks.onError?.(error, where))",
    replace: "this.#hooks.onError?.(error, where)",
    tests: ["tests/batcher/reentrant_hooks_test.ts"],
  },
  {
    name: "batches run in the context of a caller",
    file: "src/engine.ts",
    find: "(run) => settings.host.neutral(() => this.nesting.enter(run)),",
    replace: "(run) => this.nesting.enter(run),",
  },
]);

export const feeding: readonly Mutant[] = mutants([
  "tests/batcher/run_many_test.ts",
  "tests/batcher/run_many_room_test.ts",
], [
  {
    name: "runMany() feeds on after an error",
    file: "src/run_many.ts",
    find: "if (end.signal.aborted) {",
    replace: "if (false) {",
  },
  {
    name: "runMany() leaves a timer to those who waited behind it",
    file: "src/room.ts",
    find: "may leave a timer behind.\n    this.#owner.beginTurn();",
    replace: "may leave a timer behind.",
  },
  {
    name: "runMany() ends with a call whose hook has closed, and tells nobody",
    file: "src/run_many.ts",
    find: "return isFull || !isLast;",
    replace: "return isFull || !feed.isClosed();",
  },
  {
    name: "runMany() minds what is no object",
    file: "src/call_options.ts",
    find: "if (!isObject(call)) return { settled",
    replace: "if (call === undefined) return { settled",
  },
  {
    name: "runMany() does not wait for room",
    file: "src/run_many.ts",
    find:
      "for (const item of items) {\n      const place = feed.hasRoom() ? undefined : await wait();",
    replace: "for (const item of items) {\n      const place = undefined;",
  },
  {
    name: "runMany() waits for room in a batcher that is closed",
    file: "src/batcher.ts",
    find: "!this.full || this.closed ||",
    replace: "!this.full ||",
  },
  {
    name: "runMany() waits for room though an error has ended it",
    file: "src/run_many.ts",
    find: "room.wait(settled ? given : end.signal)",
    replace: "room.wait(given)",
  },
]);

export const learning: readonly Mutant[] = mutants([
  "tests/core/adaptive",
], [
  {
    name: "policies may not act on what they have just heard",
    file: "src/core/dispatcher.ts",
    find: "else if (slots.free > 0 && lane.isUnheard) this.#askAgain(lane);",
    replace: "",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "what a lane has said holds though another has left",
    file: "src/core/dispatcher.ts",
    find: "this.#moment++;\n    port",
    replace: "port",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "failed batches train the cost model",
    file: "src/core/adaptive/adaptive_lane.ts",
    find: "if (!failed) this.#cost.learn(weight, ms);",
    replace: "this.#cost.learn(weight, ms);",
  },
  {
    name: "policies admit calls without having heard of others",
    file: "src/core/lane.ts",
    find: "if (this.freshAt !== now) this.tell();",
    replace: "",
    tests: ["tests/core/scheduler_refusing_test.ts"],
  },
  {
    name: "a lane leaves with calls that were taken out meanwhile",
    file: "src/core/dispatcher.ts",
    find: " || lane.waiting < lane.offer;",
    replace: ";",
    tests: ["tests/core/scheduler_refusing_test.ts"],
  },
  {
    name: "what a policy has said holds when another one decides",
    file: "src/core/scheduler.ts",
    find: "this.queue.renew(policy);\n    this.reconsider();",
    replace: "this.queue.renew(policy);",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "policies want the end of a turn to hear nothing",
    file: "src/core/lane.ts",
    find: "return this.fresh > 0 &&",
    replace: "return",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "a policy that has taken out those of whom it was asked is believed",
    file: "src/core/inquiry.ts",
    find: "if (most < Math.max(lane.offer, 1)) continue;",
    replace: "",
    tests: ["tests/core/scheduler_refusing_test.ts"],
  },
  {
    name: "a policy that has lowered the size as it was asked is believed",
    file: "src/core/inquiry.ts",
    find: "Math.min(lane.waiting, this.#subject.options.size)",
    replace: "lane.waiting",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "policies are asked before they have heard who came",
    file: "src/core/dispatcher.ts",
    find: "if (lane.freshAt !== now) lane.tell();\n    return",
    replace: "return",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "policies hear of arrivals in the midst of what they may change",
    file: "src/core/queue.ts",
    find: "this.#touched.push(lane);",
    replace:
      "this.#touched.push(lane);\n    if (lane.freshAt !== this.now) lane.tell();",
    tests: [
      "tests/core/scheduler_policies_test.ts",
      "tests/batcher/refusing_policy_test.ts",
    ],
  },
  {
    name: "a place is joined that has gone as a signal was listened to",
    file: "src/intake.ts",
    find: "if (place.isOver) {",
    replace: "if (place.calls.size < 0) {",
    tests: ["tests/batcher/dedupe_test.ts"],
  },
  {
    name: "ready() waits though its signal has aborted as it was listened to",
    file: "src/places.ts",
    find: "if (signal?.aborted) waiter.refuse(signal.reason);",
    replace: "",
    tests: ["tests/batcher/ready_test.ts"],
  },
  {
    name:
      "runMany() goes on though its signal has aborted as it was listened to",
    file: "src/run_many.ts",
    find: "if (given?.aborted) stop(given.reason);",
    replace: "else if (given) stop(given.reason);",
    tests: ["tests/batcher/run_many_room_test.ts"],
  },
  {
    name: "a lane takes the place of one that its policy has called into",
    file: "src/core/lane_map.ts",
    find: "lane = lanes.get(key) ?? made",
    replace: "lane = made",
    tests: ["tests/batcher/lanes_test.ts"],
  },
  {
    name:
      "a policy hears of others when the signal of who comes is listened to already",
    file: "src/intake.ts",
    find: "queue.expect(lane);",
    replace: "",
    tests: ["tests/batcher/refusing_policy_test.ts"],
  },
  {
    name: "policies may make lanes of nothing",
    file: "src/core/policy.ts",
    find: 'if (has(state, ["decide"])) return state as LanePolicy;',
    replace: "if (state !== policy) return state as LanePolicy;",
    tests: [
      "tests/batcher/throwing_hooks_test.ts",
      "tests/batcher/configure_test.ts",
    ],
  },
  {
    name: "a policy may wait for what is over",
    file: "src/core/lane.ts",
    find: "(offer === 0 && lookAt > now)",
    replace: "(offer === 0 && lookAt <= Infinity)",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "a policy may leave with less than nobody",
    file: "src/core/lane.ts",
    find: "(offer === 0 && lookAt > now)",
    replace: "(offer <= 0 && lookAt > now)",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "more leave than would, as they fit",
    file: "src/core/lane.ts",
    find: "if (fit < offer) this.offer = fit;",
    replace: "this.offer = fit;",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "who comes as another leaves has come with those before",
    file: "src/core/queue.ts",
    find: "this.expect(lane);\n    open = line.open;",
    replace: "if (!lane.isTouched) this.expect(lane);\n    open = line.open;",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "who comes as a policy aborts all others goes where those were",
    file: "src/core/queue.ts",
    find: "    open = line.open;\n",
    replace: "",
    tests: ["tests/batcher/refusing_policy_test.ts"],
  },
  {
    name: "policies hear of the end of a batch before those who came earlier",
    file: "src/core/scheduler.ts",
    find: "lane.tell();\n    const ms",
    replace: "const ms",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "another policy hears of what waits as of old",
    file: "src/core/lane.ts",
    find: "    this.freshAt = now;",
    replace: "",
    tests: ["tests/core/scheduler_policies_test.ts"],
  },
  {
    name: "a lane that was held once was held for ever",
    file: "src/core/adaptive/adaptive_lane.ts",
    find: "this.#isHeld = false;\n    this.traffic",
    replace: "this.traffic",
  },
  {
    name: "a lane that has seen no batch says how long it takes",
    file: "src/core/adaptive/adaptive_lane.ts",
    find: "return this.#cost.batches > 0 ? this",
    replace: "return this.#cost.batches >= 0 ? this",
  },
  {
    name: "nine batches must have ended before a lane is held",
    file: "src/core/adaptive/adaptive_lane.ts",
    find: "this.#cost.batches >= LEAST_BATCHES",
    replace: "this.#cost.batches > LEAST_BATCHES",
  },
  {
    name: "who is late all the same leaves in part",
    file: "src/core/adaptive/target.ts",
    find: "!isLast ? 0 : calls",
    replace: "!isLast ? 0 : best",
  },
  {
    name: "whoever is far too late is taken",
    file: "src/core/adaptive/target.ts",
    find: "const before = Math.max(0, turns);",
    replace: "const before = turns;",
  },
  {
    name: "of batches that take no time nobody is in time",
    file: "src/core/adaptive/target.ts",
    find: " && meanMs > 0",
    replace: "",
    tests: ["tests/core/adaptive/adaptive_test.ts"],
  },
  {
    name: "whoever finds a free slot waits for the running batch",
    file: "src/core/adaptive/target.ts",
    find: "slots.free > 0 ? 0 : nextEndMs",
    replace: "nextEndMs",
  },
  {
    name: "batches are looked through that nobody would wait for",
    file: "src/core/adaptive/next_end.ts",
    find: "if (mostMs <= 0) return 0;",
    replace: "",
    tests: ["tests/core/adaptive/next_end_test.ts"],
  },
]);
