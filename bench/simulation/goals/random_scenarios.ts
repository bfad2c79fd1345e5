/**
 * Scenarios that nobody has chosen: never much worse than doing without a policy.
 *
 * @module
 */
import { type Arrivals, bursts, groups, poisson } from "../arrivals.ts";
import { linear } from "../costs.ts";
import { Random } from "../random.ts";
import { natural } from "../entrants.ts";
import type { Scenario } from "../simulation.ts";
import type { Case, Effort, Goal } from "./goal.ts";
import { crowd, steady } from "./traffic.ts";
import { perEffort, Trial } from "./trial.ts";

/** What it costs where it does harm. */
export const worstCases: Goal = {
  id: "G7",
  title: "mean latency / natural, random scenarios, 98th percentile",
  limit: 1.05,
  isCeiling: true,
  cases: (effort) => againstNatural(effort),
  combine: (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.ceil(0.98 * sorted.length) - 1]!;
  },
};

/** What it brings on the whole. */
export const allInAll: Goal = {
  id: "G8",
  title: "mean latency / natural, random scenarios, geometric mean",
  limit: 0.98,
  isCeiling: true,
  cases: (effort) => againstNatural(effort),
  combine: (values) => {
    const logs = values.map(Math.log);
    return Math.exp(logs.reduce((a, b) => a + b) / logs.length);
  },
};

function againstNatural(effort: Effort): Case[] {
  return trials(effort).map((trial) => ({
    name: trial.name,
    value: (entrant) => trial.of(entrant).mean / trial.of(natural).mean,
  }));
}

const trials = perEffort((effort) =>
  effort.seeds.flatMap((seed) => {
    const random = new Random(seed, "scenarios");
    return Array.from({ length: effort.isQuick ? 50 : 200 }, (_, index) => {
      const { name, scenario } = drawn(random, effort, 1000 * seed + index);
      return new Trial(name, scenario);
    });
  })
);

/** A scenario by chance: back end, slots, noise, load and traffic. */
function drawn(
  random: Random,
  effort: Effort,
  seed: number,
): { name: string; scenario: Scenario } {
  const fixed = random.magnitude(0.5, 50);
  const share = random.magnitude(0.001, 1);
  const size = Math.round(random.magnitude(8, 512));
  const cost = linear(fixed, fixed * share, size, "linear");
  const slots = random.pick([1, 1, 1, 2, 4, 8]);
  const noise = random.pick([0, 0, 0.2]);
  const load = random.between(0.02, 0.9);
  const backend = `${fixed.toFixed(1)} ms + ${
    (fixed * share).toPrecision(2)
  } ms * n, size ${size}, slots ${slots}, noise ${noise}`;
  if (random.next() < 0.25) {
    const users = Math.round(random.magnitude(2, 400));
    const thinkMs = fixed * random.magnitude(0.01, 10);
    const scenario = crowd({
      users,
      thinkMs,
      cost,
      slots,
      noise,
      effort,
      seed,
    });
    const name = `${users} callers who think ${thinkMs.toFixed(1)} ms`;
    return { name: `${name}; ${backend}`, scenario };
  }
  const traffic = drawnTraffic(random, fixed);
  const { arrivals } = traffic;
  const { scenario } = steady(
    { cost, load, slots, noise, effort, seed, arrivals },
  );
  return {
    name: `${traffic.name}, load ${load.toFixed(2)}; ${backend}`,
    scenario,
  };
}

function drawnTraffic(
  random: Random,
  fixed: number,
): { name: string; arrivals: (rate: number) => Arrivals } {
  const kind = random.pick(["poisson", "groups", "bursts"]);
  if (kind === "groups") {
    const size = Math.round(random.magnitude(2, 50));
    const gapMs = fixed * random.magnitude(0.001, 0.3);
    return {
      name: `groups of ${size}, ${gapMs.toFixed(2)} ms apart`,
      arrivals: (rate) => groups(rate, size, gapMs),
    };
  }
  if (kind === "bursts") {
    const factor = random.magnitude(2, 50);
    const burstMs = fixed * random.magnitude(1, 100);
    return {
      name: `bursts ${factor.toFixed(0)}x of ${burstMs.toFixed(0)} ms`,
      arrivals: (rate) => bursts(rate, { factor, burstMs }),
    };
  }
  return { name: "poisson", arrivals: poisson };
}
