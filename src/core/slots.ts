/**
 * The right to run batches, and the batches that run.
 *
 * @module
 */
import type { Batch } from "./call.ts";
import type { Limits, SlotsView } from "./policy.ts";
import { Roll } from "./roll.ts";

/** As many slots as there may be batches in flight, and what has been learned from those that ended. */
export class Slots<Item> implements SlotsView {
  /** Since when a slot is free, in ms. */
  freeSince = 0;
  /** A moving mean of how long a batch runs, in ms; `NaN` until one has ended well. */
  meanRunMs: number = NaN;
  /** How many batches have ended so far. */
  ended = 0;
  readonly #limits: Limits;
  readonly #batches = new Roll<Batch<Item>>();
  #busy = 0;
  #lastId = 0;

  /** Makes free slots. */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** How many are free. */
  get free(): number {
    return this.#limits.concurrency - this.#busy;
  }

  /** How many batches run, with or without a slot. */
  get running(): number {
    return this.#batches.size;
  }

  /** The batches that run, in no order. */
  get batches(): Iterable<Batch<Item>> {
    return this.#batches;
  }

  /** When the oldest of them left, in ms; `Infinity` when none runs. */
  get oldestAt(): number {
    let oldest = Infinity;
    for (const { startedAt } of this.#batches) {
      if (startedAt < oldest) oldest = startedAt;
    }
    return oldest;
  }

  /** A batch leaves, `unbound` without taking a slot. */
  start(batch: Batch<Item>, isUnbound: boolean, now: number): void {
    batch.id = ++this.#lastId;
    batch.startedAt = now;
    batch.runningAtStart = this.running;
    batch.unbound = isUnbound;
    if (!isUnbound) this.#busy++;
    this.#batches.add(batch);
  }

  /** A batch has ended; returns how long it ran, in ms. */
  end(batch: Batch<Item>, now: number, failed: boolean): number {
    const ms = now - batch.startedAt;
    this.ended++;
    this.#batches.delete(batch);
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
