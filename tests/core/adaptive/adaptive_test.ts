import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  adaptive,
  type AdaptiveOptions,
} from "../../../src/core/adaptive/adaptive.ts";
import { natural, type Policy } from "../../../src/core/policy.ts";
import { noiseFrom, uniformFrom, waitsFrom } from "./numbers.ts";
import { returning, Stand, type StandOptions } from "./stand.ts";

/** A back end that takes 11 ms for one item and 13 for 200. */
const costMs = (count: number) => 10.99 + 0.01 * count;

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean time that calls at these times take. */
function meanMs(options: StandOptions, times: readonly number[]): number {
  const stand = new Stand(options);
  times.forEach((time, item) => stand.call(time, item));
  stand.run(times.at(-1)! + 1000);
  assert.equal(stand.tookMs.length, times.length);
  return mean(stand.tookMs.slice(times.length / 4));
}

describe("adaptive()", () => {
  it("R18 with shed nobody is refused under a light load because the clock once stood still for a turn", () => {
    const policy = adaptive({ targetMs: 100, shed: true });
    const stand = new Stand({ policy, size: 8, costMs: (n) => 5 + 0.5 * n });
    for (let item = 0; item < 24; item++) {
      stand.call(0, item);
      if (item === 3) stand.run(0);
    }
    for (let item = 24; item < 200; item++) stand.call(item - 7.5, item);
    stand.run(2000);
    assert.deepEqual([stand.refused, stand.dropped], [[], []]);
    assert.equal(stand.tookMs.length, 200);
  });

  it("R18 with shed nobody is refused whose batches take no time, as far as the clock can tell", () => {
    const policy = adaptive({ targetMs: 100, shed: true });
    const stand = new Stand({ policy, size: 8, costMs: () => 0 });
    for (let item = 0; item < 200; item++) {
      stand.call(10 * Math.floor(item / 5), item);
    }
    stand.run(1000);
    assert.deepEqual([stand.refused, stand.dropped], [[], []]);
    assert.equal(stand.tookMs.length, 200);
  });

  it("R4 a new lane leaves at once, as natural does", () => {
    const stand = new Stand({ policy: adaptive(), costMs });
    for (const time of [0, 1, 2, 12, 20, 25, 60]) stand.call(time);
    stand.run(100);
    assert.deepEqual(stand.left.map(({ at }) => Math.round(at)), [
      0,
      11,
      22,
      33,
      60,
    ]);
    assert.deepEqual(
      new Set(stand.left.map(({ reason }) => reason)),
      new Set(["idle"]),
    );
    assert.equal(stand.rings, 0);
  });

  it("R4 where calls come independently of each other, it does as natural does", () => {
    for (const gapMs of [40, 5, 0.5]) {
      const wait = waitsFrom(11);
      let time = 0;
      const times = Array.from({ length: 4000 }, () => time += wait(gapMs));
      const ours = meanMs({ policy: adaptive(), costMs }, times);
      const theirs = meanMs({ policy: natural(), costMs }, times);
      assert.ok(ours < 1.01 * theirs, `${ours} instead of ${theirs}`);
    }
  });

  it("R4 callers who call again after each answer soon share one batch", () => {
    const stand = returning({ policy: adaptive(), costMs }, 8, () => 0.5);
    stand.run(2000);
    const sizes = stand.sizesSince(1000);
    assert.deepEqual(new Set(sizes), new Set([8]));
  });

  it("R4 so they do when they think for different times", () => {
    const uniform = uniformFrom(3);
    const stand = returning(
      { policy: adaptive(), costMs },
      20,
      () => 2 * uniform(),
    );
    stand.run(4000);
    assert.ok(mean(stand.sizesSince(2000)) > 18);
  });

  it("R4 callers who call again at once keep nobody waiting, whoever else calls", () => {
    const stand: Stand = new Stand({
      ...{ policy: adaptive(), costMs: () => 10, timerStepMs: 1 },
      onAnswer: (caller, now) => {
        if (caller < 4) stand.call(now, caller);
      },
    });
    for (let caller = 0; caller < 4; caller++) stand.call(0, caller);
    const uniform = uniformFrom(5);
    for (let at = 50; at < 4000; at += 20 * uniform()) stand.call(at, 4);
    stand.run(3999);
    assert.equal(stand.sizesSince(2000).length, 200);
  });

  it("R4 callers who go away are soon missed no longer", () => {
    let isOpen = true;
    const options = { policy: adaptive(), costMs };
    const stand: Stand = new Stand({
      ...options,
      onAnswer: (caller, now) => {
        if (isOpen || caller < 2) stand.call(now + 0.5, caller);
      },
    });
    for (let caller = 0; caller < 8; caller++) stand.call(caller, caller);
    stand.at(1000, () => isOpen = false);
    stand.run(8000);
    const late = stand.left.filter(({ at }) => at >= 7000);
    const rest = late.slice(1).map(({ at }, i) => at - late[i]!.at);
    // Two callers, 11 ms for their batch, 0.5 ms to come back.
    assert.ok(mean(rest) < 11.9, `a batch every ${mean(rest)} ms`);
  });

  it("R4 calls that come in groups travel in groups", () => {
    const wait = waitsFrom(5);
    const times: number[] = [];
    for (let group = 0, start = 0; group < 500; group++) {
      start += 100 + wait(100);
      for (let call = 0; call < 8; call++) times.push(start + 0.3 * call);
    }
    const ours = meanMs({ policy: adaptive(), costMs }, times);
    const theirs = meanMs({ policy: natural(), costMs }, times);
    // 1 ms for the others to come and 11 for the batch, instead of two batches for seven of eight.
    assert.ok(ours < 0.7 * theirs, `${ours} instead of ${theirs}`);
  });

  /** Groups of up to three, where one follows soon after the other. */
  function trios(groups: number): number[] {
    const [wait, uniform] = [waitsFrom(6), uniformFrom(7)];
    const times: number[] = [];
    for (let group = 0, start = 0; group < groups; group++) {
      start += 20 + wait(40);
      const calls = 1 + Math.floor(3 * uniform());
      for (let call = 0, at = start; call < calls; call++) {
        times.push(at);
        at += wait(0.2);
      }
    }
    return times;
  }

  it("R4 where timers ring late, nobody waits for calls that may not come", () => {
    const times = trios(1500);
    const late = waitsFrom(8);
    const host = { costMs, size: 8, timerStepMs: 1, lateMs: () => late(15) };
    const ours = meanMs({ policy: adaptive(), ...host }, times);
    const theirs = meanMs({ policy: natural(), ...host }, times);
    assert.ok(ours < theirs, `${ours} instead of ${theirs}`);
  });

  it("R4 when timers ring on time again, calls wait for each other again", () => {
    const times = trios(2000);
    const half = times[times.length >> 1]!;
    const stand: Stand = new Stand({
      ...{ policy: adaptive(), costMs, size: 8, timerStepMs: 1 },
      lateMs: () => stand.now < half ? 100 : 0,
    });
    times.forEach((time, item) => stand.call(time, item));
    stand.run(times.at(-1)! + 1000);
    const ours = mean(stand.tookMs.slice(times.length * 3 / 4));
    const theirs = meanMs({ policy: natural(), costMs }, times);
    assert.ok(ours < 0.8 * theirs, `${ours} instead of ${theirs}`);
  });

  it("R4 several slots do not fall into step", () => {
    const wait = waitsFrom(9);
    let time = 0;
    const times = Array.from({ length: 8000 }, () => time += wait(0.2));
    const slots = { costMs, concurrency: 4 };
    const ours = meanMs({ policy: adaptive(), ...slots }, times);
    const theirs = meanMs({ policy: natural(), ...slots }, times);
    assert.ok(ours < 0.9 * theirs, `${ours} instead of ${theirs}`);
  });

  it("R4 several slots hold nobody for calls that are made all at once, by callers who were answered", () => {
    const meanOf = (policy: Policy) => {
      const wait = waitsFrom(4);
      const slots = { costMs: (n: number) => 1 + 0.05 * n, concurrency: 4 };
      let calls = 2000;
      const stand: Stand = new Stand({
        ...{ policy, ...slots },
        onAnswer: (item, now) => {
          if (item >= 2000) return;
          for (let call = 0; call < 10; call++) stand.call(now, calls++);
        },
      });
      let time = 0;
      for (let call = 0; call < 2000; call++) stand.call(time += wait(1), call);
      stand.run(time + 100);
      return mean(stand.tookMs.slice(2000));
    };
    const ours = meanOf(adaptive());
    const theirs = meanOf(natural());
    assert.ok(ours < 1.03 * theirs, `${ours} instead of ${theirs}`);
  });

  it("R4 a batch that has a price is filled", () => {
    const wait = waitsFrom(2);
    const policy = adaptive({ costPerBatchMs: 1000 });
    const stand = new Stand({ policy, costMs });
    let time = 0;
    for (let call = 0; call < 2000; call++) stand.call(time += wait(13), call);
    stand.run(time + 2000);
    // The root of 2 * 1000 / 13 is 12.4.
    const size = mean(stand.sizesSince(5000));
    assert.ok(size > 10 && size < 15, `${size} calls in a batch`);
  });

  it("R4 callers who are always the same share its price, and hardly ever wait for others", () => {
    for (const callers of [1, 3]) {
      const policy = adaptive({ costPerBatchMs: 1000 });
      const stand = returning({ policy, costMs }, callers, () => 0.5);
      stand.run(60_000);
      const sizes = stand.sizesSince(40_000);
      assert.deepEqual(new Set(sizes), new Set([callers]));
      // One batch in 44 tries whether others come.
      const ms = mean(stand.tookMs.slice(-callers * sizes.length));
      assert.ok(ms < 11.1 + 1000 / 40, `${ms}`);
    }
  });

  it("R4 no lane is held for longer than maxWaitMs while a slot is free", () => {
    const policy = adaptive({ costPerBatchMs: 10_000, maxWaitMs: 7 });
    const stand = new Stand({ policy, costMs });
    const times = Array.from({ length: 300 }, (_, call) => 40 * call);
    times.forEach((time, call) => stand.call(time, call));
    stand.run(20_000);
    const waits = stand.left.map(({ at, items }) => at - times[items[0]!]!);
    assert.equal(Math.max(...waits), 7);
  });

  it("R4 nobody is held for those who come later than maxWaitMs", () => {
    for (const maxWaitMs of [20, 40]) {
      const policy = adaptive({ maxWaitMs });
      const stand = new Stand({ policy, costMs: () => 100 });
      for (let round = 0; round < 60; round++) {
        stand.call(400 * round);
        for (let call = 0; call < 9; call++) stand.call(400 * round + 30);
      }
      stand.run(24_000);
      const rounds = new Array(10).fill(maxWaitMs < 30 ? [1, 9] : [10]);
      assert.deepEqual(stand.sizesSince(20_000), rounds.flat());
      const reasons = stand.left.slice(-10).map(({ reason }) => reason);
      const reason = maxWaitMs < 30 ? "idle" : "adaptive";
      assert.deepEqual(reasons, new Array(10).fill(reason));
    }
  });

  it("R4 it holds when eight batches have ended, says how long they take, and why each of them left", () => {
    const limits = { size: 64, concurrency: 1 };
    const policy = adaptive({ costPerBatchMs: 10_000, maxWaitMs: 7 });
    const lane = policy.forLane(limits);
    const said: unknown[] = [];
    const verdict = {
      leave: (_calls: number, reason: string) => void said.push(reason),
      holdUntil: (time: number) => void said.push(time),
    };
    const slots = { free: 1, freeSince: 0, running: 0, batches: [] };
    const ask = (oldestAt: number, now: number) => {
      const view = {
        waiting: 1,
        weight: 1,
        oldestAt,
        oldestDeadlineAt: Infinity,
        together: () => 1,
        weightOf: () => 1,
      };
      lane.decide(view, slots, now, verdict);
    };
    const ends: unknown[] = [];
    const run = (id: number, startedAt: number) => {
      const batch = {
        id,
        count: 1,
        weight: 1,
        startedAt,
        expectedEndAt: NaN,
        runningAtStart: 0,
      };
      ends.push(lane.started!(batch, startedAt));
      lane.ended!(batch, 11, false, startedAt + 11);
    };
    for (let id = 1; id <= 8; id++) {
      const now = 40 * id;
      lane.arrived!(1, now);
      ask(now, now);
      run(id, now);
    }
    assert.deepEqual(said, new Array(8).fill("idle"));
    assert.deepEqual(ends, [undefined, ...new Array(7).fill(11)]);
    said.length = 0;
    lane.arrived!(1, 360);
    ask(360, 360);
    ask(360, 367);
    run(9, 367);
    lane.arrived!(1, 400);
    ask(400, 407);
    assert.deepEqual(said, [367, "adaptive", "idle"]);
  });

  it("R4 with maxWaitMs 0 no lane is ever held", () => {
    const policy = adaptive({ maxWaitMs: 0 });
    const stand = returning({ policy, costMs }, 8, () => 0.5);
    stand.run(2000);
    assert.equal(stand.rings, 0);
    assert.ok(stand.left.every(({ reason }) => reason === "idle"));
  });

  it("R4 failed batches do not teach it what work costs", () => {
    const policy = adaptive({ targetMs: 40, shed: true });
    let isBroken = false;
    const stand = new Stand({
      policy,
      costMs: (count) => isBroken ? 500 : costMs(count),
      fails: () => isBroken,
    });
    for (let call = 0; call < 20; call++) stand.call(100 * call, call);
    stand.run(2000);
    isBroken = true;
    for (let call = 20; call < 30; call++) stand.call(1000 * call, call);
    stand.run(31_000);
    isBroken = false;
    stand.call(40_000, 30);
    stand.call(40_001, 31);
    stand.run(41_000);
    assert.deepEqual(stand.refused, []);
    assert.equal(stand.tookMs.length, 32);
  });
});

describe("adaptive(): deadlines", () => {
  /** Twice as many calls as can be served: 2 ms for a batch and 0.5 for each item. */
  function overloaded(options: AdaptiveOptions, deviation = 0): Stand {
    const noise = noiseFrom(4, deviation);
    const wait = waitsFrom(8);
    const stand = new Stand({
      policy: adaptive(options),
      costMs: (count) => Math.max(0.2, noise()) * (2 + 0.5 * count),
    });
    let time = 0;
    for (let call = 0; call < 12_000; call++) {
      stand.call(time += wait(0.27), call);
    }
    stand.run(time + 20_000);
    return stand;
  }
  const inTime = (stand: Stand, ms: number) =>
    stand.tookMs.filter((took) => took <= ms).length;

  it("Without shed, whoever comes is served, if late", () => {
    const stand = overloaded({ targetMs: 60 });
    assert.deepEqual([...stand.refused, ...stand.dropped], []);
    assert.equal(stand.tookMs.length, 12_000);
  });

  it("With shed, as many as can be served are served in time, and the others hear at once", () => {
    const stand = overloaded({ targetMs: 60, shed: true });
    // 3240 ms, and 58 items in 31 ms.
    assert.ok(inTime(stand, 60) > 0.9 * 3240 * 58 / 31, `${inTime(stand, 60)}`);
    const late = stand.tookMs.length - inTime(stand, 60);
    assert.ok(late < 0.005 * stand.tookMs.length, `${late} late`);
    // Besides those of the start, when it does not know yet what a batch takes.
    const dropped = stand.dropped.filter((call) => call > 500).length;
    assert.ok(dropped < 0.01 * stand.refused.length, `${dropped} dropped`);
  });

  it("With noise, few of those who are served are late", () => {
    const stand = overloaded({ targetMs: 60, shed: true }, 0.2);
    assert.ok(
      inTime(stand, 60) > 0.85 * 3240 * 58 / 31,
      `${inTime(stand, 60)}`,
    );
    assert.ok(inTime(stand, 60) > 0.98 * stand.tookMs.length);
  });

  it("On a machine that is busy with other things, many are served in time all the same", () => {
    for (const seed of [1, 2, 3]) {
      const [arrivals, hiccups] = [waitsFrom(seed), waitsFrom(seed + 100)];
      const stand = new Stand({
        policy: adaptive({ targetMs: 60, shed: true }),
        costMs: (count) => 11 + 0.01 * count + hiccups(15),
      });
      let time = 0;
      for (let call = 0; call < 20_000; call++) {
        stand.call(time += arrivals(0.28), call);
      }
      stand.run(time + 1000);
      // 64 calls in 27 ms, of which one in five would be late whatever is done.
      const capacity = 64 * time / 26.6;
      const share = inTime(stand, 60) / capacity;
      assert.ok(share > 0.6, `${share} of the capacity, seed ${seed}`);
    }
  });

  it("R8 those who are preferred are served while others are refused", () => {
    const wait = waitsFrom(5);
    const uniform = uniformFrom(6);
    const stand = new Stand({
      policy: adaptive({ targetMs: 60, shed: true }),
      costMs: (count) => 2 + 0.5 * count,
      priorityOf: (item) => item % 2,
    });
    let time = 0;
    for (let call = 0; call < 20_000; call++) {
      const isPreferred = uniform() < 0.2;
      stand.call(time += wait(0.18), 2 * call + (isPreferred ? 1 : 0));
    }
    stand.run(time + 1000);
    const preferred = [...stand.refused, ...stand.dropped]
      .filter((item) => item % 2 === 1 && item > 2000);
    assert.ok(preferred.length < 0.05 * 4000, `${preferred.length}`);
  });

  it("It never stops serving, however much slower the back end has become", () => {
    let isSlow = false;
    const stand = new Stand({
      policy: adaptive({ targetMs: 30, shed: true }),
      costMs: (count) => isSlow ? 100 : costMs(count),
    });
    for (let call = 0; call < 6000; call++) stand.call(2 * call, call);
    stand.at(3000, () => isSlow = true);
    stand.at(9000, () => isSlow = false);
    stand.run(13_000);
    const ends = stand.left.map(({ at }) => at).filter((at) => at < 11_990);
    const pauses = ends.slice(1).map((at, i) => at - ends[i]!);
    assert.ok(Math.max(...pauses) <= 110, `${Math.max(...pauses)} ms`);
    assert.ok(stand.sizesSince(9500).reduce((a, b) => a + b) > 0.9 * 1250);
  });
});

describe("adaptive(): options", () => {
  const wrong = (options: unknown, message: RegExp, name: string) =>
    assert.throws(
      () => adaptive(options as AdaptiveOptions),
      { name, message },
      JSON.stringify(options),
    );

  it("A number that is none, or negative, is refused by its name", () => {
    for (const key of ["maxWaitMs", "targetMs", "costPerBatchMs"]) {
      const message = new RegExp(
        `^Cannot make a policy: "${key}" must be a number of ms >=? 0, got `,
      );
      for (const value of ["5", null, true, [], {}]) {
        wrong({ [key]: value }, message, "TypeError");
      }
      for (const value of [-1, -Infinity, NaN]) {
        wrong({ [key]: value }, message, "RangeError");
      }
    }
    wrong(
      { targetMs: 0 },
      /"targetMs" must be a number of ms > 0, got 0$/,
      "RangeError",
    );
  });

  it("shed must be a boolean, and wants a target", () => {
    wrong(
      { shed: 1, targetMs: 5 },
      /"shed" must be a boolean, got 1$/,
      "TypeError",
    );
    wrong(
      { shed: true },
      /"targetMs" must be given with shed, got undefined$/,
      "TypeError",
    );
  });

  it("Unknown options are refused, and known ones listed", () => {
    wrong(
      { maxWait: 5 },
      /unknown option "maxWait", wanted one of maxWaitMs, targetMs, shed, costPerBatchMs$/,
      "TypeError",
    );
    wrong(5, /"options" must be an object, got 5$/, "TypeError");
    wrong(null, /"options" must be an object, got null$/, "TypeError");
  });

  it("What is undefined is left out", () => {
    adaptive(undefined);
    adaptive({
      maxWaitMs: undefined,
      targetMs: undefined,
      shed: undefined,
      costPerBatchMs: undefined,
    });
    adaptive({ maxWaitMs: Infinity, targetMs: Infinity, costPerBatchMs: 0 });
  });
});
