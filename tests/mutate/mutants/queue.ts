/**
 * Bugs of filling: sizes, weights, room, order.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const sizes: readonly Mutant[] = mutants([
  "tests/core/queue_test.ts",
  "tests/core/queue_room_test.ts",
  "tests/core/scheduler_test.ts",
  "tests/core/trim_test.ts",
  "tests/batcher/filling_test.ts",
], [
  {
    name: "one call more than was granted",
    file: "src/core/queue.ts",
    find: "return this.placed < this.#granted;",
    replace: "return this.placed <= this.#granted;",
  },
  {
    name: "size compared with `<=`",
    file: "src/core/queue.ts",
    find: "const fits = open.size < this.#options.size &&",
    replace: "const fits = open.size <= this.#options.size &&",
  },
  {
    name: "calls without a word keep the time of others",
    file: "src/core/queue.ts",
    find: "if (time !== this.#now) this.#plain.open.room = 0;",
    replace: "",
  },
  {
    name: "calls without a word come without a grant",
    file: "src/core/queue.ts",
    find: "Math.min(most, this.#granted - this.placed) | 0;",
    replace: "most | 0;",
  },
  {
    name: "another word does not end what was granted",
    file: "src/core/queue.ts",
    find: "    this.#plain.open.room = 0;\n    this.#granted",
    replace: "    this.#granted",
  },
  {
    name: "gaps that close are calls that never came",
    file: "src/core/line.ts",
    find: "if (batch === this.open) this.#came += batch.left;",
    replace: "",
  },
  {
    name: "half of a step is worth it",
    file: "src/core/trim.ts",
    find: "const WORTH = 0.65;",
    replace: "const WORTH = 0.5;",
  },
  {
    name: "batch trimmed to the preferred size above",
    file: "src/core/trim.ts",
    find: "return isWorth ? calls : below || calls;",
    replace: "return isWorth ? calls : size;",
  },
  {
    name: "batches are copied where the next call is too heavy for them",
    file: "src/core/line.ts",
    find:
      "if (batch.count < calls && !isLimited(batch, maxWeight)) return undefined;",
    replace: "if (batch.count < calls) return undefined;",
  },
  {
    name: "a batch that has left keeps those alive that follow",
    file: "src/core/line.ts",
    find: "gone.next = undefined;",
    replace: "",
  },
  {
    name: "a batcher keeps those of its last batch alive",
    file: "src/engine.ts",
    find: "this.seats.standUp();",
    replace: "",
    tests: ["tests/process_test.ts"],
  },
  {
    name: "those who have left wait on in the sum, where all came at once",
    file: "src/core/call.ts",
    find: "this.size * this.#time",
    replace: "this.count * this.#time",
  },
  {
    name: "those who have left weigh on, where others weigh more",
    file: "src/core/call.ts",
    find: "cover(index, index - this.left,",
    replace: "cover(index, index,",
  },
  {
    name: "calls that come with one of another time have no time of their own",
    file: "src/core/call.ts",
    find: "ledger.arrivals + (this.size - ledger.present) * this.#time",
    replace: "ledger.arrivals",
  },
  {
    name: "calls that come with a heavier one weigh nothing",
    file: "src/core/call.ts",
    find: "ledger.weight + (calls - ledger.present)",
    replace: "ledger.weight",
  },
  {
    name:
      "a call of whom the ledger does not know takes the weight of another along",
    file: "src/core/ledger.ts",
    find: "if (index >= this.times.length) return;",
    replace: "if (index >= this.times.length) index = 0;",
  },
  {
    name: "who leaves is still counted among those of whom the ledger knows",
    file: "src/core/ledger.ts",
    find: "this.present--;",
    replace: "",
  },
  {
    name: "calls of a priority keep the time of others",
    file: "src/core/queue.ts",
    find: "this.#plain.open.room = line === this.#plain ?",
    replace: "open.room = lane === this.default ?",
  },
  {
    name: "the oldest call is that of the first lane",
    file: "src/core/queue.ts",
    find: "Math.min(oldestAt, lane.oldestAt)",
    replace: "oldestAt < Infinity ? oldestAt : lane.oldestAt",
  },
  {
    name: "a preferred size that is larger than a batch may be",
    file: "src/core/inquiry.ts",
    find: "trimmed(lane.offer, preferredSizes, isUrgent)",
    replace: "trimmed(lane.waiting, preferredSizes, isUrgent)",
    tests: ["tests/core/trim_test.ts"],
  },
  {
    name: "whom a deadline concerns is trimmed off a batch",
    file: "src/core/inquiry.ts",
    find: 'lane.reason === "deadline" && slots.free < 2',
    replace: "false",
    tests: ["tests/batcher/rate_limit_test.ts"],
  },
  {
    name: "a deadline trims no batch, though the rest could leave beside it",
    file: "src/core/inquiry.ts",
    find: " && slots.free < 2",
    replace: "",
    tests: ["tests/core/trim_test.ts"],
  },
]);

export const weights: readonly Mutant[] = mutants([
  "tests/core/lane_test.ts",
  "tests/core/queue_test.ts",
  "tests/core/scheduler_weights_test.ts",
  "tests/batcher/weights_test.ts",
], [
  {
    name: "limit tested after adding",
    file: "src/core/queue.ts",
    find: "      open.weight + weight <= this.#maxWeight;",
    replace: "      open.weight <= this.#maxWeight;",
  },
  {
    name: "limit of weight not inclusive",
    file: "src/core/queue.ts",
    find: "      open.weight + weight <= this.#maxWeight;",
    replace: "      open.weight + weight < this.#maxWeight;",
  },
  {
    name: "calls that wait weigh nothing",
    file: "src/core/line.ts",
    find: "return this.#weight + this.open.weight;",
    replace: "return this.#weight;",
  },
  {
    name: "gathered batch one call too heavy",
    file: "src/core/line.ts",
    find: "target.count > 0 && weight > maxWeight",
    replace: "target.weight > maxWeight",
  },
  {
    name: "weight not returned on abort",
    file: "src/core/line.ts",
    find:
      "this.#account(batch, -1, -batch.weightAt(index), -batch.timeAt(index));",
    replace: "this.#account(batch, -1, 0, -batch.timeAt(index));",
  },
  {
    name: "weight of a batch not returned",
    file: "src/core/line.ts",
    find: "this.#account(batch, -batch.count, -batch.weight, -batch.arrivals);",
    replace: "this.#account(batch, -batch.count, 0, -batch.arrivals);",
  },
  {
    name: "sums of fractions drift behind the open batch",
    file: "src/core/line.ts",
    find: "this.#calls === 0 ? 0 : this.#weight + weight",
    replace: "this.#weight + weight",
  },
]);

export const orders: readonly Mutant[] = mutants([
  "tests/core/lane_test.ts",
  "tests/core/scheduler_priorities_test.ts",
  "tests/batcher/priorities_test.ts",
], [
  {
    name: "low priorities first",
    file: "src/core/lines.ts",
    find: "const rank = line.priority + rises;",
    replace: "const rank = rises - line.priority;",
  },
  {
    name: "waiting raises nobody",
    file: "src/core/lines.ts",
    find: "const rank = line.priority + rises;",
    replace: "const rank = line.priority;",
  },
  {
    name: "the youngest of equals first",
    file: "src/core/lines.ts",
    find: "line.oldestAt < best!.oldestAt",
    replace: "line.oldestAt > best!.oldestAt",
  },
  {
    name: "whoever is raised need not hurry any more",
    file: "src/core/lane.ts",
    find: "if (hurry) this.hasten(call, hurry);",
    replace: "",
  },
  {
    name: "batches leave before all have heard whose batches have ended",
    file: "src/engine.ts",
    find: "if (!this.#isLooking) this.#expectCallers();",
    replace: "this.#expectCallers();",
  },
]);

export const room: readonly Mutant[] = mutants([
  "tests/core/queue_room_test.ts",
  "tests/batcher/overflow_test.ts",
  "tests/batcher/queue_per_lane_test.ts",
  "tests/batcher/priorities_test.ts",
  "tests/batcher/ready_test.ts",
  "tests/places_test.ts",
], [
  {
    name: "who comes elsewhere takes nothing of what was granted",
    file: "src/core/queue.ts",
    find: "line === this.#plain ? this.#roomIn(open) : 0;",
    replace:
      "line === this.#plain ? this.#roomIn(open) : this.#plain.open.room;",
    tests: ["tests/core/queue_room_test.ts"],
  },
  {
    name: "who is to wait again takes nothing of what was granted",
    file: "src/core/returns.ts",
    find: "this.#queue.grant(0);",
    replace: "",
    tests: ["tests/batcher/overflow_test.ts"],
  },
  {
    name: "room that handlers were granted lasts though slots are taken",
    file: "src/core/dispatcher.ts",
    find: "queue.grant(0);\n    const batch",
    replace: "const batch",
    tests: ["tests/batcher/overflow_test.ts"],
  },
  {
    name: "one place too many in the queue",
    file: "src/core/scheduler.ts",
    find: "this.#options.maxQueue + this.#open - this.queue.queued",
    replace: "this.#options.maxQueue + this.#open - this.queue.queued + 1",
  },
  {
    name: "nested calls that are away hold places",
    file: "src/core/queue.ts",
    find: "if (lane.nested) this.#nested += calls;",
    replace: "",
    tests: ["tests/core/queue_test.ts"],
  },
  {
    name: "whoever is away holds no place in a lane",
    file: "src/core/scheduler.ts",
    find: "lane.waiting - lane.away;",
    replace: "lane.waiting;",
  },
  {
    name: "one place too few in a lane",
    file: "src/core/scheduler.ts",
    find: "return most + this.#open - lane.waiting - lane.away;",
    replace: "return most + this.#open - lane.waiting - lane.away - 1;",
  },
  {
    name: "the youngest of the lowest is dropped",
    file: "src/victims.ts",
    find: "(a.priority === b.priority && isOlder(a, b))",
    replace: "(a.priority === b.priority && isOlder(b, a))",
  },
  {
    name: "limit of a lane not asked where there is room",
    file: "src/intake.ts",
    find: "if (key !== undefined && this.#engine.room.limitsLanes) {",
    replace: "if (false) {",
  },
  {
    name: "whoever is refused may drop others",
    file: "src/admission.ts",
    find: 'if (overflow === "reject") return undefined;',
    replace: "",
  },
  {
    name: "equals are dropped for equals",
    file: "src/admission.ts",
    find: "lowest.priority < priority ?",
    replace: "lowest.priority <= priority ?",
  },
  {
    name: "the youngest is dropped for the oldest",
    file: "src/victims.ts",
    find: "return line.oldestAt < other.oldestAt;",
    replace: "return line.oldestAt > other.oldestAt;",
  },
  {
    name: "places are kept for nobody",
    file: "src/admission.ts",
    find: "return scheduler.places - places.kept < 1;",
    replace: "return scheduler.places < 1;",
  },
  {
    name: "the place that was given last is claimed first",
    file: "src/places.ts",
    find: "this.#kept.splice(oldest, 1);",
    replace: "this.#kept.pop();",
  },
  {
    name: "a place can be taken before its waiter goes on",
    file: "src/places.ts",
    find: "granted.then(() => announce(place), () => {});",
    replace: "waiting.then(announce, () => {});",
    tests: ["tests/batcher/ready_test.ts"],
  },
  {
    name: "a place that was given must be asked for again",
    file: "src/admission.ts",
    find: "if (hasPlace || !this.isFull) return;",
    replace: "if (!this.isFull) return;",
  },
  {
    name: "whoever is away holds no place",
    file: "src/core/queue.ts",
    find: "this.away += calls;",
    replace: "",
    tests: ["tests/core/returns_test.ts", "tests/batcher/retry_test.ts"],
  },
  {
    name: "one that need not wait for room takes the place of one that had to",
    file: "src/batcher.ts",
    find: "if (!place) places.keep(queue.now);",
    replace: "",
    tests: ["tests/batcher/run_many_room_test.ts"],
  },
  {
    name: "a place that is given back goes to nobody",
    file: "src/room.ts",
    find: "this.places.claim();\n    this.offer();",
    replace: "this.places.claim();",
    tests: ["tests/batcher/ready_test.ts"],
  },
  {
    name: "each call of a turn asks for room",
    file: "src/room.ts",
    find: "this.places.kept > 0) return;",
    replace: "this.places.kept >= 0) return;",
    tests: ["tests/batcher/refusing_policy_test.ts"],
  },
  {
    name: "a place that is there is kept from the next look on",
    file: "src/room.ts",
    find: "this.offer();\n    // Who",
    replace: "// Who",
  },
  {
    name:
      "whoever calls in another lane as somebody is dropped takes the place",
    file: "src/admission.ts",
    find: "if (queue.placed > placed && isFull())",
    replace: "if (queue.placed > placed)",
  },
  {
    name: "places lapse from the newest on",
    file: "src/places.ts",
    find: "this.#kept.push({ at: now, isAnnounced: true });",
    replace: "this.#kept.unshift({ at: now, isAnnounced: true });",
    tests: ["tests/places_test.ts"],
  },
]);
