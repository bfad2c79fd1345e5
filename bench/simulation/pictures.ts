/**
 * The pictures of the documentation.
 *
 * @module
 */
import { closedLoop, poisson } from "./arrivals.ts";
import type { Contender } from "./backend.ts";
import { type Line, svgOf } from "./chart.ts";
import { keras } from "./costs.ts";
import type { Entrant } from "./entrants.ts";
import { mostOfLimits } from "./limits.ts";
import { optimum } from "./optimum.ts";
import { plain } from "./plain.ts";
import { type Scenario, simulate } from "./simulation.ts";

/** Who is drawn. */
interface Cast {
  readonly ours: Entrant;
  readonly others: readonly Entrant[];
  readonly seed: number;
}

/** By the names of their files. */
export const pictures: Record<string, (cast: Cast) => string> = {
  "latency_over_load.svg": latencyOverLoad,
  "returning_callers.svg": returningCallers,
};

const BACKEND = "a model that takes 11 ms for one row and 13 ms for 200";

/** How long a call takes, by how many come. */
function latencyOverLoad({ ours, others, seed }: Cast): string {
  const rates = Array.from({ length: 45 }, (_, i) => 5 * 3000 ** (i / 44));
  const highest = 30;
  const mean = (contender: Contender) => (perSecond: number) => {
    const rate = perSecond / 1000;
    const scenario = {
      arrivals: poisson(rate),
      cost: keras,
      warmUpMs: 30_000,
      ms: Math.max(30_000, 60_000 / rate),
      seed,
    };
    return simulate(scenario, contender).mean;
  };
  const best = rates.map((perSecond) =>
    [perSecond, optimum({ cost: keras, rate: perSecond / 1000 }).mean] as const
  );
  /** Whoever fails at one load fails at any higher one. */
  const measured = (contender: Contender) =>
    upTo(highest, rates, mean(contender));
  const oneByOne = plain(() => () => 1);
  return svgOf({
    title: "Mean latency over load",
    subtitle: `Independent callers; ${BACKEND}; one slot`,
    x: {
      label: "calls per second",
      from: 5,
      to: 15_000,
      ticks: [10, 100, 1000, 10_000],
      isLogarithmic: true,
    },
    y: {
      label: "ms",
      from: 10,
      to: highest,
      ticks: [10, 15, 20, 25, 30],
      isLogarithmic: false,
    },
    lines: [
      { name: "optimum", role: "best", points: best },
      { name: "one by one", role: 7, points: measured(oneByOne) },
      // Natural dispatch would lie below ours.
      ...linesOf(others, measured).slice(1),
      ...linesOf([ours], measured, "main"),
    ],
  });
}

/** How many calls are answered where callers call again at once, by how many callers there are. */
function returningCallers({ ours, others, seed }: Cast): string {
  const crowds = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 200];
  const scenarios = crowds.map((users): Scenario => ({
    arrivals: closedLoop(users, (random) => random.wait(0.1), keras.ms(1)),
    cost: keras,
    warmUpMs: 10_000,
    ms: 10_000,
    seed,
  }));
  const most = scenarios.map((scenario, index) =>
    mostOfLimits(scenario, crowds[index]!)
  );
  const measured = (contender: Contender) =>
    scenarios.map((scenario, index) => {
      const { throughput } = simulate(scenario, contender);
      return [crowds[index]!, 100 * throughput / most[index]!] as const;
    });
  const best = crowds.map((users) => [users, 100] as const);
  return svgOf({
    title: "Callers who call again as soon as they are answered",
    subtitle: `Answers per second, % of the best fixed limit; ${BACKEND}`,
    x: {
      label: "callers",
      from: 1,
      to: 200,
      ticks: [1, 2, 5, 10, 20, 50, 100, 200],
      isLogarithmic: true,
    },
    y: {
      label: "%",
      from: 0,
      to: 110,
      ticks: [0, 25, 50, 75, 100],
      isLogarithmic: false,
    },
    lines: [
      { name: "best fixed limit", role: "best", points: best },
      ...linesOf(others, measured),
      ...linesOf([ours], measured, "main"),
    ],
  });
}

function linesOf(
  entrants: readonly Entrant[],
  points: (contender: Contender) => Line["points"],
  role?: Line["role"],
): Line[] {
  return entrants.map(({ name, contender }, index) => ({
    name,
    role: role ?? index,
    points: points(contender({})),
  }));
}

/** Points up to the first one that is too high. */
function upTo(
  highest: number,
  at: readonly number[],
  measure: (x: number) => number,
): Line["points"] {
  const points: (readonly [number, number])[] = [];
  for (const x of at) {
    const y = measure(x);
    points.push([x, y]);
    if (y > highest) break;
  }
  return points;
}
