/**
 * What may happen to a batcher, as commands that can be put in any order.
 *
 * @module
 */
import fc from "fast-check";
import { KINDS, type Way, WAYS } from "./answers.ts";
import { rarely, record } from "./arbitraries.ts";
import type { Flaw, Wish } from "./caller.ts";
import type { Model } from "./model.ts";
import { type Act, perform, type Plan } from "./plan.ts";
import type { World } from "./world.ts";

/** Counts the commands that were carried out. */
export const steps = { taken: 0 };

/** Something that happens, with its details. */
class Command<Details> implements fc.AsyncCommand<Model, World> {
  readonly #name: string;
  readonly #details: Details;
  readonly #run: (world: World, details: Details) => unknown;
  readonly #check: (model: Model) => boolean;

  constructor(
    name: string,
    details: Details,
    run: (world: World, details: Details) => unknown,
    check: (model: Model) => boolean,
  ) {
    this.#name = name;
    this.#details = details;
    this.#run = run;
    this.#check = check;
  }

  check(model: Readonly<Model>): boolean {
    return this.#check(model as Model);
  }

  async run(model: Model, world: World): Promise<void> {
    await this.start(world);
    const [broken] = model.broken;
    if (broken !== undefined) throw new Error(broken);
  }

  /** Lets it happen; what is returned ends with it, if it takes time. */
  start(world: World): unknown {
    steps.taken++;
    return this.#run(world, this.#details);
  }

  toString(): string {
    return `${this.#name} ${fc.stringify(this.#details)}`;
  }
}

/** A command, whatever its details are. */
type Sudden = Pick<Command<unknown>, "check" | "start">;

function command<Details>(
  name: string,
  details: fc.Arbitrary<Details>,
  run: (world: World, details: Details) => unknown,
  check: (model: Model) => boolean = () => true,
): fc.Arbitrary<Command<Details>> {
  return details.map((given) => new Command(name, given, run, check));
}

const signal = fc.nat(3);
const kinds = fc.array(fc.nat(KINDS - 1), { minLength: 1, maxLength: 4 });
const way: fc.Arbitrary<Way> = fc.oneof(
  { weight: 4, arbitrary: fc.constant("values" as const) },
  { weight: 4, arbitrary: fc.constant("mixed" as const) },
  { weight: 3, arbitrary: fc.constantFrom(...WAYS) },
);

/** Most are light; one is heavier than any batch may be. */
const weight = fc.constantFrom(1, 1, 1, 2, 3, 0, 5, 10, 11);

const FLAWS: readonly Flaw[] = [
  "bad option",
  "aborted",
  "bad lane",
  "throwing lane",
  "bad weight",
  "throwing weight",
];

const wish: fc.Arbitrary<Wish> = record({
  lane: fc.nat(7),
  signal: rarely(undefined, signal, 3),
  deadlineMs: rarely(undefined, fc.constantFrom(40, 12, 4, 1)),
  priority: rarely(undefined, fc.constantFrom(1, -1, 10, -10, 0), 3),
  weight,
  listens: rarely(false, fc.constant(true)),
  again: rarely(0, fc.constantFrom(1, 2), 6),
  flaw: rarely(undefined, fc.constantFrom<Flaw[]>(...FLAWS), 20),
});

const plainWish: fc.Arbitrary<Wish> = record({
  lane: fc.nat(7),
  signal: fc.constant(undefined),
  deadlineMs: fc.constant(undefined),
  priority: fc.constant(undefined),
  weight,
  listens: fc.constant(false),
  again: fc.constant(0),
  flaw: fc.constant(undefined),
});

const harmless: fc.Arbitrary<Act> = fc.oneof(
  record({
    does: fc.constant("call" as const),
    wish: plainWish,
    calls: fc.integer({ min: 1, max: 3 }),
  }),
  record({ does: fc.constant("call from outside" as const), wish }),
  record({ does: fc.constant("flush" as const) }),
  record({ does: fc.constant("abort" as const), signal }),
  record({ does: fc.constant("wait for room" as const), wish: plainWish }),
);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 40, arbitrary: harmless },
  {
    weight: 1,
    arbitrary: record({
      does: fc.constant("close" as const),
      timeoutMs: fc.constantFrom(Infinity, 10, 0),
    }),
  },
);

const plan: fc.Arbitrary<Plan> = record({
  acts: fc.array(act, { maxLength: 2 }),
  workMs: rarely(0, fc.constantFrom(1, 6, 60)),
  way: fc.oneof(way, fc.constant("held" as const)),
  kinds,
  isAsync: fc.boolean(),
  isScrambling: rarely(false, fc.constant(true)),
});

/** Calls of one kind or of several in turn, in one lane or spread over them. */
const calls = command(
  "calls",
  record({
    wishes: fc.array(fc.oneof(wish, plainWish), {
      minLength: 1,
      maxLength: 3,
    }),
    calls: fc.constantFrom(1, 1, 2, 3, 5, 9),
    isSpread: fc.boolean(),
  }),
  (world, { wishes, calls, isSpread }) => {
    for (let i = 0; i < calls; i++) {
      const wish = wishes[i % wishes.length]!;
      world.call(isSpread ? { ...wish, lane: wish.lane + i } : wish);
    }
  },
  (model) => model.unseen.size < 100,
);

const answer = command(
  "answer",
  record({ index: fc.nat(5), way, kinds }),
  (world, { index, way, kinds }) => world.answer(index, way, kinds),
  (model) => model.slots.running.some(({ answer }) => answer),
);

/** An outcome that is still a promise comes. */
const outcome = command(
  "outcome",
  record({ index: fc.nat(5), kind: fc.nat(KINDS - 2) }),
  (world, { index, kind }) => world.outcome(index, kind),
  (model) => model.slots.running.some(({ held }) => held.length > 0),
);

const abort = command("abort", signal, (world, index) => world.abort(index));

const flush = command("flush", fc.constant({}), (world) => void world.flush());

const close = command(
  "close",
  fc.constantFrom(Infinity, 10, 0),
  (world, timeoutMs) => void world.close(timeoutMs),
);

const ready = command(
  "ready",
  record({
    signal: rarely(undefined, signal, 3),
    wish: fc.option(wish, { freq: 8, nil: undefined }),
  }),
  (world, { signal, wish }) => void world.ready(signal, wish),
);

/** The next handler that is called does this. */
const handler = command(
  "handler",
  plan,
  (world, plan) => void world.plans.push(plan),
);

/** Somebody does something from inside of a batch that runs. */
const inside = command(
  "inside",
  record({ index: fc.nat(5), act }),
  (world, { index, act }) => {
    const { running } = world.model.slots;
    void perform(world, running[index % running.length]!, act);
  },
  (model) => model.slots.running.length > 0 && model.unseen.size < 100,
);

const advance = command(
  "advance",
  fc.constantFrom(1, 2, 3, 5, 0.5, 20, 60, 1100),
  (world, ms) => world.advance(ms),
);

const rest = command("rest", fc.constant({}), (world) => world.rest());

const turn = command("turn", fc.constant({}), (world) => world.turn());

const block = command(
  "block",
  fc.constantFrom(1, 4, 30, 80),
  (world, ms) => world.block(ms),
);

const die = command(
  "die",
  record({ timers: fc.boolean(), hops: fc.boolean() }),
  ({ host }, { timers, hops }) => {
    host.timersDie = timers;
    host.hopsDie = hops;
  },
);

const revive = command(
  "revive",
  fc.constant({}),
  (world) => world.revive(),
  (model) => !model.clock.isSound,
);

/** What takes no time. */
const sudden: fc.Arbitrary<Sudden>[] = [
  ...[calls, calls, answer, outcome, abort, flush, ready, inside],
];

/** Some of that, with so many microtasks after each. */
const together = command(
  "together",
  record({
    commands: fc.array(fc.oneof(...sudden), { minLength: 2, maxLength: 4 }),
    ticks: fc.constantFrom(0, 0, 1, 2, 3, 4, 6),
  }),
  async (world, { commands, ticks }) => {
    for (const command of commands) {
      if (command.check(world.model)) command.start(world);
      for (let tick = 0; tick < ticks; tick++) await undefined;
    }
  },
);

const anything = fc.oneof(
  { weight: 40, arbitrary: together },
  { weight: 80, arbitrary: calls },
  { weight: 60, arbitrary: answer },
  { weight: 60, arbitrary: advance },
  { weight: 20, arbitrary: rest },
  { weight: 20, arbitrary: turn },
  { weight: 24, arbitrary: handler },
  { weight: 20, arbitrary: outcome },
  { weight: 20, arbitrary: abort },
  { weight: 16, arbitrary: ready },
  { weight: 16, arbitrary: inside },
  { weight: 10, arbitrary: flush },
  { weight: 8, arbitrary: block },
  { weight: 3, arbitrary: die },
  { weight: 6, arbitrary: revive },
  { weight: 1, arbitrary: close },
);

/** What may happen to a batcher until the end; `replayPath` is what a failure says of the commands that ran. */
export function scripts(
  replayPath?: string,
): fc.Arbitrary<Iterable<fc.AsyncCommand<Model, World, boolean>>> {
  const path = replayPath === undefined ? {} : { replayPath };
  return fc.commands([anything], { maxCommands: 150, size: "max", ...path });
}
