import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { natural, type Policy, window } from "../../../mod.ts";
import {
  bursts,
  closedLoop,
  groups,
  poisson,
} from "../../../bench/simulation/arrivals.ts";
import type { Contender } from "../../../bench/simulation/backend.ts";
import { linear } from "../../../bench/simulation/costs.ts";
import { controlLimit, linger } from "../../../bench/simulation/limits.ts";
import { Random } from "../../../bench/simulation/random.ts";
import { shipped } from "../../../bench/simulation/shipped.ts";
import {
  type Scenario,
  simulate,
} from "../../../bench/simulation/simulation.ts";

/** Back ends and traffic of all kinds. */
function drawn(seed: number): Scenario {
  const random = new Random(seed);
  const fixed = random.magnitude(0.5, 20);
  const slots = random.pick([1, 2, 5]);
  const size = random.pick([1, 3, 20, 100]);
  const cost = linear(fixed, fixed * random.magnitude(0.01, 0.5), size);
  const rate = random.between(0.05, 0.9) * slots * size / cost.ms(size);
  const arrivals = random.pick([
    poisson(rate),
    groups(rate, 7, 0),
    groups(rate, 5, 0.1),
    bursts(rate, { factor: 10, burstMs: 30 }),
    closedLoop(random.pick([1, 10, 150]), (random) => random.wait(fixed)),
  ]);
  const noise = random.pick([0, 0.2]);
  return { arrivals, cost, slots, noise, warmUpMs: 100, ms: 3000 / rate, seed };
}

// Bun gives a test 5 s, which is little on a busy machine.
const options = { timeout: 60_000 };

describe("The shipped scheduler in the simulator", () => {
  it(
    "It does the same as the plain rules that its plain policies stand for",
    options,
    () => {
      const pairs: [Policy, Contender][] = [
        [natural(), controlLimit(1)],
        [window(3), linger(3)],
        [window(10), linger(10)],
      ];
      for (let seed = 1; seed <= 40; seed++) {
        const scenario = drawn(seed);
        for (const [policy, rule] of pairs) {
          const ours = simulate(scenario, shipped(policy));
          assert.deepEqual(ours, simulate(scenario, rule), `seed ${seed}`);
        }
      }
    },
  );

  it("Equal seeds give equal results, different ones do not", () => {
    const run = (seed: number) =>
      simulate({ ...drawn(1), seed }, shipped(natural()));
    assert.deepEqual(run(1), run(1));
    assert.notDeepEqual(run(1), run(2));
  });

  it("A timer of the host rings at whole steps", () => {
    const scenario = {
      arrivals: poisson(0.001),
      cost: linear(1, 0, 10),
      warmUpMs: 0,
      ms: 1e6,
      seed: 4,
    };
    const exact = simulate(scenario, shipped(window(2.5)));
    assert.ok(Math.abs(exact.p50 - 3.5) < 0.01);
    const stepped = { ...scenario, timerStepMs: 1 };
    const coarse = simulate(stepped, shipped(window(2.5)));
    assert.ok(Math.abs(coarse.p50 - 4) < 0.01);
  });

  it("Calls that the policy does not admit are refused at once", () => {
    const two: Policy = {
      forLane: () => ({
        admits: (ahead) => 2 - ahead,
        decide: (lane, _slots, _now, verdict) =>
          verdict.leave(lane.waiting, "idle"),
      }),
    };
    const overloaded = {
      arrivals: poisson(2),
      cost: linear(10, 0, 100),
      deadlineMs: 100,
      warmUpMs: 100,
      ms: 10_000,
      seed: 1,
    };
    const { calls, refused, batch, goodput } = simulate(
      overloaded,
      shipped(two),
    );
    assert.ok(batch > 1.9 && batch <= 2);
    assert.ok(Math.abs(goodput - 200) < 10);
    assert.ok(Math.abs(refused / calls - 0.9) < 0.01);
  });

  it("A call that the policy gives up is refused, and the others are served", () => {
    const fresh: Policy = {
      forLane: () => ({
        decide: (lane, _slots, _now, verdict) =>
          verdict.leave(lane.waiting, "idle"),
        fits: (calls, lane, _slots, now) => now > lane.oldestAt + 5 ? 0 : calls,
      }),
    };
    const overloaded = {
      arrivals: poisson(1),
      cost: linear(10, 0, 100),
      deadlineMs: 15,
      warmUpMs: 100,
      ms: 10_000,
      seed: 1,
    };
    const { calls, refused, late } = simulate(overloaded, shipped(fresh));
    assert.equal(late, 0);
    assert.ok(refused > 0.4 * calls && refused < 0.6 * calls);
  });
});
