import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Isolation, Repair } from "../src/repair.ts";
import { randomFrom } from "./batcher/random_numbers.ts";

/** How a batch of so many calls is repaired, some of which are bad: every run after the first. */
function repaired(
  size: number,
  isolation: Isolation | undefined,
  fails: (calls: readonly number[]) => "bad" | "too large" | undefined,
): { runs: (readonly number[])[]; good: Set<number>; bad: Set<number> } {
  const all = [...Array(size).keys()];
  const repair = new Repair(size, isolation);
  const runs: (readonly number[])[] = [];
  const [good, bad] = [new Set<number>(), new Set<number>()];
  const end = (calls: readonly number[]) => {
    const failure = fails(calls);
    const isMended = calls.length > 1 && failure &&
      (isolation || failure === "too large");
    if (isMended && failure === "too large") {
      repair.tooLarge(calls, calls.length);
    } else if (isMended) repair.failed(calls);
    else calls.forEach((call) => (failure ? bad : good).add(call));
  };
  end(all);
  for (;;) {
    const calls = repair.next((call) => !good.has(call) && !bad.has(call));
    if (calls === undefined) return { runs, good, bad };
    runs.push(calls);
    end(calls);
  }
}

/** So many different numbers below `size`. */
function someOf(size: number, count: number, random: (n: number) => number) {
  const all = [...Array(size).keys()];
  const some = new Set<number>();
  for (let i = 0; i < count; i++) {
    some.add(...all.splice(random(all.length), 1) as [number]);
  }
  return some;
}

describe("R24: which calls of a failed batch are run again", () => {
  it("R24 each: every call alone, in order", () => {
    const { runs, bad } = repaired(
      4,
      "each",
      (calls) => calls.includes(2) ? "bad" : undefined,
    );
    assert.deepEqual(runs, [[0], [1], [2], [3]]);
    assert.deepEqual([...bad], [2]);
  });

  it("R24 R16 a run that fails when all have left it does not end the others", () => {
    for (const isolation of [undefined, "each", "bisect"] as const) {
      const repair = new Repair(8, isolation);
      repair.tooLarge([0, 1, 2, 3, 4, 5, 6, 7], 8);
      const left = new Set<number>();
      const waits = (call: number) => !left.has(call);
      repair.tooLarge(repair.next(waits)!, 4);
      const gone = repair.next(waits)!;
      gone.forEach((call) => left.add(call));
      repair.tooLarge([], gone.length);
      const runs = new Set<number>();
      for (let run = repair.next(waits); run; run = repair.next(waits)) {
        run.forEach((call) => (runs.add(call), left.add(call)));
      }
      const others = [0, 1, 2, 3, 4, 5, 6, 7].filter((x) => !gone.includes(x));
      assert.deepEqual([...runs].sort(), others);
    }
  });

  it("R24 bisect: both halves are run before one of them is parted", () => {
    const { runs } = repaired(
      8,
      "bisect",
      (calls) => calls.includes(1) ? "bad" : undefined,
    );
    assert.deepEqual(runs, [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [0, 1],
      [2, 3],
      [0],
      [1],
    ]);
  });

  it("R24 bisect: a batch that fails but once is run in two halves", () => {
    let failures = 1;
    const { runs, good } = repaired(
      100,
      "bisect",
      () => failures-- > 0 ? "bad" : undefined,
    );
    assert.deepEqual(runs.map(({ length }) => length), [50, 50]);
    assert.equal(good.size, 100);
  });

  it("R24 bisect: one bad call in 100, wherever it is, takes at most 15 runs", () => {
    for (let at = 0; at < 100; at++) {
      const { runs, bad, good } = repaired(
        100,
        "bisect",
        (calls) => calls.includes(at) ? "bad" : undefined,
      );
      assert.ok(1 + runs.length <= 15, `${1 + runs.length} runs for ${at}`);
      assert.deepEqual([[...bad], good.size], [[at], 99]);
    }
  });

  it("R24 bisect: one bad call in 10,000 takes no more runs than its place has digits, twice", () => {
    const random = randomFrom(7);
    for (let i = 0; i < 20; i++) {
      const at = random(10_000);
      const { runs } = repaired(
        10_000,
        "bisect",
        (calls) => calls.includes(at) ? "bad" : undefined,
      );
      assert.ok(1 + runs.length <= 29, `${1 + runs.length} runs for ${at}`);
    }
  });

  it("R24 whatever the bad calls: the innocent succeed, the guilty fail, with at most 10 runs more than calls", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = randomFrom(seed);
      const size = 2 + random(200);
      const isolation = random(4) ? "bisect" : "each";
      const guilty = someOf(
        size,
        1 + random(random(2) ? size : 6) % size,
        random,
      );
      const { runs, good, bad } = repaired(
        size,
        isolation,
        (calls) => calls.some((call) => guilty.has(call)) ? "bad" : undefined,
      );
      const told = `seed ${seed}: ${guilty.size} of ${size}, ${runs.length}`;
      assert.deepEqual([...bad].sort(), [...guilty].sort(), told);
      assert.equal(good.size, size - guilty.size, told);
      assert.ok(1 + runs.length <= size + 10, told);
    }
  });

  it("R24 all guilty: not one of the runs is left that halves may cost", () => {
    for (const size of [32, 50, 64, 100]) {
      const { runs, bad } = repaired(size, "bisect", () => "bad");
      assert.deepEqual([1 + runs.length, bad.size], [size + 10, size]);
    }
  });

  it("R24 too large: halved until it fits, and no larger part is tried again", () => {
    const { runs, good } = repaired(
      100,
      undefined,
      (calls) => calls.length > 13 ? "too large" : undefined,
    );
    assert.deepEqual(
      runs.map(({ length }) => length),
      [50, 25, ...Array(8).fill(undefined).map((_, i) => i % 2 ? 12 : 13)],
    );
    assert.equal(good.size, 100);
  });

  it("R24 too large even alone: nothing can be mended, and every call is tried", () => {
    const { runs, bad } = repaired(8, undefined, () => "too large");
    assert.deepEqual(runs.map(({ length }) => length), [
      4,
      2,
      ...Array(8).fill(1),
    ]);
    assert.equal(bad.size, 8);
  });

  it("R24 too large and bad: both are mended", () => {
    const { bad, good } = repaired(
      50,
      "bisect",
      (calls) =>
        calls.length > 10
          ? "too large"
          : calls.includes(33)
          ? "bad"
          : undefined,
    );
    assert.deepEqual([[...bad], good.size], [[33], 49]);
  });

  it("R16 calls whose callers have left are not run again", () => {
    const repair = new Repair(4, "bisect");
    repair.failed([0, 1, 2, 3]);
    const waits = (call: number) => call === 3;
    assert.deepEqual(repair.next(waits), [3]);
    assert.equal(repair.next(waits), undefined);
  });

  it("R16 the runs that they would have needed are there for halves of the others", () => {
    const size = 64;
    const repair = new Repair(size, "bisect");
    const tried = new Set<number>();
    const lengths: number[] = [];
    const next = (waits: (call: number) => boolean) => {
      const calls = repair.next((call) => !tried.has(call) && waits(call));
      if (calls === undefined) return false;
      lengths.push(calls.length);
      if (calls.length > 1) repair.failed(calls);
      else tried.add(calls[0]!);
      return true;
    };
    repair.failed([...Array(size).keys()]);
    for (let run = 0; run < 4; run++) next(() => true);
    assert.deepEqual(lengths.splice(0), [32, 32, 16, 16]);
    while (next((call) => call >= size - 8));
    assert.deepEqual(lengths, [8, 4, 4, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1]);
  });
});
