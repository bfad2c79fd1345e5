/**
 * More calls than can be answered, and answers that are worth nothing when they are late.
 *
 * @module
 */
import { ofKind, poisson, varying } from "../arrivals.ts";
import { capacity, type Cost, keras, linear, perItem } from "../costs.ts";
import { goodputBound } from "../goodput.ts";
import { type Case, type Effort, type Goal, highest, lowest } from "./goal.ts";
import { steady } from "./traffic.ts";
import { ofKinds, perEffort, Trial } from "./trial.ts";

/** What is overloaded. */
interface Overload {
  readonly cost: Cost;
  readonly slots: number;
  readonly deadlineMs: number;
  readonly load: number;
}

const OVERLOADS: readonly Overload[] = [
  { cost: perItem, slots: 1, deadlineMs: 60, load: 1.05 },
  { cost: perItem, slots: 1, deadlineMs: 60, load: 1.5 },
  { cost: perItem, slots: 1, deadlineMs: 60, load: 2 },
  { cost: perItem, slots: 1, deadlineMs: 20, load: 1.5 },
  { cost: perItem, slots: 4, deadlineMs: 60, load: 1.05 },
  { cost: perItem, slots: 4, deadlineMs: 60, load: 1.5 },
  { cost: keras, slots: 1, deadlineMs: 50, load: 1.05 },
  { cost: keras, slots: 1, deadlineMs: 50, load: 1.5 },
  { cost: keras, slots: 1, deadlineMs: 50, load: 2 },
];

/** Whole batches are late at once: among fewer calls there are too few of them to tell how often. */
const LEAST_ITEMS = 100_000;

/** In ms. */
const MINUTE = 60_000;

/** How near goodput is to its bound. */
export const goodput: Goal = {
  id: "G9",
  title: "answered in time at 1.05 to 2x load, % of the bound",
  limit: 95,
  isCeiling: false,
  cases: (effort) => ofTheBound(trials(effort)),
  combine: lowest,
};

/** The same where nobody knows how long a batch will take. */
export const noisyGoodput: Goal = {
  id: "G10",
  title: "the same where batches take 20 % more or less",
  limit: 92,
  isCeiling: false,
  cases: (effort) => ofTheBound(noisyTrials(effort)),
  combine: lowest,
};

/** Who is taken shall be in time. */
export const lateness: Goal = {
  id: "G11",
  title: "late among the answered, %, at 1.5x load, with that noise",
  limit: 1,
  isCeiling: true,
  cases: (effort) =>
    noisyTrials(effort)
      .filter(({ overload }) => overload.load === 1.5)
      .map(({ trial }) => ({
        name: trial.name,
        value: (entrant) => {
          const { calls, refused, late } = trial.of(entrant);
          return 100 * late / (calls - refused);
        },
      })),
  combine: highest,
};

/** Who has priority is served while others are refused. */
export const classes: Goal = {
  id: "C1",
  title: "of the fifth with priority, % answered in time at 3x load",
  limit: 95,
  isCeiling: false,
  cases: (effort) =>
    effort.seeds.map((seed) => {
      const deadlineMs = 60;
      const high = { priority: 1 };
      const low = { isMeasured: false };
      const arrivals = (rate: number) =>
        ofKind(poisson(rate), (random) => random.next() < 0.2 ? high : low);
      const { scenario } = steady(
        { cost: perItem, load: 3, deadlineMs, arrivals, effort, seed },
      );
      const trial = new Trial(`seed ${seed}`, scenario, { deadlineMs });
      return {
        name: trial.name,
        value: ofKinds((entrant) => {
          const { goodput, calls } = trial.of(entrant);
          return 100 * goodput * scenario.ms / 1000 / calls;
        }),
      };
    }),
  combine: lowest,
};

/** On a machine that is busy with other things. */
export const hiccups: Goal = {
  id: "R2",
  title: "the same as G9 where batches take 15 ms more on average, by chance",
  limit: 65,
  isCeiling: false,
  cases: (effort) =>
    effort.seeds.flatMap((seed) =>
      [0.7, 1.5].map((load) => {
        const [hiccupMs, deadlineMs, slots] = [15, 60, 1];
        const cost = linear(11, 0.01, 64);
        const slowed = linear(11 + hiccupMs, 0.01, 64);
        const rate = load * capacity(slowed);
        const { scenario } = steady({
          ...{ cost, hiccupMs, deadlineMs, seed },
          effort: enough(effort),
          load: rate / capacity(cost),
        });
        const bound = goodputBound({
          ...{ cost, slots, rate, deadlineMs, hiccupMs },
        });
        const trial = new Trial(`load ${load}, seed ${seed}`, scenario, {
          deadlineMs,
        });
        return {
          name: trial.name,
          value: (entrant) => 100 * trial.of(entrant).goodput / (1000 * bound),
        };
      })
    ),
  combine: lowest,
};

/** Load that comes and goes. */
export const ramp: Goal = {
  id: "R1",
  title: "% of the bound where load goes from 5 to 120 % and back in a minute",
  limit: 90,
  isCeiling: false,
  cases: (effort) =>
    effort.seeds.map((seed) => {
      const [cost, deadlineMs, noise, slots] = [perItem, 60, 0.15, 1];
      const highest = 1.2 * capacity(cost);
      const rateAt = (ms: number) =>
        highest * (0.525 - 0.475 * Math.cos(2 * Math.PI * ms / MINUTE));
      const trial = new Trial(`seed ${seed}`, {
        ...{ cost, deadlineMs, noise, seed },
        arrivals: varying(highest, rateAt),
        warmUpMs: 0,
        ms: MINUTE,
      }, { deadlineMs });
      const bounds = Array.from({ length: 60 }, (_, second) => {
        const rate = rateAt(1000 * second);
        return goodputBound({ cost, slots, rate, deadlineMs, noise });
      });
      const bound = bounds.reduce((a, b) => a + b) / bounds.length;
      return {
        name: trial.name,
        value: (entrant) => 100 * trial.of(entrant).goodput / (1000 * bound),
      };
    }),
  combine: lowest,
};

/** A scenario and what can be answered in time in it at most, per ms. */
interface Bounded {
  readonly overload: Overload;
  readonly trial: Trial;
  readonly bound: number;
}

function ofTheBound(trials: readonly Bounded[]): Case[] {
  return trials.map(({ trial, bound }) => ({
    name: trial.name,
    value: (entrant) => 100 * trial.of(entrant).goodput / (1000 * bound),
  }));
}

const trials = perEffort((effort) => overloaded(effort, 0));
const noisyTrials = perEffort((effort) => overloaded(effort, 0.2));

function overloaded(effort: Effort, noise: number): Bounded[] {
  const overloads = effort.isQuick
    ? OVERLOADS.filter(({ load }) => load === 1.5)
    : OVERLOADS;
  return overloads.flatMap((overload) =>
    effort.seeds.map((seed) => {
      const { cost, slots, deadlineMs, load } = overload;
      const { rate, scenario } = steady({
        ...{ ...overload, noise, seed },
        effort: enough(effort),
      });
      const name =
        `${cost.name}, slots ${slots}, ${deadlineMs} ms, ${load}x, seed ${seed}`;
      const trial = new Trial(name, scenario, { deadlineMs });
      return {
        overload,
        trial,
        bound: goodputBound({ ...overload, rate, noise }),
      };
    })
  );
}

function enough(effort: Effort): Effort {
  return { ...effort, items: Math.max(effort.items, LEAST_ITEMS) };
}
