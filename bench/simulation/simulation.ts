/**
 * Runs traffic against one who batches, in virtual time.
 *
 * @module
 */
import type { Arrivals, Entrance } from "./arrivals.ts";
import type {
  Backend,
  Batching,
  Caller,
  Contender,
  Item,
  Kind,
} from "./backend.ts";
import type { Cost } from "./costs.ts";
import { Events, type Happening } from "./events.ts";
import { Measurement, type Result, type Span } from "./measurement.ts";
import { Random } from "./random.ts";

/** What is simulated. */
export interface Scenario extends Span {
  readonly arrivals: Arrivals;
  readonly cost: Cost;
  /** How many batches the back end works on at once. @default 1 */
  readonly slots?: number;
  /** The relative spread of what batches take. @default 0 */
  readonly noise?: number;
  /** What batches take on top, in ms on average, most of them less and some much more: another load on the same machine. @default 0 */
  readonly hiccupMs?: number;
  /** The step of timers, in ms. @default 0 */
  readonly timerStepMs?: number;
  /** Equal seeds give equal results. */
  readonly seed: number;
}

/** Runs a scenario. */
export function simulate(scenario: Scenario, contender: Contender): Result {
  return new Simulation(scenario, contender).run();
}

/** Calls like any others. */
const ANY: Kind = {};

/** A batch in work. */
class Work implements Happening {
  readonly items: readonly (Item | undefined)[];
  readonly tag: unknown;
  readonly #simulation: Simulation;

  constructor(
    simulation: Simulation,
    items: readonly (Item | undefined)[],
    tag: unknown,
  ) {
    this.#simulation = simulation;
    this.items = items;
    this.tag = tag;
  }

  happen(now: number): void {
    this.#simulation.end(this, now);
  }
}

class Simulation implements Backend, Entrance {
  readonly events: Events = new Events();
  readonly random: Random;
  readonly size: number;
  readonly slots: number;
  readonly preferredSizes: readonly number[] | undefined;
  readonly timerStepMs: number;
  readonly #scenario: Scenario;
  readonly #batching: Batching;
  readonly #noise: Random;
  readonly #measurement: Measurement;
  #now = 0;
  #running = 0;
  /** When the one timer rings, in ms; `Infinity` when none stands. */
  #timerAt = Infinity;

  constructor(scenario: Scenario, contender: Contender) {
    const { cost, slots = 1, timerStepMs = 0, seed } = scenario;
    this.#scenario = scenario;
    this.size = cost.size;
    this.preferredSizes = cost.preferredSizes;
    this.slots = slots;
    this.timerStepMs = timerStepMs;
    this.random = new Random(seed, "arrivals");
    this.#noise = new Random(seed, "noise");
    this.#measurement = new Measurement(scenario);
    this.#batching = contender(this);
  }

  run(): Result {
    const measurement = this.#measurement;
    this.#scenario.arrivals(this);
    while (!measurement.isDone(this.#now) && !measurement.isOverflown) {
      const now = Math.min(this.events.nextAt, this.#timerAt);
      if (now === Infinity) break;
      this.#now = now;
      if (this.#timerAt === now) this.#timerAt = Infinity;
      while (this.events.nextAt <= now) this.events.take().happen(now);
      this.#wakeAt(this.#batching.turn(now));
    }
    return measurement.result();
  }

  /** Makes a call. */
  readonly call = (now: number, caller?: Caller, kind: Kind = ANY): void => {
    const item = { arrivedAt: now, kind, caller };
    this.#measurement.called(item);
    this.#batching.arrive(item, now);
  };

  start(items: readonly (Item | undefined)[], tag: unknown): void {
    const count = items.length;
    if (this.#running++ >= this.slots) throw new Error("no slot is free");
    if (count < 1 || count > this.size) throw new Error(`a batch of ${count}`);
    const { cost, noise = 0, hiccupMs = 0 } = this.#scenario;
    const ms = cost.ms(count) * this.#noise.factor(noise) +
      (hiccupMs > 0 ? this.#noise.wait(hiccupMs) : 0);
    this.events.add(this.#now + ms, new Work(this, items, tag));
  }

  refuse(item: Item): void {
    this.#measurement.refused(item);
    item.caller?.hear(this.#now, true);
  }

  /** A batch has ended. */
  end({ items, tag }: Work, now: number): void {
    this.#running--;
    this.#batching.ended(tag, now);
    this.#measurement.ended(items.length, now);
    for (const item of items) {
      if (item === undefined) continue;
      this.#measurement.answered(item, now);
      item.caller?.hear(now, false);
    }
  }

  /** A timer that stands is left alone unless it would ring too late. */
  #wakeAt(time: number): void {
    if (time >= this.#timerAt) return;
    const { timerStepMs } = this;
    const steps = Math.max(1, Math.ceil((time - this.#now) / timerStepMs));
    const at = timerStepMs > 0 ? this.#now + steps * timerStepMs : time;
    if (at <= this.#now) {
      throw new Error(`wanted a turn at ${time}, it is ${this.#now}`);
    }
    this.#timerAt = at;
  }
}
