/**
 * Batches that must not run for longer than some time.
 *
 * @module
 */
import { type Alarmed, Alarms } from "./core/alarms.ts";
import type { Refusals } from "./refusals.ts";

/** What may run for so long and no longer. */
export interface Limited extends Alarmed {
  /** What runs. */
  readonly batch: {
    /** When it started, in ms. */
    readonly startedAt: number;
  };
  /** Ends it, whatever its handler does. */
  cancel(error: unknown): void;
}

/** Ends batches whose time is up. */
export class TimeLimit {
  readonly #spanMs: number;
  readonly #refusals: Refusals;
  readonly #alarms = new Alarms<Limited>();

  /** Limits batches to so many ms; `refusals` words what becomes of their calls. */
  constructor(spanMs: number, refusals: Refusals) {
    this.#spanMs = spanMs;
    this.#refusals = refusals;
  }

  /** When the next one's time is up, in ms; `Infinity` when none runs. */
  get next(): number {
    return this.#alarms.next;
  }

  /** One has started. */
  add(run: Limited): void {
    this.#alarms.set(run, run.batch.startedAt + this.#spanMs);
  }

  /** One has ended. */
  remove(run: Limited): void {
    this.#alarms.remove(run);
  }

  /** Ends those whose time is up; returns whether there were any. */
  ring(now: number): boolean {
    if (now < this.next) return false;
    const error = this.#refusals.timedOut(this.#spanMs);
    while (now >= this.next) this.#alarms.due(now)!.cancel(error);
    return true;
  }
}
