/**
 * Scripts: what may happen, as plain data, and how it is played.
 *
 * @module
 */
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  endOnFailure,
  isNightly,
  PATH,
  SEED,
  STEPS,
  timeout,
} from "../nights.ts";
import { rarely, record } from "../arbitraries.ts";
import type { Wish } from "./caller.ts";
import type { Setup, Stage } from "./stage.ts";

/** Something that happens. */
export type Step<Own = never> =
  | {
    readonly do: "calls";
    /** Of one kind, or of several in turn. */
    readonly wishes: readonly Wish[];
    readonly calls: number;
  }
  /** With so many microtasks after each; of steps that take time only the beginning. */
  | {
    readonly do: "together";
    readonly steps: readonly Step<Own>[];
    readonly ticks: number;
  }
  | { readonly do: "inside"; readonly run: number; readonly wish: Wish }
  | { readonly do: "answer"; readonly run: number; readonly kinds: number[] }
  | { readonly do: "next"; readonly kinds: number[] }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "block"; readonly ms: number }
  | { readonly do: "abort"; readonly signal: number }
  | { readonly do: "die"; readonly timers: boolean; readonly hops: boolean }
  | { readonly do: "close"; readonly timeoutMs: number }
  | { readonly do: "rest" | "flush" | "revive" }
  | Own;

/** A proof of a feature. */
export interface Proof<S extends Setup, Own extends { readonly do: string }> {
  readonly setups: fc.Arbitrary<S>;
  readonly stage: (setup: S) => Stage<S>;
  /** Steps of its own, with how often they come; a common one comes some 80 times in 300. */
  readonly own?: readonly { weight: number; arbitrary: fc.Arbitrary<Own> }[];
  /** Plays those. */
  readonly play?: (stage: Stage<S>, step: Own) => unknown;
  /** Steps that are not for it. */
  readonly without?: readonly Step["do"][];
}

/** How many scripts have a seed in common. */
const SCRIPTS = 50;
/** The share of the steps that goes into each of these proofs. */
const SHARE = 0.2;

/** Proves a feature by random scripts. */
export function prove<S extends Setup, Own extends { readonly do: string }>(
  name: string,
  proof: Proof<S, Own>,
): void {
  const steps = { taken: 0 };
  const property = fc.asyncProperty(
    proof.setups,
    scriptsOf(proof),
    async (setup, script) => {
      const stage = proof.stage(setup);
      for (const step of script) {
        steps.taken++;
        await play(stage, proof, step);
        if (stage.broken) throw new Error(stage.broken);
      }
      await finish(stage);
      if (stage.broken) throw new Error(stage.broken);
    },
  );
  const wanted = Math.ceil(STEPS * (isNightly ? 1 : SHARE));
  describe(`${name} under random scripts`, () => {
    it(`Keeps the rules for ${wanted} steps`, { timeout }, async () => {
      const path = PATH === undefined ? {} : { path: PATH };
      for (let seed = SEED; steps.taken < wanted; seed++) {
        const parameters = { seed, numRuns: SCRIPTS, endOnFailure, ...path };
        await fc.assert(property, parameters);
        if (PATH !== undefined) return;
      }
    });
  });
}

function scriptsOf<S extends Setup, Own extends { readonly do: string }>(
  { own = [], without = [] }: Proof<S, Own>,
): fc.Arbitrary<Step<Own>[]> {
  const common = COMMON.filter(({ does }) => !without.includes(does));
  const arbitraries = [...common, ...own];
  const sudden = common.filter(({ does }) => SUDDEN.includes(does));
  const together = record({
    do: fc.constant("together" as const),
    steps: fc.array(oneOf([...sudden, ...own]), { minLength: 2, maxLength: 4 }),
    ticks: fc.constantFrom(0, 0, 1, 2, 3, 4, 6),
  });
  const step = oneOf<Step<Own>>([...arbitraries, {
    weight: 40,
    arbitrary: together,
  }]);
  return fc.array(step, { maxLength: 80, size: "max" });
}

async function play<S extends Setup, Own extends { readonly do: string }>(
  stage: Stage<S>,
  proof: Proof<S, Own>,
  given: Step<Own>,
): Promise<void> {
  const step = given as Step;
  switch (step.do) {
    case "calls":
      if (stage.unseen.size > 60) return;
      for (let i = 0; i < step.calls; i++) {
        const wish = step.wishes[i % step.wishes.length]!;
        void stage.call({ ...wish, topic: wish.topic + i });
      }
      return;
    case "together":
      for (const one of step.steps) {
        void play(stage, proof, one as Step<Own>);
        for (let tick = 0; tick < step.ticks; tick++) await undefined;
      }
      return;
    case "inside": {
      const run = stage.open[step.run % stage.open.length];
      if (run) void stage.call(step.wish, run);
      return;
    }
    case "answer":
      return stage.answer(step.run, step.kinds);
    case "next":
      return void stage.plans.push(step.kinds);
    case "advance":
      return await stage.advance(step.ms);
    case "block":
      return stage.host.block(step.ms);
    case "abort":
      return void stage.signals.abort(step.signal);
    case "die":
      stage.host.timersDie = step.timers;
      stage.host.hopsDie = step.hops;
      return;
    case "rest":
      return await stage.rest();
    case "flush":
      return stage.flush();
    case "revive":
      return await stage.revive();
    case "close":
      return void stage.close(step.timeoutMs);
    default:
      return void await proof.play?.(stage, given as Own);
  }
}

/** More would mean that it never ends. */
const MOST_ROUNDS = 500;

/** Answers what is left, closes, and sees that nothing remains. */
async function finish<S extends Setup>(stage: Stage<S>): Promise<void> {
  const { host, batcher } = stage;
  if (!host.isSound || host.timersDie || host.hopsDie) await stage.revive();
  stage.plans.length = 0;
  await settle(stage, () => stage.unseen.size + stage.open.length === 0);
  let isClosed = false;
  void stage.close(Infinity).then(() => isClosed = true);
  await settle(stage, () => isClosed);
  const left = [stage.unseen.size, stage.open.length, stage.waiters.size];
  left.push(batcher.pending, batcher.stats().waiting, batcher.stats().running);
  left.push(host.timers);
  stage.demand(
    "R9, R20, R21 in the end nothing is left",
    isClosed && left.every((count) => count === 0),
    () => `there are ${left}, closed: ${isClosed}`,
  );
  stage.feature.ended?.();
}

async function settle<S extends Setup>(
  stage: Stage<S>,
  isOver: () => boolean,
): Promise<void> {
  for (let round = 0; !isOver() && round < MOST_ROUNDS; round++) {
    if (stage.broken) return;
    while (stage.open.some(({ answer }) => answer)) stage.answer(0, [0]);
    await stage.advance(1);
  }
}

/** What a call asks for. */
export const wishes: fc.Arbitrary<Wish> = record({
  lane: fc.nat(3),
  topic: fc.nat(5),
  signal: rarely(undefined, fc.nat(3), 3),
  deadlineMs: rarely(undefined, fc.constantFrom(40, 12, 4, 1)),
  priority: rarely(undefined, fc.constantFrom(1, -1, 10, 0)),
  weight: fc.constantFrom(1, 1, 2, 3, 0, 5, 10),
});

const kinds = fc.array(fc.nat(3), { minLength: 1, maxLength: 4 });

/** Setups; the simplest ones first, as a failure shrinks to them. */
export const setups: fc.Arbitrary<Setup> = record<Setup>({
  size: fc.constantFrom(4, 2, 1, 8, Infinity),
  concurrency: fc.constantFrom(1, 2, Infinity),
  maxWaitMs: fc.constantFrom(0, 5, undefined),
  maxQueue: rarely(Infinity, fc.constantFrom(3, 0, 10)),
  lanes: fc.constantFrom(0, 2, 4),
  maxWeight: rarely(Infinity, fc.constant(10)),
  deadlineMs: rarely(Infinity, fc.constant(30)),
  batchTimeoutMs: rarely(Infinity, fc.constantFrom(25, 3)),
  hasSingle: fc.boolean(),
  earlyMs: rarely(0, fc.constant(0.5)),
});

function oneOf<T>(
  arbitraries: readonly { weight: number; arbitrary: fc.Arbitrary<unknown> }[],
): fc.Arbitrary<T> {
  const all = arbitraries.map(({ weight, arbitrary }) => ({
    weight,
    arbitrary: arbitrary as fc.Arbitrary<T>,
  }));
  return fc.oneof(...all);
}

function step(
  weight: number,
  does: Step["do"],
  details: Record<string, fc.Arbitrary<unknown>>,
) {
  const arbitrary = record({ do: fc.constant(does), ...details });
  return { does, weight, arbitrary };
}

const COMMON = [
  step(80, "calls", {
    wishes: fc.array(wishes, { minLength: 1, maxLength: 3 }),
    calls: fc.constantFrom(1, 1, 2, 3, 6),
  }),
  step(60, "answer", { run: fc.nat(5), kinds }),
  step(50, "advance", { ms: fc.constantFrom(1, 2, 3, 6, 30) }),
  step(30, "rest", {}),
  step(20, "next", { kinds }),
  step(20, "abort", { signal: fc.nat(3) }),
  step(12, "inside", { run: fc.nat(5), wish: wishes }),
  step(8, "flush", {}),
  step(6, "block", { ms: fc.constantFrom(1, 4, 30) }),
  step(3, "die", { timers: fc.boolean(), hops: fc.boolean() }),
  step(6, "revive", {}),
  step(1, "close", { timeoutMs: fc.constantFrom(Infinity, 10, 0) }),
];

/** What takes no time. */
const SUDDEN: readonly Step["do"][] = [
  ...["calls", "answer", "abort", "inside", "flush"] as const,
];
