import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Contenders } from "../../src/core/fairness.ts";
import { Lane } from "../../src/core/lane.ts";
import { natural } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";
import { Random } from "./random.ts";

/** A lane in which calls wait that came at these times. */
function laneOf(key: string, times: number[], passed = 0): Lane<string> {
  const limits = { size: 8, concurrency: 1 };
  const lane = new Lane<string>({ key, nested: false }, {
    policy: natural().forLane(limits),
    report: assert.ifError,
  });
  const { open } = lane.plain;
  for (const time of times) {
    open.put("x", time, 1);
    open.hold(() => {});
  }
  lane.passed = passed;
  return lane;
}

/** Which of these lanes goes next, where there is one slot. */
function keyOf(lanes: Lane<string>[], now: number): unknown {
  const contenders = new Contenders<string>();
  for (const lane of lanes) contenders.add(lane);
  const key = contenders.next(1, now)?.key;
  for (const lane of lanes) contenders.delete(lane);
  return key;
}

describe("Contenders", () => {
  it("Among no lanes there is none", () => {
    assert.equal(keyOf([], 0), undefined);
  });

  it("R7 the lane goes whose calls have waited longest in sum", () => {
    const long = laneOf("long", [0]);
    const many = laneOf("many", [6, 6, 6]);
    assert.equal(keyOf([long, many], 8), "long");
    assert.equal(keyOf([many, long], 8), "long");
    assert.equal(keyOf([long, many], 10), "many");
    assert.equal(keyOf([many, long], 10), "many");
  });

  it("Among equal lanes the first one goes, which was asked first", () => {
    assert.equal(keyOf([laneOf("a", [5]), laneOf("b", [5])], 5), "a");
  });

  it("One for which a slot is kept is not named again, and its slot is for no other", () => {
    const contenders = new Contenders<string>();
    const [a, b, c] = ["a", "b", "c"].map((key) => laneOf(key, [5]));
    for (const lane of [a!, b!, c!]) contenders.add(lane);
    contenders.keepSlot(a!);
    assert.equal(contenders.next(1, 5), undefined);
    assert.equal(contenders.next(2, 5), b);
    contenders.went(b!);
    assert.deepEqual([a!, b!, c!].map(({ passed }) => passed), [0, 0, 1]);
    assert.equal(contenders.next(2, 5), c);
    contenders.keepSlot(c!);
    assert.equal(contenders.next(3, 5), undefined);
    contenders.releaseSlots();
    assert.equal(contenders.next(1, 5), a);
  });

  it("Where slots are left for all others those go in order, be they light or heavy", () => {
    const contenders = new Contenders<string>();
    const lanes = [
      laneOf("kept", [5]),
      laneOf("light", [5]),
      laneOf("heavy", [0]),
    ];
    for (const lane of lanes) contenders.add(lane);
    contenders.keepSlot(lanes[0]!);
    assert.equal(contenders.next(3, 5), lanes[1]);
  });

  it("Others may be gone when the one that was named goes", () => {
    const contenders = new Contenders<string>();
    const [a, b, c] = ["a", "b", "c"].map((key) => laneOf(key, [5]));
    for (const lane of [a!, b!, c!]) contenders.add(lane);
    assert.equal(contenders.next(1, 5), a);
    contenders.delete(b!);
    contenders.went(a!);
    assert.deepEqual([b!, c!].map(({ passed }) => passed), [0, 1]);
  });

  it("R7 nor is it where all have been passed over too often: another one goes", () => {
    const contenders = new Contenders<string>();
    const lanes = [0, 1, 2].map((time) => laneOf(`${time}`, [time], 9));
    for (const lane of lanes) contenders.add(lane);
    const [oldest, next] = lanes;
    assert.equal(contenders.next(2, 5), oldest);
    contenders.keepSlot(oldest!);
    assert.equal(contenders.next(2, 5), next);
  });

  it("Those that go leave few gaps, however many have gone", () => {
    const contenders = new Contenders<string>();
    const [one, other] = [laneOf("one", [5]), laneOf("other", [5])];
    contenders.add(one);
    for (let round = 0; round < 100; round++) {
      const lane = round % 2 === 0 ? other : one;
      contenders.add(lane);
      contenders.delete(lane === one ? other : one);
      contenders.releaseSlots();
      assert.ok(lane.position < 4, `${lane.position}`);
    }
  });

  it("Where slots are for all they go in the order in which they came, whoever has left meanwhile", () => {
    const random = new Random(7);
    const lanes = [..."abcdefgh"].map((key) => laneOf(key, [5]));
    const contenders = new Contenders<string>();
    let expected: unknown[] = [];
    for (let round = 0; round < 500; round++) {
      const lane = random.pick(lanes);
      if (contenders.has(lane)) {
        contenders.delete(lane);
        expected = expected.filter((key) => key !== lane.key);
      } else {
        contenders.add(lane);
        expected.push(lane.key);
      }
      // Who is there already does not come again.
      for (const lane of lanes) if (contenders.has(lane)) contenders.add(lane);
      const named: unknown[] = [];
      for (
        let next = contenders.next(9, 5);
        next;
        next = contenders.next(9, 5)
      ) {
        named.push(next.key);
        contenders.keepSlot(next);
      }
      contenders.releaseSlots();
      assert.deepEqual(named, expected);
      assert.equal(contenders.size, expected.length);
    }
  });

  it("R7 a lane that was passed over too often goes before a heavier one", () => {
    const heavy = laneOf("heavy", [0, 0, 0, 0]);
    assert.equal(keyOf([heavy, laneOf("light", [9], 1)], 10), "heavy");
    assert.equal(keyOf([heavy, laneOf("light", [9], 4)], 10), "light");
  });

  it("R7 that is when it was passed over as often as there are lanes", () => {
    const heavy = laneOf("heavy", [0, 0, 0, 0]);
    const other = laneOf("other", [9]);
    assert.equal(keyOf([heavy, laneOf("light", [9], 1)], 10), "heavy");
    assert.equal(keyOf([heavy, laneOf("light", [9], 2)], 10), "light");
    assert.equal(keyOf([laneOf("light", [9], 2), heavy], 10), "light");
    assert.equal(keyOf([heavy, other, laneOf("light", [9], 2)], 10), "heavy");
    assert.equal(keyOf([heavy, other, laneOf("light", [9], 3)], 10), "light");
  });

  it("R7 of several that were, the one with the oldest head goes", () => {
    const heavy = laneOf("heavy", [0, 0, 0, 0]);
    const older = laneOf("older", [7], 3);
    const newer = laneOf("newer", [8, 8, 8], 4);
    assert.equal(keyOf([newer, heavy, older], 10), "older");
    assert.equal(keyOf([older, heavy, newer], 10), "older");
  });

  it("R7 the one that would else be passed over more than twice as often goes before older ones", () => {
    const heavy = laneOf("heavy", [0, 0, 0, 0]);
    const older = laneOf("older", [7], 3);
    const newer = laneOf("newer", [8], 5);
    assert.equal(keyOf([newer, heavy, older], 10), "newer");
    assert.equal(keyOf([older, heavy, newer], 10), "newer");
    older.passed = 5;
    assert.equal(keyOf([newer, heavy, older], 10), "older");
  });

  it("R7 of several whose heads are equally old, the one that was passed over most goes", () => {
    const often = laneOf("often", [7], 9);
    const rarely = laneOf("rarely", [7, 7], 3);
    assert.equal(keyOf([rarely, often], 10), "often");
    assert.equal(keyOf([often, rarely], 10), "often");

    const [one, two] = [laneOf("one", [7], 3), laneOf("two", [7], 3)];
    assert.equal(keyOf([one, two], 10), "one");

    const heavy = laneOf("heavy", [0, 0, 0, 0]);
    const other = laneOf("other", [0, 0, 0, 0]);
    const more = laneOf("more", [7], 5);
    const less = laneOf("less", [7], 4);
    assert.equal(keyOf([more, heavy, other, less], 10), "more");
    assert.equal(keyOf([less, heavy, other, more], 10), "more");
  });
});

describe("Contenders, where more lanes would go than are compared", () => {
  /** So many lanes in which as many calls wait, of which the last has waited longer. */
  function crowd(lanes: number): Contenders<string> {
    const contenders = new Contenders<string>();
    for (let lane = 1; lane < lanes; lane++) {
      contenders.add(laneOf(`${lane}`, [5]));
    }
    contenders.add(laneOf("heavy", [0, 0, 0]));
    return contenders;
  }

  it("256 are compared, those that said so first; as they go the next ones are", () => {
    const contenders = crowd(300);
    for (let gone = 1; gone <= 300 - 256; gone++) {
      const lane = contenders.next(1, 9)!;
      assert.equal(lane.key, `${gone}`);
      contenders.went(lane);
    }
    assert.equal(contenders.next(1, 9)!.key, "heavy");
    assert.equal(crowd(256).next(1, 9)!.key, "heavy");
  });

  it("Those for which slots are kept are not among them, and leave room for others", () => {
    const contenders = crowd(257);
    contenders.keepSlot(contenders.next(1, 9)!);
    assert.equal(contenders.next(2, 9)!.key, "heavy");
  });

  it("Who has not been compared was not passed over", () => {
    const contenders = new Contenders<string>();
    const lanes = Array.from(Array(258).keys(), (key) => laneOf(`${key}`, [5]));
    for (const lane of lanes) contenders.add(lane);
    contenders.went(contenders.next(1, 9)!);
    const passed = lanes.map(({ passed }) => passed);
    assert.deepEqual(passed, [0, ...Array(255).fill(1), 0, 0]);
  });

  it("However many there are, no others are looked at", () => {
    let looks = 0;
    const contenders = new Contenders<string>();
    for (let key = 0; key < 5000; key++) {
      const lane = laneOf(`${key}`, [5]);
      const { age } = lane;
      lane.age = (now) => (looks++, age.call(lane, now));
      contenders.add(lane);
    }
    for (let gone = 0; gone < 100; gone++) {
      contenders.went(contenders.next(1, 9)!);
      contenders.releaseSlots();
    }
    assert.equal(looks, 100 * 256);
  });

  it("Lanes that come when all have gone are seen", () => {
    const contenders = crowd(300);
    for (let gone = 0; gone < 300; gone++) {
      contenders.went(contenders.next(1, 9)!);
    }
    const [one, other] = [laneOf("one", [5]), laneOf("other", [5])];
    contenders.add(one);
    contenders.add(other);
    assert.equal(contenders.next(1, 9), one);
    contenders.delete(one);
    assert.equal(contenders.next(1, 9), other);
  });

  it("R7 none of 600 is passed over more than twice as often as there are lanes", () => {
    const random = new Random(3);
    const contenders = new Contenders<string>();
    const lanes = Array.from(Array(600).keys(), (key) => laneOf(`${key}`, [0]));
    for (const lane of lanes) contenders.add(lane);
    const since = new Map(lanes.map((lane) => [lane, 0]));
    let most = 0;
    for (let gone = 1; gone <= 5000; gone++) {
      const lane = contenders.next(1, gone)!;
      contenders.went(lane);
      contenders.releaseSlots();
      most = Math.max(most, gone - since.get(lane)! - 1);
      since.set(lane, gone);
      lane.passed = 0;
      // Some have many calls, others few.
      for (let calls = random.below(20) ** 2; calls > 0; calls--) {
        lane.plain.open.put("x", gone, 1);
        lane.plain.open.hold(() => {});
      }
      contenders.add(lane);
    }
    for (const gone of since.values()) most = Math.max(most, 5000 - gone);
    assert.ok(most <= 2 * 600, `${most} batches`);
  });
});

describe("R7 how often a lane was passed over", () => {
  it("R7 counts no more when nobody is left who waited then", () => {
    const driven = new Driven({ size: 2 });
    driven.turn(0, "busy", { lane: "other" });
    driven.place(0, Array(20).fill("h").join(" "), { lane: "heavy" });
    const [left] = driven.place(1, "left");
    driven.endAndTurn(2);
    driven.endAndTurn(3);
    driven.scheduler.remove(left!, "aborted");
    driven.place(4, "late");
    driven.endAndTurn(4);
    assert.deepEqual(driven.sent.slice(1), ["h h", "h h", "h h"]);
  });
});

describe("R7 lanes whose callers have left", () => {
  it("R7 do not make others wait longer", () => {
    const driven = new Driven({ size: 2 });
    driven.turn(0, "busy", { lane: "other" });
    driven.place(0, Array(40).fill("h").join(" "), { lane: "heavy" });
    const gone = Array.from(
      Array(20).keys(),
      (lane) => driven.place(1, "gone", { lane })[0]!,
    );
    driven.endAndTurn(2);
    for (const call of gone) driven.scheduler.remove(call, "aborted");
    driven.place(3, "light", { lane: "light" });
    for (let now = 3; now < 10; now++) driven.endAndTurn(now);
    const sent = driven.sent.indexOf("light");
    assert.ok(sent >= 0 && sent <= 2 + 2 * 2, `sent: ${driven.sent}`);
  });
});

describe("R7 where slots are for all lanes", () => {
  it("Nobody is passed over, though one is full and goes before the end of the turn", () => {
    const driven = new Driven({ size: 2, concurrency: 2 });
    driven.place(0, "a a", { lane: "full" });
    driven.place(0, "b", { lane: "other" });
    driven.look(0);
    assert.deepEqual(driven.sent, ["a a"]);
    const [other] = driven.scheduler.queue.lanes;
    assert.equal(other!.passed, 0);
  });

  it("They go in the order in which they are asked, be they light or heavy", () => {
    const driven = new Driven({ concurrency: 2 });
    driven.place(0, "light", { lane: "light" });
    driven.place(0, "heavy heavy", { lane: "heavy" });
    driven.endTurn(5);
    assert.deepEqual(driven.sent, ["light", "heavy heavy"]);
  });
});

describe("R7 seven lanes, one slot", () => {
  it("R7 the one whose call came last goes after no more than twice as many others", () => {
    const driven = new Driven({ size: 1 });
    driven.turn(0, Array(9).fill("many").join(" "), { lane: "many" });
    for (const lane of ["a", "b", "c", "d", "e"]) {
      driven.place(0, lane, { lane });
    }
    driven.place(1, "last", { lane: "last" });
    for (const lane of ["a", "b"]) driven.place(1, lane, { lane, priority: 1 });
    for (let now = 2; driven.scheduler.queue.waiting > 0; now++) {
      driven.endAndTurn(now);
    }
    const others = driven.sent.indexOf("last") - 1;
    assert.ok(others <= 2 * 7, `it goes after ${others}`);
  });
});

/** One slot; a heavy lane with this backlog, light lanes with one call each. */
function contended(backlog: number, lights: string[]): Driven {
  const driven = new Driven({ size: 10 });
  driven.turn(0, "busy", { lane: "other" });
  const words = Array.from({ length: backlog }, (_, i) => `h${i}`);
  driven.place(0, words.join(" "), { lane: "heavy" });
  for (const lane of lights) driven.place(1, lane, { lane });
  return driven;
}

describe("R7 one lane with 10,000 waiting and four light ones", () => {
  const lights = ["a", "b", "c", "d"];

  /** How many batches left before each of the light lanes. */
  function passes(driven: Driven, batches: number): Map<string, number> {
    driven.endAndTurn(2);
    for (let i = 1; i < batches; i++) driven.endAndTurn(2 + i);
    const [, ...sent] = driven.batches.map((batch) => String(batch.lane));
    return new Map(lights.map((lane) => [lane, sent.indexOf(lane)]));
  }

  it("The heavy lane does not starve them: each goes within a few batches", () => {
    const waits = passes(contended(10_000, lights), 40);
    for (const [lane, wait] of waits) {
      assert.ok(wait >= 0 && wait <= 15, `${lane} went after ${wait} others`);
    }
  });

  it("A lane is passed over at most twice as often as there are lanes", () => {
    const waits = passes(contended(10_000, lights), 40);
    for (const [lane, wait] of waits) {
      assert.ok(
        wait >= 0 && wait <= 2 * 5,
        `${lane} went after ${wait} others`,
      );
    }
  });

  it("Light lanes that come again and again are served again and again", () => {
    const driven = contended(10_000, lights);
    const since = new Map(lights.map((lane) => [lane, 0]));
    for (let step = 1; step <= 300; step++) {
      driven.end(step);
      const before = driven.batches.length;
      if (driven.look(step)) driven.endTurn(step);
      const lane = String(driven.batches[before]!.lane);
      for (const light of lights) since.set(light, since.get(light)! + 1);
      if (!since.has(lane)) continue;
      assert.ok(since.get(lane)! <= 16, `${lane} waited ${since.get(lane)}`);
      since.set(lane, 0);
      driven.place(step, lane, { lane });
    }
    assert.ok(Math.max(...since.values()) <= 16);
  });

  it("The heavy lane is served most, for most of the waiting is there", () => {
    const driven = contended(10_000, lights);
    for (let step = 2; step < 40; step++) driven.endAndTurn(step);
    const heavy = driven.batches.filter((batch) => batch.lane === "heavy");
    assert.ok(heavy.length >= 30, `${heavy.length} of 38`);
  });

  it("The light calls leave in the order of their lanes' oldest calls", () => {
    const driven = new Driven({ size: 10 });
    driven.turn(0, "busy", { lane: "other" });
    driven.place(0, Array(500).fill("h").join(" "), { lane: "heavy" });
    ["c", "a", "d", "b"].forEach((lane, i) => {
      driven.place(1 + i, lane, { lane });
    });
    for (let step = 10; step < 40; step++) driven.endAndTurn(step);
    const light = driven.sent.filter((words) =>
      words.length === 1 && words !== "h"
    );
    assert.deepEqual(light, ["c", "a", "d", "b"]);
  });
});
