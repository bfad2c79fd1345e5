/**
 * Bugs of what the adaptive policy learns.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const reckoning: readonly Mutant[] = mutants([
  "tests/core/adaptive",
], [
  {
    name: "doubt does not go by the batches of late",
    file: "src/core/adaptive/cost_model.ts",
    find: "this.#doubt > 0 ? 1 : step * step",
    replace: "step * step",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
  {
    name: "a model that starts anew keeps its slope",
    file: "src/core/adaptive/cost_model.ts",
    find: "share * Math.max(share, Math.min(1, news))",
    replace: "share * Math.min(1, news)",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
  {
    name: "batches of equal weight make the slope be forgotten",
    file: "src/core/adaptive/cost_model.ts",
    find: "share * Math.max(share, Math.min(1, news))",
    replace: "share",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
  {
    name: "one more surprise is believed at once",
    file: "src/core/adaptive/cost_model.ts",
    find: "    this.#surprises = 0;\n    this.#memory = 0;",
    replace: "    this.#memory = 0;",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
  {
    name: "an item costs more than its part of a batch",
    file: "src/core/adaptive/cost_model.ts",
    find: "this.eachMs = Math.min(this.eachMs, mostMs);",
    replace: "",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
  {
    name: "unevenness of long ago counts for ever",
    file: "src/core/adaptive/cost_model.ts",
    find: "this.batches + 1, MEMORY)",
    replace: "this.batches + 1, Infinity)",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
  {
    name: "batches without weight and time are no numbers",
    file: "src/core/adaptive/cost_model.ts",
    find: "this.#weight > 0 ? this.#ms / this.#weight : 0",
    replace: "this.#ms / this.#weight",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
  {
    name: "a margin of even batches that is no number",
    file: "src/core/adaptive/margin.ts",
    find: "  if (spread === 0) return 1;",
    replace: "",
    tests: ["tests/core/adaptive/margin_test.ts"],
  },
  {
    name: "smaller batches make no room for a margin",
    file: "src/core/adaptive/margin.ts",
    find: "(targetMs / fixedMs - 1) / spread",
    replace: "(targetMs / meanMs - 1) / spread",
    tests: ["tests/core/adaptive/margin_test.ts"],
  },
  {
    name: "time without calls is never forgotten",
    file: "src/core/adaptive/arrival_profile.ts",
    find: "      if (this.#ms[span]! > most) this.#forget(span);",
    replace: "",
    tests: ["tests/core/adaptive/arrival_profile_test.ts"],
  },
  {
    name: "few turns are taken for sure",
    file: "src/core/adaptive/arrival_profile.ts",
    find: "const sure = 1 - CAUTION / Math.sqrt(turns);",
    replace: "const sure = 1 - CAUTION / turns;",
    tests: ["tests/core/adaptive/arrival_profile_test.ts"],
  },
  {
    name: "time is forgotten by its length, not by its calls",
    file: "src/core/adaptive/arrival_profile.ts",
    find: "const most = MOST_EXPECTED / rate;",
    replace: "const most = MOST_EXPECTED;",
    tests: ["tests/core/adaptive/arrival_profile_test.ts"],
  },
  {
    name: "there is less room for a margin than there is",
    file: "src/core/adaptive/margin.ts",
    find: "Math.log(1 + Math.max(0, room))",
    replace: "Math.log(Math.max(0, room))",
    tests: ["tests/core/adaptive/margin_test.ts"],
  },
  {
    name: "the more batches, the more doubt",
    file: "src/core/adaptive/cost_model.ts",
    find: "Math.max(0, unexplained) / freedom",
    replace: "Math.max(0, unexplained) * freedom",
    tests: ["tests/core/adaptive/cost_model_test.ts"],
  },
]);

export const callers: readonly Mutant[] = mutants([
  "tests/core/adaptive",
], [
  {
    name: "whoever is refused is no stranger",
    file: "src/core/adaptive/traffic.ts",
    find: "    this.crowd.missed();",
    replace: "",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "time since an answer stands still after the next",
    file: "src/core/adaptive/traffic.ts",
    find: "    this.endedAt = now;\n    this.#passed = 0;",
    replace: "    this.endedAt = now;",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "a rate that is no number",
    file: "src/core/adaptive/traffic.ts",
    find: "if (this.#ms > 0) this.rate",
    replace: "this.rate",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "time before an answer is not watched",
    file: "src/core/adaptive/traffic.ts",
    find:
      "      this.sinceEnd.pass(this.#passed, age, this.rate);\n      const keep",
    replace: "      const keep",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "many calls of a turn say as little as one",
    file: "src/core/adaptive/traffic.ts",
    find: "* calls / (MEMORY_CALLS + calls)",
    replace: "/ (MEMORY_CALLS + calls)",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "calls of a turn after a gap count once",
    file: "src/core/adaptive/traffic.ts",
    find: "this.sinceCall.come(gap, calls);",
    replace: "this.sinceCall.come(gap, 1);",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "calls of a turn after an answer count once",
    file: "src/core/adaptive/traffic.ts",
    find: "this.sinceEnd.come(age, calls);",
    replace: "this.sinceEnd.come(age, 1);",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "bustle without time is no number",
    file: "src/core/adaptive/traffic.ts",
    find: "this.bustle(spanMs, now) * spanMs || 0",
    replace: "this.bustle(spanMs, now) * spanMs",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "calls that have become rare are expected as before",
    file: "src/core/adaptive/traffic.ts",
    find: "Math.abs(recent - this.rate) > CHANGE",
    replace: "recent - this.rate > CHANGE",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "distances count from the first batch of all",
    file: "src/core/adaptive/traffic.ts",
    find: "    this.startedAt = now;",
    replace: "    this.startedAt ||= now;",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "time that goes back makes calls come faster",
    file: "src/core/adaptive/traffic.ts",
    find:
      "if (age >= 0) {\n      this.sinceEnd.pass(this.#passed, age, this.rate);\n      const",
    replace:
      "if (age < Infinity) {\n      this.sinceEnd.pass(this.#passed, age, this.rate);\n      const",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "calls that were not told of wait as less than none",
    file: "src/core/adaptive/crowd.ts",
    find: "    this.#waiting = Math.max(0, this.#waiting);\n",
    replace: "",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "calls that leave in the turn in which they come count twice",
    file: "src/core/adaptive/crowd.ts",
    find: "this.#waiting -= calls;",
    replace: "this.#waiting = Math.max(0, this.#waiting - calls);",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "the crowd is those who wait",
    file: "src/core/adaptive/crowd.ts",
    find: "this.#waiting + this.#inFlight);",
    replace: "this.#waiting);",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "absent callers are forgotten too late",
    file: "src/core/adaptive/crowd.ts",
    find: "this.absence * this.size)",
    replace: "this.size)",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "the time of absent callers passes more than once",
    file: "src/core/adaptive/crowd.ts",
    find: "age - ms, age, ofEach, absent",
    replace: "0, age, ofEach, absent",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "more than all callers are absent",
    file: "src/core/adaptive/crowd.ts",
    find: "Math.min(1, rate * ms / MEMORY_CALLS)",
    replace: "rate * ms / MEMORY_CALLS",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "fewer than no callers are absent",
    file: "src/core/adaptive/crowd.ts",
    find: "const absent = Math.max(0, this.#absent);",
    replace: "const absent = this.#absent;",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "callers are watched where the crowd is open",
    file: "src/core/adaptive/crowd.ts",
    find: "else if (this.#mayBeClosed) {",
    replace: "else {",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "strangers come back",
    file: "src/core/adaptive/crowd.ts",
    find: "this.#endedAt, calls - strangers);",
    replace: "this.#endedAt, calls);",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "calls in the turn of an answer come from nowhere",
    file: "src/core/adaptive/traffic.ts",
    find:
      "    if (age >= 0) {\n      this.sinceEnd.pass(this.#passed, age, this.rate);\n      this.sinceEnd.come",
    replace:
      "    if (age > 0) {\n      this.sinceEnd.pass(this.#passed, age, this.rate);\n      this.sinceEnd.come",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "what is long ago counts the more for the rate",
    file: "src/core/adaptive/traffic.ts",
    find: "const keep = 1 - 1 / MEMORY_BATCHES;",
    replace: "const keep = 1 + 1 / MEMORY_BATCHES;",
    tests: ["tests/core/adaptive/traffic_test.ts"],
  },
  {
    name: "those who run do not count where the crowd is anew",
    file: "src/core/adaptive/crowd.ts",
    find: "    this.#most = this.#waiting + this.#inFlight;\n  }",
    replace: "    this.#most = this.#waiting - this.#inFlight;\n  }",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
  {
    name: "a clock that stood still tells how fast calls come",
    file: "src/core/adaptive/traffic.ts",
    find: "this.gapMs > 0 &&",
    replace: "this.gapMs >= 0 &&",
    tests: ["tests/core/adaptive/adaptive_test.ts"],
  },
  {
    name: "absence in a crowd of nobody",
    file: "src/core/adaptive/crowd.ts",
    find: "absent / Math.max(1, this.size)",
    replace: "absent / this.size",
    tests: ["tests/core/adaptive/crowd_test.ts"],
  },
]);
