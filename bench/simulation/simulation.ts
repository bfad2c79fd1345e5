/**
 * Runs traffic against one who batches, in virtual time, and measures what callers
 * feel.
 *
 * @module
 */
import type { Arrivals, Entrance } from "./arrivals.ts";
import type { Backend, Batching, Caller, Contender, Item } from "./backend.ts";
import { type Cost } from "./costs.ts";
import { Events, type Happening } from "./events.ts";
import { Latencies } from "./latencies.ts";
import { Random } from "./random.ts";

/** What is simulated. */
export interface Scenario {
  readonly arrivals: Arrivals;
  readonly cost: Cost;
  /** How many batches the back end works on at once. @default 1 */
  readonly slots?: number;
  /** The relative spread of what batches take. @default 0 */
  readonly noise?: number;
  /** What is served later is worth nothing, in ms. @default Infinity */
  readonly deadlineMs?: number;
  /** The step of timers, in ms. @default 0 */
  readonly timerStepMs?: number;
  /** For how long nothing is measured, in ms: queues fill, policies learn. */
  readonly warmUpMs: number;
  /** For how long calls are measured after that, in ms. */
  readonly ms: number;
  readonly seed: number;
}

/** What came of it. Counts and figures are of calls made in the measured span. */
export interface Result {
  /** How many calls were made. */
  readonly calls: number;
  /** How many were refused. */
  readonly refused: number;
  /** How many were answered after the deadline. */
  readonly late: number;
  /** Answered in time, per second. */
  readonly goodput: number;
  /** Answers in the measured span, whenever their calls were made, per second. */
  readonly throughput: number;
  /** From call to answer, in ms; `Infinity` when the queue grows without bound. */
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** How many items a batch had on average. */
  readonly batch: number;
  /** How many items were simulated in all, and how many batches. */
  readonly items: number;
  readonly batches: number;
}

/** More callers than this in line: the queue grows without bound. */
const OVERFLOW = 200_000;

/** Runs a scenario. */
export function simulate(scenario: Scenario, contender: Contender): Result {
  return new Simulation(scenario, contender).run();
}

/** A batch in work. */
class Running implements Happening {
  readonly #simulation: Simulation;
  readonly items: readonly (Item | undefined)[];
  readonly tag: unknown;

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
  readonly #latencies = new Latencies();
  readonly #from: number;
  readonly #until: number;
  #now = 0;
  /** When the timer rings. */
  #timerAt = Infinity;
  readonly #timer: Happening = {
    happen: (now) => {
      if (now >= this.#timerAt) this.#timerAt = Infinity;
    },
  };
  /** Calls made and not answered yet, of these such as are measured. */
  #open = 0;
  #openMeasured = 0;
  #running = 0;
  #items = 0;
  #batches = 0;
  #calls = 0;
  #refused = 0;
  #late = 0;
  #answers = 0;
  #batched = 0;
  #measuredBatches = 0;

  constructor(scenario: Scenario, contender: Contender) {
    const { cost, slots = 1, timerStepMs = 0, seed } = scenario;
    this.#scenario = scenario;
    this.size = cost.size;
    this.preferredSizes = cost.preferredSizes;
    this.slots = slots;
    this.timerStepMs = timerStepMs;
    this.random = new Random(seed, "arrivals");
    this.#noise = new Random(seed, "noise");
    this.#from = scenario.warmUpMs;
    this.#until = scenario.warmUpMs + scenario.ms;
    this.#batching = contender(this);
  }

  run(): Result {
    this.#scenario.arrivals(this);
    while (this.#now < this.#until || this.#openMeasured > 0) {
      this.#now = this.events.nextAt;
      if (this.#now === Infinity || this.#open > OVERFLOW) break;
      do this.events.take().happen(this.#now); while (
        this.events.nextAt <= this.#now
      );
      this.#wakeAt(this.#batching.turn(this.#now));
    }
    return this.#result();
  }

  /** Makes a call. */
  readonly call = (now: number, caller?: Caller): void => {
    this.#items++;
    this.#open++;
    if (now >= this.#from && now < this.#until) {
      this.#calls++;
      this.#openMeasured++;
    }
    this.#batching.arrive({ arrivedAt: now, caller }, now);
  };

  start(items: readonly (Item | undefined)[], tag: unknown): void {
    if (this.#running++ >= this.slots) throw new Error("no slot is free");
    const count = items.length;
    if (count < 1 || count > this.size) throw new Error(`a batch of ${count}`);
    this.#batches++;
    const { cost, noise = 0 } = this.#scenario;
    const ms = cost.ms(count) * this.#noise.factor(noise);
    this.events.add(this.#now + ms, new Running(this, items, tag));
  }

  refuse(item: Item): void {
    this.#open--;
    if (this.#isMeasured(item)) {
      this.#openMeasured--;
      this.#refused++;
    }
    item.caller?.hear(this.#now, true);
  }

  /** A batch has ended. */
  end({ items, tag }: Running, now: number): void {
    this.#running--;
    this.#batching.ended(tag, now);
    if (now >= this.#from && now < this.#until) {
      this.#measuredBatches++;
      this.#batched += items.length;
      this.#answers += items.length;
    }
    for (const item of items) {
      if (item !== undefined) this.#answer(item, now);
    }
  }

  #answer(item: Item, now: number): void {
    this.#open--;
    if (this.#isMeasured(item)) {
      this.#openMeasured--;
      const ms = now - item.arrivedAt;
      this.#latencies.add(ms);
      if (ms > (this.#scenario.deadlineMs ?? Infinity)) this.#late++;
    }
    item.caller?.hear(now, false);
  }

  #isMeasured({ arrivedAt }: Item): boolean {
    return arrivedAt >= this.#from && arrivedAt < this.#until;
  }

  /** A timer that stands is left alone unless it would ring too late. */
  #wakeAt(time: number): void {
    if (time >= this.#timerAt || time === Infinity) return;
    const { timerStepMs } = this;
    const waitMs = Math.max(0, time - this.#now);
    const steps = Math.max(1, Math.ceil(waitMs / timerStepMs));
    const at = timerStepMs > 0 ? this.#now + steps * timerStepMs : time;
    if (at >= this.#timerAt) return;
    if (at <= this.#now) {
      throw new Error(`woken at ${time}, it is ${this.#now}`);
    }
    this.#timerAt = at;
    this.events.add(at, this.#timer);
  }

  #result(): Result {
    const latencies = this.#latencies;
    const isBound = this.#open <= OVERFLOW;
    const { ms } = this.#scenario;
    return {
      calls: this.#calls,
      refused: this.#refused,
      late: this.#late,
      goodput: 1000 * (latencies.count - this.#late) / ms,
      throughput: 1000 * this.#answers / ms,
      mean: isBound ? latencies.mean : Infinity,
      p50: isBound ? latencies.quantile(0.5) : Infinity,
      p95: isBound ? latencies.quantile(0.95) : Infinity,
      p99: isBound ? latencies.quantile(0.99) : Infinity,
      batch: this.#batched / this.#measuredBatches,
      items: this.#items,
      batches: this.#batches,
    };
  }
}
