import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Events, type Happening } from "../../../bench/simulation/events.ts";
import { Latencies } from "../../../bench/simulation/latencies.ts";
import { Line } from "../../../bench/simulation/line.ts";
import { Random } from "../../../bench/simulation/random.ts";

describe("Events", () => {
  it("They happen in the order of their times, and of their coming where these are equal", () => {
    const random = new Random(1);
    const events = new Events();
    const expected = Array.from({ length: 3000 }, (_, index) => ({
      time: Math.floor(random.between(0, 500)),
      index,
      happen() {},
    }));
    for (const one of expected) events.add(one.time, one);
    expected.sort((a, b) => a.time - b.time || a.index - b.index);
    for (const one of expected) {
      assert.equal(events.nextAt, one.time);
      assert.equal(events.take(), one);
    }
    assert.equal(events.nextAt, Infinity);
  });

  it("What comes while others happen takes its place among them", () => {
    const events = new Events();
    const said: string[] = [];
    const say = (word: string): Happening => ({
      happen: () => said.push(word),
    });
    events.add(1, say("first"));
    events.add(3, say("last"));
    events.take().happen(1);
    events.add(2, say("between"));
    while (events.nextAt < Infinity) events.take().happen(events.nextAt);
    assert.deepEqual(said, ["first", "between", "last"]);
  });
});

describe("Random", () => {
  it("Equal seeds and names give equal numbers, others do not", () => {
    const draw = (seed: number, name?: string) => {
      const random = new Random(seed, name);
      return Array.from({ length: 5 }, () => random.next());
    };
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    assert.notDeepEqual(draw(1), draw(1, "noise"));
  });

  it("Its numbers are spread as they should be", () => {
    const random = new Random(9);
    const mean = (draw: () => number) => {
      let sum = 0;
      for (let i = 0; i < 200_000; i++) sum += draw();
      return sum / 200_000;
    };
    const isNear = (a: number, b: number) => Math.abs(a - b) < 0.01;
    assert.ok(isNear(mean(() => random.next()), 0.5));
    assert.ok(isNear(mean(() => random.next() ** 2), 1 / 3));
    assert.ok(isNear(mean(() => random.wait(1)), 1));
    assert.ok(isNear(mean(() => random.wait(1) > 2 ? 1 : 0), Math.exp(-2)));
    assert.ok(isNear(mean(() => random.normal()), 0));
    assert.ok(isNear(mean(() => random.normal() ** 2), 1));
    assert.ok(isNear(mean(() => random.factor(0.2)), 1));
    assert.ok(isNear(mean(() => (random.factor(0.2) - 1) ** 2), 0.04));
    assert.ok(isNear(mean(() => Math.log(random.magnitude(1, Math.E))), 0.5));
  });
});

describe("Latencies", () => {
  it("They agree with a sorted list to a tenth of a percent", () => {
    const random = new Random(3);
    const latencies = new Latencies();
    const list = Array.from({ length: 10_001 }, () => random.wait(20));
    for (const ms of list) latencies.add(ms);
    list.sort((a, b) => a - b);
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = list[Math.ceil(share * list.length) - 1]!;
      assert.ok(Math.abs(latencies.quantile(share) / exact - 1) < 0.001);
    }
    const sum = list.reduce((a, b) => a + b);
    assert.ok(Math.abs(latencies.mean - sum / list.length) < 1e-6);
    assert.equal(latencies.max, list.at(-1));
  });
});

describe("Line", () => {
  it("It agrees with a list under random scripts", () => {
    const random = new Random(6);
    const line = new Line<number>();
    const list: number[] = [];
    for (let step = 0; step < 20_000; step++) {
      if (random.next() < 0.6) {
        line.push(step);
        list.push(step);
      } else {
        const count = Math.floor(random.between(0, 5));
        assert.deepEqual(line.take(count), list.splice(0, count));
      }
      assert.equal(line.length, list.length);
      if (list.length > 0) assert.equal(line.first, list[0]);
    }
  });
});
