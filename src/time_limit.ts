/**
 * Batches that must not run for longer than some time.
 *
 * @module
 */
import type { Refusals } from "./refusals.ts";

/** What may run for so long and no longer. */
export interface Limited {
  /** What runs. */
  readonly batch: {
    /** When it started, in ms. */
    readonly startedAt: number;
  };
  /** Whether it has ended. */
  readonly isOver: boolean;
  /** Ends it, whatever its handler does. */
  cancel(error: unknown): void;
}

/** Forgotten at the latest when so many more have been added than run. */
const SLACK = 16;

/**
 * All batches have the same time, so the one that started first is the first whose time is up:
 * a list in the order of their starts. Those that have ended are skipped, and
 * swept out when they are most of it.
 */
export class TimeLimit {
  readonly #spanMs: number;
  readonly #refusals: Refusals;
  #runs: Limited[] = [];
  /** All before it have ended. */
  #head = 0;

  /** Limits batches to so many ms; `refusals` words what becomes of their calls. */
  constructor(spanMs: number, refusals: Refusals) {
    this.#spanMs = spanMs;
    this.#refusals = refusals;
  }

  /** When the next one's time is up, in ms; `Infinity` when none runs. */
  get next(): number {
    const run = this.#oldest();
    return run === undefined ? Infinity : run.batch.startedAt + this.#spanMs;
  }

  /** One has started; so many run in all. */
  add(run: Limited, running: number): void {
    if (run.isOver) return;
    if (this.#runs.length > 2 * running + SLACK) {
      this.#runs = this.#runs.filter(({ isOver }) => !isOver);
      this.#head = 0;
    }
    this.#runs.push(run);
  }

  /** Ends those whose time is up; returns whether there were any. */
  ring(now: number): boolean {
    if (now < this.next) return false;
    const error = this.#refusals.timedOut(this.#spanMs);
    while (now >= this.next) this.#oldest()!.cancel(error);
    return true;
  }

  #oldest(): Limited | undefined {
    while (this.#runs[this.#head]?.isOver) this.#head++;
    return this.#runs[this.#head];
  }
}
