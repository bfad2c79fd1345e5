import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Call } from "../../src/core/call.ts";
import { natural } from "../../src/core/policy.ts";
import { Queue } from "../../src/core/queue.ts";
import { FilledLane, load } from "./filled_lane.ts";
import { placeIn } from "./place_in.ts";
import { Random } from "./random.ts";
import { timesOf } from "./times.ts";

describe("Lane", () => {
  it("R5 take() takes the oldest calls, in order", () => {
    const { lane } = new FilledLane(2, "a b c d e");
    assert.deepEqual(lane.take(load(2)).items, ["a", "b"]);
    assert.deepEqual(lane.take(load(2)).items, ["c", "d"]);
    assert.deepEqual(lane.take(load(1)).items, ["e"]);
    assert.equal(lane.waiting, 0);
  });

  it("R23 the batch that calls were put into is the batch that leaves", () => {
    const filled = new FilledLane(4, "a b");
    const { open } = filled.lane.plain;
    assert.equal(filled.lane.take(load(2)), open);
    assert.notEqual(filled.lane.plain.open, open);
    assert.deepEqual(timesOf(open), [0, 1]);
  });

  it("What comes after take() waits in another batch", () => {
    const filled = new FilledLane(4, "a b");
    const batch = filled.lane.take(load(2));
    filled.put("c", 9);
    assert.deepEqual(batch.items, ["a", "b"]);
    assert.equal(filled.words, "c");
    assert.equal(filled.lane.oldestAt, 9);
  });

  it("take() of a part leaves the rest, in order", () => {
    const filled = new FilledLane(4, "a b c d e f");
    const batch = filled.lane.take(load(3));
    assert.deepEqual(batch.items, ["a", "b", "c"]);
    assert.deepEqual(timesOf(batch), [0, 1, 2]);
    assert.equal(filled.words, "d e f");
    assert.deepEqual(filled.lane.take(load(3)).items, ["d", "e", "f"]);
  });

  it("take() beyond the first batch fills up from those behind", () => {
    const filled = new FilledLane(2, "a b c d e f");
    assert.deepEqual(filled.lane.take(load(5)).items, [
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
    assert.equal(filled.words, "f");
  });

  it("R16 a call that leaves from the middle moves nobody else", () => {
    const filled = new FilledLane(8, "a b c d e");
    const before = filled.waiting;
    filled.remove("c");
    assert.equal(filled.words, "a b d e");
    for (const word of ["a", "b", "d", "e"]) {
      assert.equal(before.get(word)!.index, "abcde".indexOf(word));
    }
  });

  it("R7 a call that leaves early forgets how often its lane was passed over only with the last one", () => {
    const filled = new FilledLane(4, "a b c");
    filled.lane.passed = 3;
    filled.remove("a");
    filled.remove("c");
    assert.equal(filled.lane.passed, 3);
    filled.remove("b");
    assert.equal(filled.lane.passed, 0);
  });

  it("R16 a batch with gaps is filled from those behind", () => {
    const filled = new FilledLane(3, "a b c d e f g");
    filled.remove("b");
    filled.remove("d");
    assert.deepEqual(filled.lane.take(load(3)).items, ["a", "c", "e"]);
    assert.deepEqual(filled.lane.take(load(2)).items, ["f", "g"]);
  });

  it("A gathered call knows its new batch and place", () => {
    const filled = new FilledLane(2, "a b c d");
    const { b, d } = Object.fromEntries(filled.waiting) as Record<string, Call>;
    filled.remove("a");
    filled.remove("c");
    const batch = filled.lane.take(load(2));
    assert.deepEqual(batch.tickets, [b, d]);
    assert.deepEqual([b!.index, d!.index], [0, 1]);
    assert.ok(b!.batch === batch && d!.batch === batch);
  });

  it("Whole batches may empty in front, behind and in the middle", () => {
    const filled = new FilledLane(2, "a b c d e f g h");
    for (const word of ["c", "d", "a", "b", "h", "g"]) filled.remove(word);
    assert.equal(filled.lane.oldestAt, 4);
    assert.deepEqual(filled.lane.take(load(2)).items, ["e", "f"]);
    filled.put("i", 10);
    assert.equal(filled.lane.oldestAt, 10);
  });

  it("R16 a call that has left leaves its item behind nowhere", () => {
    const filled = new FilledLane(8, "a b c");
    const { open } = filled.lane.plain;
    filled.remove("b");
    assert.ok(!open.items.includes("b"));
    filled.lane.take(load(1));
    assert.deepEqual(open.items.filter(Boolean), ["c"]);
  });

  it("forEach() visits everything that waits, oldest first", () => {
    const filled = new FilledLane(2, "a b c d e f");
    filled.remove("a");
    filled.remove("d");
    filled.lane.take(load(1));
    assert.equal(filled.words, "c e f");
  });

  it("R23 a visit that answers false ends a line, however many batches wait", () => {
    const filled = new FilledLane(2, "a b c d e f");
    let visits = 0;
    filled.lane.forEach(() => {
      visits++;
      return false;
    });
    assert.equal(visits, 1);
  });

  it("R6 sums of fractions do not drift: an empty lane weighs nothing", () => {
    const { lane } = new FilledLane(4);
    for (const weights of [[0.1, 0.2, 0.3], [0.7, 0.1, 0.2]]) {
      const calls = weights.map((weight) => {
        const call = new Call(() => {});
        const { open } = lane.plain;
        open.put("x", weight, weight);
        open.hold(call);
        return call;
      });
      for (const call of calls) lane.remove(call);
      assert.deepEqual([lane.weight, lane.age(1)], [0, 0]);
    }
  });

  it("R6 nor do those of a lane where others wait, whose full batches have emptied", () => {
    const queue = new Queue<string>({
      size: 3,
      maxWeight: 10,
      concurrency: 1,
      policy: natural(),
    }, () => {});
    const calls = [0.1, 0.2, 0.3, 0].map((number) => {
      queue.now = number;
      const call = new Call();
      placeIn(queue, "x", call, { weight: number });
      return call;
    });
    const { default: lane } = queue;
    for (const call of calls.slice(0, 3)) queue.remove(call);
    assert.deepEqual([lane.waiting, lane.weight, lane.age(0)], [1, 0, 0]);
  });

  it("R1 together() parts no calls that came at one time, wherever the batches end", () => {
    const filled = new FilledLane(2);
    for (const time of [0, 1, 1, 1, 1, 2]) filled.put("x", time);
    const all = [0, 1, 2, 4, 5, 6, 9].map((calls) =>
      filled.lane.together(calls)
    );
    assert.deepEqual(all, [0, 1, 5, 5, 5, 6, 6]);
    filled.lane.lineOf(1);
    assert.equal(filled.lane.together(1), 6);
  });

  it("R5 those who are raised are visited by their age, whoever was raised first", () => {
    const filled = new FilledLane(9, "a b c d");
    for (const word of ["c", "a", "d"]) {
      filled.lane.raise(filled.waiting.get(word)!, 1);
    }
    assert.equal(filled.words, "a c d b");
  });

  it("R6 weightOf() is what those weigh who leave first, those of the highest priority before others", () => {
    const { lane } = new FilledLane(2);
    const put = (weight: number, priority: number) => {
      const line = lane.lineOf(priority);
      const open = line.open.size < 2 ? line.open : line.seal();
      open.put("x", 0, weight);
      open.hold(new Call(() => {}, priority));
    };
    const weights = () =>
      [0, 1, 2, 3, 4, 9].map((calls) => lane.weightOf(calls));
    for (const weight of [1, 1, 1, 1]) put(weight, 0);
    assert.deepEqual(weights(), [0, 1, 2, 3, 4, 4]);
    lane.take(load(3));
    for (const weight of [5, 0.5, 3]) put(weight, 0);
    assert.deepEqual(weights(), [0, 1, 6, 6.5, 9.5, 9.5]);
    put(20, 1);
    assert.deepEqual(weights(), [0, 20, 21, 26, 26.5, 29.5]);
  });

  it("age() is what its calls have waited, summed up", () => {
    const filled = new FilledLane(2, "a b c d");
    assert.equal(filled.lane.age(10), 10 + 9 + 8 + 7);
    filled.remove("c");
    assert.equal(filled.lane.age(10), 10 + 9 + 7);
    filled.lane.take(load(1));
    assert.equal(filled.lane.age(10), 9 + 7);
    filled.lane.take(load(2));
    assert.equal(filled.lane.age(10), 0);
  });

  it("Each hastened call counts once, until it leaves", () => {
    const filled = new FilledLane(2, "a b c d");
    const { lane } = filled;
    const [a, b, c] = [...filled.waiting.values()];
    lane.hasten(a!, "deadline");
    lane.hasten(b!, "flush");
    lane.hasten(b!, "deadline");
    lane.hasten(c!, "deadline");
    assert.equal(lane.hurry, "flush");
    lane.take(load(2));
    assert.equal(lane.hurry, "deadline");
    lane.remove(c!);
    assert.equal(lane.hurry, undefined);
    assert.equal(filled.words, "d");
  });

  it("A call that must leave for a better reason counts once, too", () => {
    const filled = new FilledLane(2, "a b");
    const { lane } = filled;
    const [a] = [...filled.waiting.values()];
    lane.hasten(a!, "deadline");
    lane.hasten(a!, "flush");
    assert.equal(lane.hurry, "flush");
    lane.hasten(a!, "unbound");
    assert.ok(lane.isUnbound);
    lane.remove(a!);
    assert.deepEqual([lane.hurry, lane.isUnbound], [undefined, false]);
  });

  it("The oldest of those who came at once is the one who would leave first", () => {
    const { lane } = new FilledLane(4);
    const [low, high] = [-1, 1].map((priority) => {
      const { open } = lane.lineOf(priority);
      open.put("x", 7, 1);
      const call = new Call(() => {}, priority);
      open.hold(call);
      return call;
    });
    assert.equal(lane.oldestCall(), high);
    lane.remove(high!);
    assert.equal(lane.oldestCall(), low);
  });

  it("Of a policy's answers the last word counts", () => {
    const { lane } = new FilledLane(8, "a b c");
    lane.leave(2, "idle");
    assert.deepEqual([lane.offer, lane.reason], [2, "idle"]);
    lane.holdUntil(50);
    assert.deepEqual([lane.offer, lane.lookAt], [0, 50]);
    lane.leave(1, "window");
    assert.deepEqual([lane.offer, lane.reason], [1, "window"]);
  });

  it("A policy cannot send more calls than wait, nor parts of one", () => {
    const { lane } = new FilledLane(8, "a b c");
    lane.leave(Infinity, "idle");
    assert.equal(lane.offer, 3);
    lane.leave(2.5, "idle");
    assert.equal(lane.offer, 2);
  });

  it("It agrees with an array under random scripts, and every call knows its place", () => {
    const random = new Random(4);
    for (let round = 0; round < 60; round++) {
      const filled = new FilledLane(random.pick([1, 3, 100, Infinity]));
      const { lane } = filled;
      let model: { word: string; time: number }[] = [];
      for (let step = 0; step < 150; step++) {
        const kind = random.pick(["put", "put", "put", "remove", "take"]);
        if (kind === "put" || model.length === 0) {
          model.push({ word: `${step}`, time: step });
          filled.put(`${step}`, step);
        } else if (kind === "remove") {
          // Most of all leave from one place, so that gaps gather.
          const { word } = model[random.below(Math.min(model.length, 50))]!;
          model = model.filter((call) => call.word !== word);
          filled.remove(word);
        } else if (random.chance(0.2)) {
          const taken = model.splice(0, 1 + random.below(model.length));
          const batch = lane.take(load(taken.length));
          assert.deepEqual(batch.items, taken.map(({ word }) => word));
          assert.deepEqual(timesOf(batch), taken.map(({ time }) => time));
          assert.equal(batch.left, 0);
        }
        assert.equal(lane.waiting, model.length);
        assert.equal(filled.words, model.map(({ word }) => word).join(" "));
        if (model.length > 0) assert.equal(lane.oldestAt, model[0]!.time);
        const age = model.reduce((sum, { time }) => sum + step - time, 0);
        assert.equal(lane.age(step), age);
        for (const [word, call] of filled.waiting) {
          assert.equal(call.batch!.tickets[call.index], call);
          assert.equal(call.batch!.items[call.index], word);
        }
      }
    }
  });
});
