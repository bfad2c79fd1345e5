/**
 * Bugs of answers: arrays, streams, repair, retries, places that calls share.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const streams: readonly Mutant[] = mutants([
  "tests/batcher/streamed_test.ts",
], [
  {
    name: "gaps of a stream unreported",
    file: "src/stream.ts",
    find: "this.#seen.size === this.#expected) return;",
    replace: "this.#seen.size <= this.#expected) return;",
  },
  {
    name: "a stream that tells of one twice is believed",
    file: "src/stream.ts",
    find: "if (this.#seen.has(index)) {",
    replace: "if (this.#seen.has(-1)) {",
  },
  {
    name: "streams that nobody waits for go on",
    file: "src/attempt.ts",
    find: "this.#stream?.stop();",
    replace: "",
  },
  {
    name: "what a stream promises too late keeps its batch alive",
    file: "src/stream.ts",
    find: "if (this.#isStopped) return;\n        reader.take",
    replace: "reader.take",
  },
  {
    name: "a stream is asked for more than its end",
    file: "src/stream.ts",
    find: "while (!this.#isStopped) {",
    replace: "for (;;) {",
  },
  {
    name: "a stream that all have left fails",
    file: "src/stream.ts",
    find: "if (this.#isStopped) return;\n      reader.fail",
    replace: "reader.fail",
  },
  {
    name: "a stream that comes too late is left open",
    file: "src/answer.ts",
    find: "\n    else if (isStream(answer)) new Stream(answer, 0).stop();",
    replace: "",
    tests: ["tests/batcher/batch_timeout_test.ts"],
  },
]);

export const arrays: readonly Mutant[] = mutants([
  "tests/batcher/settling_test.ts",
  "tests/batcher/hostile_answers_test.ts",
], [
  {
    name: "an answer may change while it is read",
    file: "src/settlement.ts",
    find: "if (outcomes === answer) outcomes = slice.call(answer);",
    replace: "",
  },
  {
    name: "one outcome for all is for the first",
    file: "src/answer.ts",
    find: "return new Array<unknown>(size).fill(answer);",
    replace: "return [answer];",
  },
  {
    name: "those before an answer throws are failures, too",
    file: "src/settlement.ts",
    find: "[...tickets.keys()].slice(place)",
    replace: "[...tickets.keys()]",
  },
]);

export const repairs: readonly Mutant[] = mutants([
  "tests/repair_test.ts",
  "tests/batcher/isolate_test.ts",
  "tests/batcher/too_large_test.ts",
], [
  {
    name: "more runs than calls and ten",
    file: "src/repair.ts",
    find: "return this.#runs + 1 + this.#calls <= this.#mostRuns;",
    replace: "return true;",
  },
  {
    name: "those who have left still need runs",
    file: "src/repair.ts",
    find: "this.#calls -= part.length - calls.length;",
    replace: "",
  },
  {
    name: "second half not run again",
    file: "src/repair.ts",
    find: "return [part.slice(0, middle), part.slice(middle)];",
    replace: "return [part.slice(0, middle), part.slice(middle + 1)];",
  },
  {
    name: "those who wait are not asked when the size is lowered",
    file: "src/engine.ts",
    find: "this.scheduler.reconsider();\n    this.beginTurn();",
    replace: "this.beginTurn();",
  },
  {
    name: "lowered size never given back",
    file: "src/size_limit.ts",
    find: "this.#sized.size = this.#fullSize;",
    replace: "",
  },
  {
    name: "those who wait are not asked when the size comes back",
    file: "src/engine.ts",
    find: "if (this.#sizeLimit.lapse(now)) this.scheduler.reconsider();",
    replace: "this.#sizeLimit.lapse(now);",
  },
  {
    name: "an idle batcher keeps its lowered size till its next look",
    file: "src/engine.ts",
    find: "if (this.#sizeLimit.lapse(now)) scheduler.reconsider();",
    replace: "",
  },
  {
    name: "whatever is configured, a lowered size stays",
    file: "src/engine.ts",
    find: "if (changes.size !== undefined) this.#sizeLimit.forget();",
    replace: "this.#sizeLimit.forget();",
  },
  {
    name: "the time that a run took is not seen before the next",
    file: "src/engine.ts",
    find: "this.queue.now = now;\n    this.#limit?.ring(now);",
    replace: "this.#limit?.ring(now);",
    tests: ["tests/batcher/isolate_slow_test.ts"],
  },
  {
    name: "the last of a stream that fails is not run again",
    file: "src/run_batch.ts",
    find: "const ran = this.#places?.length ?? this.batch.count;",
    replace: "const ran = places.length;",
  },
  {
    name: "what a later run has told is forgotten",
    file: "src/run_batch.ts",
    find: "!this.#attempt.hasTold(index)",
    replace: "!this.#attempt.hasTold(place)",
  },
  {
    name: "the signal of a part aborts with the first who leaves it",
    file: "src/run_batch.ts",
    find: "this.#places?.every(",
    replace: "this.#places?.some(",
  },
  {
    name: "too many halves, and calls run alone that need not",
    file: "src/repair.ts",
    find: "if (this.#isolation === undefined) return true;",
    replace: "",
  },
  {
    name: "a lowered size is raised by a batch that left before",
    file: "src/size_limit.ts",
    find: "Math.min(this.#sized.size, Math.ceil(calls / 2))",
    replace: "Math.ceil(calls / 2)",
    tests: ["tests/size_limit_test.ts"],
  },
  {
    name: "a size comes back a minute after the first that was too large",
    file: "src/size_limit.ts",
    find: "this.#until = now + LOWERED_MS;",
    replace: "if (this.#until === Infinity) this.#until = now + LOWERED_MS;",
    tests: ["tests/size_limit_test.ts"],
  },
  {
    name: "a size comes back again and again",
    file: "src/size_limit.ts",
    find: "this.#until = Infinity;\n    this.#sized.size",
    replace: "this.#sized.size",
    tests: ["tests/size_limit_test.ts"],
  },
]);

export const retries: readonly Mutant[] = mutants([
  "tests/core/returns_test.ts",
  "tests/batcher/retry_test.ts",
], [
  {
    name: "calls that come back have lost their order",
    file: "src/core/line.ts",
    find: "this.open.entries().sort(inOrder)",
    replace: "this.open.entries()",
  },
  {
    name: "calls that come back are visited in the order in which they did",
    file: "src/core/line.ts",
    find: "this.#sort();\n    let batch",
    replace: "let batch",
    tests: ["tests/core/lane_test.ts"],
  },
  {
    name: "the first of those who come back is the one who did so first",
    file: "src/core/line.ts",
    find: "this.#sort();\n    while",
    replace: "while",
  },
  {
    name: "those who are raised are put in order one by one",
    file: "src/core/line.ts",
    find: "this.#isUnsorted = true;",
    replace: "this.#isUnsorted = true; this.#sort();",
    tests: ["tests/core/lane_cost_test.ts"],
  },
  {
    name: "one attempt too many",
    file: "src/retries.ts",
    find: "tried >= this.#options.attempts",
    replace: "tried > this.#options.attempts",
  },
  {
    name: "whoever is aborted while the delay is told comes back",
    file: "src/retries.ts",
    find: "if (batch.tickets[place] === undefined) return undefined;",
    replace: "",
  },
  {
    name: "a closing batcher does not wait for the next attempt",
    file: "src/core/scheduler.ts",
    find: "this.returns.ring(now, endOfTurn);",
    replace: "this.returns.ring(this.closing ? Infinity : now, endOfTurn);",
  },
  {
    name: "who comes back without a delay does so in the same turn",
    file: "src/core/returns.ts",
    find: "(endOfTurn || absence.alarmAt < this.#freshAt)",
    replace: "now >= absence.alarmAt",
  },
  {
    name: "who is away has not waited",
    file: "src/snapshot.ts",
    find: ", now - returns.oldestAt",
    replace: "",
  },
  {
    name: "the oldest who is away is the last in the list",
    file: "src/core/returns.ts",
    find: "Math.min(oldestAt, absence.oldestAt)",
    replace: "absence.oldestAt",
  },
  {
    name: "no retry without a delay",
    file: "src/retries.ts",
    find: 'if (typeof ms === "number" && ms >= 0) return ms;',
    replace: 'if (typeof ms === "number" && ms > 0) return ms;',
  },
  {
    name: "away without a deadline",
    file: "src/core/returns.ts",
    find: "this.#deadlines.set(call, spanMs, batch.timeAt(place));",
    replace: "",
  },
  {
    name: "who comes back should have left long ago, but waits",
    file: "src/core/scheduler.ts",
    find:
      "const willReturn = this.returns.ring(now, endOfTurn);\n    this.ring(now);",
    replace:
      "this.ring(now);\n    const willReturn = this.returns.ring(now, endOfTurn);",
  },
  {
    name: "a timer for those who are away, though a look follows",
    file: "src/core/scheduler.ts",
    find: "again ? Infinity : this.returns.next",
    replace: "this.returns.next",
  },
  {
    name: "the next attempt waits for the end of the batch",
    file: "src/engine.ts",
    find: "this.beginTurn();\n    return this.#retries",
    replace: "return this.#retries",
  },
  {
    name:
      "who is away for long lets those come back within the turn who are not",
    file: "src/core/returns.ts",
    find: "this.#freshAt = Math.min(this.#freshAt, time);",
    replace: "this.#freshAt = time;",
  },
  {
    name: "who comes back lets others wait for the end of the turn",
    file: "src/core/returns.ts",
    find: "this.#freshAt = Infinity;\n    return false;",
    replace: "return false;",
  },
  {
    name: "the deadline of those who come back counts from when they left",
    file: "src/core/returns.ts",
    find: "batch.timeAt(place));",
    replace: "batch.startedAt);",
  },
  {
    name: "all of a batch wait equally long, however often they were tried",
    file: "src/retries.ts",
    find: "return delays[tried] ??= ",
    replace: "return delays[0] ??= ",
  },
  {
    name: "a wrong delay is no RangeError",
    file: "src/retries.ts",
    find: "wanted, ms, RangeError",
    replace: "wanted, ms",
  },
  {
    name: "of those who are away only the last count",
    file: "src/core/queue.ts",
    find: "lane.away += calls;",
    replace: "lane.away = calls;",
    tests: ["tests/core/queue_test.ts"],
  },
]);

export const shared: readonly Mutant[] = mutants([
  "tests/batcher/dedupe_test.ts",
], [
  {
    name: "a shared place leaves with its first caller",
    file: "src/sharing.ts",
    find: "if (after === 0) place.isOver = true;",
    replace: "if (after >= 0) place.isOver = true;",
  },
  {
    name: "a shared place keeps the deadline of its first caller",
    file: "src/sharing.ts",
    find: "place.add(call);\n    this.#adjust(place);",
    replace: "place.add(call);",
  },
  {
    name: "a shared place keeps the priority of its first caller",
    file: "src/sharing.ts",
    find: "if (call.priority > place.priority) {",
    replace: "if (call.priority > 10) {",
  },
  {
    name: "the batcher sleeps on though somebody joins who must hear soon",
    file: "src/intake.ts",
    find: "this.#engine.beginTurn();\n    if (!place.subject.nested)",
    replace: "if (!place.subject.nested)",
    tests: ["tests/batcher/dedupe_test.ts"],
  },
  {
    name: "whoever would join, but has aborted, gives up a place that is kept",
    file: "src/intake.ts",
    find:
      "    if (signal?.aborted) throw signal.reason;\n    if (place) return this.#join(place, item, demands, mark);",
    replace:
      "    if (place) return this.#join(place, item, demands, mark);\n    if (signal?.aborted) throw signal.reason;",
  },
  {
    name: "hooks do not hear the lane of a call",
    file: "src/intake.ts",
    find: "this.#tell(call, item, key);",
    replace: "this.#tell(call, item, undefined);",
  },
  {
    name: "hooks do not hear the lane of those who join",
    file: "src/intake.ts",
    find: "this.#tell(call, item, place.subject.lane);",
    replace: "this.#tell(call, item, undefined);",
  },
  {
    name: "whoever joins a running batch has waited for less than nothing",
    file: "src/departures.ts",
    find: "Math.max(0, until - cameAt)",
    replace: "until - cameAt",
  },
  {
    name: "failures that are shared are results, too",
    file: "src/sharing.ts",
    find: "else this.results += others;",
    replace: "this.results += others;",
  },
  {
    name: "a place that all have left keeps its key",
    file: "src/departures.ts",
    find: "if (!isShared) seat.end();",
    replace: "",
  },
  {
    name: "whoever may not join goes on listening to its signal",
    file: "src/intake.ts",
    find: "this.#engine.answered(call);\n      return this.#admit",
    replace: "return this.#admit",
  },
]);
