/**
 * The right to run batches, and the batches that run.
 *
 * @module
 */
import { Alarms } from "./alarms.ts";
import type { Batch } from "./call.ts";
import type { Limits, SlotsView } from "./policy.ts";
import { Rate, type RateLimit } from "./rate.ts";

/** As many slots as there may be batches in flight, and what has been learned from those that ended. */
export class Slots<Item> implements SlotsView {
  /** Since when a slot is free, in ms; while none is, when that was seen last. */
  freeSince = 0;
  /** A moving mean of how long a batch runs, in ms; `NaN` until one has ended well. */
  meanRunMs: number = NaN;
  /** How many batches have ended so far. */
  ended = 0;
  /** The batches that run, by when one of their calls must hear. */
  readonly alarms: Alarms<Batch<Item>> = new Alarms();
  /** The number of the batch that left last. */
  #lastId = 0;
  readonly #limits: Limits;
  readonly #rate: Rate;
  #busy = 0;

  /** Makes free slots. */
  constructor(limits: Limits) {
    this.#limits = limits;
    this.#rate = new Rate(limits.rateLimit ?? UNLIMITED);
  }

  /** How many are free. */
  get free(): number {
    return Math.min(this.#limits.concurrency - this.#busy, this.#rate.left);
  }

  /** Whether the rate limit lets a batch start, with or without a slot. */
  get mayStart(): boolean {
    return this.#rate.left > 0;
  }

  /** When the rate limit lets the next batch start, in ms; `Infinity` when that is not what holds it. */
  get allowedAt(): number {
    return this.mayStart ? Infinity : this.#rate.nextAt;
  }

  /** When the rate limit leaves more slots free than now, in ms; `Infinity` when that is not what limits them. */
  get roomierAt(): number {
    const isLimited = this.#rate.left < this.#limits.concurrency - this.#busy;
    return isLimited ? this.#rate.nextAt : Infinity;
  }

  /** How many batches run, with or without a slot. */
  get running(): number {
    return this.alarms.members.length;
  }

  /** The batches that run, in no order. */
  get batches(): readonly Batch<Item>[] {
    return this.alarms.members;
  }

  /** When the oldest of them left, in ms; `Infinity` when none runs. */
  get oldestAt(): number {
    return this.batches.reduce(
      (oldestAt, batch) => Math.min(oldestAt, batch.startedAt),
      Infinity,
    );
  }

  /** Asks the rate limit how many batches may start now. */
  refill(now: number): void {
    if (this.free <= 0) this.freeSince = now;
    this.#rate.refill(now);
  }

  /** A batch leaves, `unbound` without taking a slot. */
  start(batch: Batch<Item>, isUnbound: boolean, now: number): void {
    batch.id = ++this.#lastId;
    batch.startedAt = now;
    batch.runningAtStart = this.running;
    batch.unbound = isUnbound;
    if (!isUnbound) this.#busy++;
    this.alarms.set(batch, Infinity);
    this.#rate.start(now);
  }

  /** A batch has ended; returns how long it ran, in ms. */
  end(batch: Batch<Item>, now: number, failed: boolean): number {
    const ms = now - batch.startedAt;
    this.ended++;
    this.alarms.remove(batch);
    batch.run = undefined;
    if (!batch.unbound) {
      if (this.free <= 0) this.freeSince = now;
      this.#busy--;
    }
    if (!failed) this.#learn(ms);
    return ms;
  }

  #learn(ms: number): void {
    this.meanRunMs = this.meanRunMs >= 0
      ? this.meanRunMs + (ms - this.meanRunMs) / 8
      : ms;
  }
}

const UNLIMITED: RateLimit = { batches: Infinity, perMs: 1 };
