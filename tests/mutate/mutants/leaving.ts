/**
 * Bugs of those who leave early: by their signal, their deadline, or at the end.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const aborts: readonly Mutant[] = mutants([
  "tests/core/lane_test.ts",
  "tests/core/scheduler_leaving_test.ts",
  "tests/batcher/leaving_early_test.ts",
  "tests/batcher/leaving_in_flight_test.ts",
  "tests/batcher/listeners_test.ts",
], [
  {
    name: "abort removes the head",
    file: "src/core/lines.ts",
    find: "    line.vacate(batch, call.index);\n    line.tidy",
    replace:
      "    line.vacate(line.front(), line.front().first());\n    line.tidy",
  },
  {
    name: "batch signal aborts with the first leaver",
    file: "src/run_batch.ts",
    find: "const isDeserted = size === 0 ||",
    replace: "const isDeserted = size >= 0 ||",
  },
  {
    name: "listeners of signals never removed",
    file: "src/signals.ts",
    find: 'this.signal.removeEventListener("abort", this.ear);',
    replace: "",
  },
  {
    name: "a signal that aborts while its call is let in is not heard",
    file: "src/ties.ts",
    find: "if (signal.aborted) throw signal.reason;",
    replace: "",
  },
  {
    name: "whoever shares a place leaves it twice",
    file: "src/sharing.ts",
    find: "leaving.filter((joined) => place.delete(joined))",
    replace: "leaving.filter((joined) => (place.delete(joined), true))",
    tests: ["tests/batcher/dedupe_test.ts"],
  },
  {
    name: "a call that is not let in leaves a listener and a deadline behind",
    file: "src/intake.ts",
    find: "this.#engine.answered(call);\n      throw",
    replace: "throw",
    tests: ["tests/batcher/listeners_test.ts"],
  },
  {
    name: "a call leaves as its promise reads the answer",
    file: "src/settlement.ts",
    find: "ticket.batch = undefined;",
    replace: "",
    tests: ["tests/batcher/hostile_answers_test.ts"],
  },
  {
    name: "a place that ends takes those along that were opened meanwhile",
    file: "src/sharing.ts",
    find: "if (places.size === 0 && lanes.get(lane) === places)",
    replace: "if (places.size === 0)",
    tests: ["tests/batcher/dedupe_test.ts"],
  },
  {
    name: "a delay is asked for a call that has left",
    file: "src/settlement.ts",
    find: "if (batch.tickets[place] === undefined) return;",
    replace: "",
    tests: ["tests/batcher/retry_test.ts"],
  },
  {
    name: "places of calls without a deadline are due from the start",
    file: "src/sharing.ts",
    find: "scheduler.deadlines.set(place, Infinity, 0);",
    replace: "scheduler.deadlines.set(place, 0, 0);",
    tests: ["tests/batcher/dedupe_test.ts"],
  },
  {
    name: "nobody listens to signals",
    file: "src/signals.ts",
    find: 'signal.addEventListener("abort", this.ear);',
    replace: ";",
  },
  {
    name:
      "whoever came last to a signal leaves, and those before him are forgotten",
    file: "src/signals.ts",
    find: "Heard.setLast(signal, before);",
    replace: "Heard.setLast(signal, undefined);",
  },
  {
    name: "whoever has left leaves again",
    file: "src/departures.ts",
    find: "if (batch === undefined) return;",
    replace: "",
    tests: ["tests/batcher/reentrant_hooks_test.ts"],
  },
  {
    name: "items of those who left are kept",
    file: "src/core/line.ts",
    find: "batch.items[index] = undefined as Item;",
    replace: "",
  },
  {
    name: "the last who leaves as others are told is looked for",
    file: "src/signals.ts",
    find: "if (first === undefined) return;",
    replace: "",
    tests: ["tests/signals_test.ts"],
  },
  {
    name:
      "any call that leaves lets its lane be passed over from the beginning",
    file: "src/core/lane.ts",
    find: "if (this.waiting === 0) this.passed = 0;",
    replace: "this.passed = 0;",
  },
]);

export const deadlines: readonly Mutant[] = mutants([
  "tests/core/scheduler_deadlines_test.ts",
  "tests/core/scheduler_common_deadline_test.ts",
  "tests/core/alarms_test.ts",
  "tests/batcher/deadline_test.ts",
  "tests/batcher/common_deadline_test.ts",
], [
  {
    name: "deadline compared with `<` start",
    file: "src/core/deadlines.ts",
    find: "if (now >= deadlineAt) {",
    replace: "if (deadlineAt < now) {",
  },
  {
    name: "common deadline compared with `<` start",
    file: "src/core/deadlines.ts",
    find: "if (deadlineAt <= now) late.push(",
    replace: "if (deadlineAt < now) late.push(",
  },
  {
    name: "deadlines hasten too late",
    file: "src/core/deadlines.ts",
    find: "Math.max(2 * meanRunMs, deadlineMs / 4)",
    replace: "Math.min(2 * meanRunMs, deadlineMs / 4)",
  },
  {
    name: "no deadline while a batch runs",
    file: "src/core/deadlines.ts",
    find: "this.#slots.alarms.set(batch, batch.oldestAt + this.spanMs);",
    replace: "",
  },
  {
    name: "alarms in the wrong order",
    file: "src/core/alarms.ts",
    find: "right.alarmAt < left!.alarmAt",
    replace: "right.alarmAt > left!.alarmAt",
  },
  {
    name: "a call that must leave for two reasons counts for both",
    file: "src/core/lane.ts",
    find: "this.#calm(call);\n    call.hurry",
    replace: "call.hurry",
    tests: ["tests/core/lane_test.ts"],
  },
  {
    name: "a call in flight makes others leave",
    file: "src/core/deadlines.ts",
    find: "if (!call.batch!.hasLeft) this.",
    replace: "this.",
  },
  {
    name: "batches in flight are forgotten for a call that waits",
    file: "src/core/deadlines.ts",
    find: "Math.min(soon ? deadlineAt : alarmAt, running)",
    replace: "soon ? deadlineAt : alarmAt",
  },
  {
    name: "a batch that ends by a deadline runs for ever",
    file: "src/core/deadlines.ts",
    find: "if (batch.alarmIndex >= 0) alarms",
    replace: "alarms",
  },
  {
    name: "the last of those in flight is the next one to hear",
    file: "src/core/deadlines.ts",
    find: "else if (deadlineAt < next) next",
    replace: "else next",
  },
  {
    name: "deadlines count from the begin of the turn",
    file: "src/intake.ts",
    find: "scheduler.deadlines.set(call, deadlineMs, this.#engine.now())",
    replace:
      "scheduler.deadlines.set(call, deadlineMs, this.#engine.queue.now)",
  },
  {
    name: "alarms of one time pass each other by",
    file: "src/core/alarms.ts",
    find: "if (above.alarmAt <= alarmAt) break;",
    replace: "if (above.alarmAt < alarmAt) break;",
  },
  {
    name: "a deadline that all have is not told",
    file: "src/departures.ts",
    find: " ?? settings.deadlineMs",
    replace: "",
  },
]);

export const closing: readonly Mutant[] = mutants([
  "tests/batcher/close_test.ts",
  "tests/batcher/close_timeout_test.ts",
  "tests/batcher/flush_test.ts",
  "tests/places_test.ts",
], [
  {
    name: "closing rejects nobody",
    file: "src/engine.ts",
    find: "this.departures.expel();",
    replace: "",
  },
  {
    name: "batches outlive the close",
    file: "src/departures.ts",
    find: "run?.cancel(error);",
    replace: "run?.left(error);",
  },
  {
    name: "flush() lost",
    file: "src/core/scheduler.ts",
    find: "this.queue.hasten(call, hurry);",
    replace: "",
  },
  {
    name: "whoever is flushed and tried again is held for company",
    file: "src/core/scheduler.ts",
    find: "call.isFlushed = true;",
    replace: "",
    tests: ["tests/batcher/retry_test.ts"],
  },
  {
    name: "flush() waits for whoever comes to share a place",
    file: "src/all_ended.ts",
    find: "call instanceof SharedPlace ? call.calls : [call]",
    replace: "[call]",
  },
  {
    name: "flush() waits for nobody",
    file: "src/all_ended.ts",
    find: "left++;",
    replace: "",
  },
  {
    name: "closed, but calls are taken",
    file: "src/intake.ts",
    find: "if (this.#engine.scheduler.closing) {",
    replace: "if (false) {",
  },
  {
    name: "closed, but whoever follows others in the same turn is let in",
    file: "src/core/dispatcher.ts",
    find: "    this.#subject.queue.grant(0);\n",
    replace: "",
  },
  {
    name: "those who wait for room hear nothing of the close",
    file: "src/places.ts",
    find: "for (const waiter of this.#waiters) waiter.refuse(error);",
    replace: "",
  },
  {
    name: "a later close() does not shorten the time",
    file: "src/closing.ts",
    find: "Math.min(this.dueAt, time)",
    replace: "this.dueAt < Infinity ? this.dueAt : time",
  },
  {
    name: "a call is taken whose own weight has closed the batcher",
    file: "src/intake.ts",
    find: "const weight = this.#weightOf(item);\n    this.#refuseIfClosed();",
    replace: "const weight = this.#weightOf(item);",
  },
  {
    name:
      "a call with options is taken whose own weight has closed the batcher",
    file: "src/intake.ts",
    find: "this.#refuseIfClosed();\n    if (signal?.aborted)",
    replace: "if (signal?.aborted)",
  },
  {
    name: "closed, but items are looked at",
    file: "src/intake.ts",
    find: "this.#refuseIfClosed();\n      const key",
    replace: "const key",
  },
  {
    name: "closeAll() does not wait for overridden methods",
    file: "src/decorator/registry.ts",
    find: "for (const found of all) await close(found);",
    replace: "for (const found of all) close(found);",
    tests: ["tests/decorator/close_all_test.ts"],
  },
  {
    name: "what is flushed does not leave because of the close",
    file: "src/core/inquiry.ts",
    find: 'else if (isClosing) lane.leave(size, "close");',
    replace: 'else if (isClosing) lane.leave(size, lane.hurry ?? "close");',
    tests: ["tests/core/scheduler_leaving_test.ts"],
  },
]);
