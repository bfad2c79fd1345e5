import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { poisson } from "../../../bench/simulation/arrivals.ts";
import { keras } from "../../../bench/simulation/costs.ts";
import { others } from "../../../bench/simulation/entrants.ts";
import { optimum } from "../../../bench/simulation/optimum.ts";
import { simulate } from "../../../bench/simulation/simulation.ts";

/** Calls per second, the mean of the optimum in ms, and from how many on it leaves. */
const OPTIMUM = [
  [10, 11.60, 1],
  [50, 13.69, 1],
  [100, 15.23, 1],
  [300, 16.39, 2],
  [480, 16.52, 3],
  [1000, 16.66, 6],
  [3000, 17.01, 17],
  [7500, 17.84, 42],
  [14_600, 19.53, 81],
] as const;

/** Calls per second, and the mean of each by that of the optimum; `Infinity` where it grows without bound. */
const LOADS = [10, 100, 480, 7500] as const;
const OTHERS: Record<string, readonly number[]> = {
  "natural": [1.00, 1.00, 1.00, 1.00],
  "window 10 ms": [1.77, 1.22, 1.03, 1.00],
  "window, no limit": [1.77, 1.22, 1.06, Infinity],
  "async-batcher": [1.74, 1.13, 1.00, 1.00],
  "Ray Serve": [1.77, 1.22, 1.07, Infinity],
  "mixedbread": [1.24, 1.20, 1.16, Infinity],
  "BentoML": [1.00, 1.11, 1.01, 1.01],
};

// Bun gives a test 5 s, which is little on a busy machine.
const options = { timeout: 60_000 };

/** More than this many times the optimum, and growing. */
const UNBOUND = 20;

describe("The published table of one slot, 11 ms for one and 13 ms for 200", () => {
  for (const [perSecond, mean, limit] of OPTIMUM) {
    it(`The optimum at ${perSecond}/s is ${mean} ms, within 0.5 %`, () => {
      const found = optimum({ cost: keras, rate: perSecond / 1000 });
      assert.ok(Math.abs(found.mean / mean - 1) <= 0.005, `${found.mean}`);
      assert.equal(found.limit, limit);
    });
  }

  LOADS.forEach((perSecond, column) => {
    const rate = perSecond / 1000;
    const scenario = {
      arrivals: poisson(rate),
      cost: keras,
      // BentoML thinks every 5 s.
      warmUpMs: 30_000,
      ms: 60_000 / rate,
      seed: 11,
    };
    it(
      `The rivals at ${perSecond}/s are where they were, within 5 %`,
      options,
      () => {
        const best = optimum({ cost: keras, rate }).mean;
        for (const { name, contender } of others) {
          const expected = OTHERS[name]![column]!;
          const ratio = simulate(scenario, contender({})).mean / best;
          const isThere = expected === Infinity
            ? ratio > UNBOUND
            : Math.abs(ratio / expected - 1) <= 0.05;
          assert.ok(isThere, `${name}: ${ratio} instead of ${expected}`);
        }
      },
    );
  });
});
