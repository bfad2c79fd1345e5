/**
 * Which calls of a batch that has failed are run again, and in whose company.
 *
 * @module
 */

/**
 * How those calls are found for which a batch fails: `"each"` runs each of them alone, `"bisect"` runs halves,
 * and calls alone where halves fail too often.
 */
export type Isolation = "each" | "bisect";

/** Calls, by their place in the batch. */
type Part = readonly number[];

/** How many more runs than calls there may be. */
const MOST_EXTRA_RUNS = 10;

/**
 * The parts of a failed batch that are still to be run, one after the other. One that fails is parted
 * in turn, in halves or into single calls:
 *
 *     [ 1 2 3 4 ]✗ ─▶ [ 1 2 ]✗ [ 3 4 ]✓ ─▶ [ 1 ]✓ [ 2 ]✗
 *
 * Both halves are run before one of them is parted, so that the innocent hear soon; and what has
 * failed last, the smallest part, is parted first. Halves are a bet: one that fails has cost a run,
 * one that succeeds has saved all but one. Where so many have failed that there would be
 * too many runs in all, calls run alone.
 */
export class Repair {
  readonly #isolation: Isolation | undefined;
  readonly #mostRuns: number;
  /** Those that run next. */
  #due: Part[] = [];
  /** Those that have failed and are not parted yet. */
  readonly #failed: Part[] = [];
  #runs = 1;
  /** How many calls are in all these parts. */
  #calls = 0;
  /** More calls at once are known to be too many. */
  #mostCalls = Infinity;

  /** Begins when a batch of so many calls has failed; without isolation only its size is mended. */
  constructor(calls: number, isolation: Isolation | undefined) {
    this.#mostRuns = calls + MOST_EXTRA_RUNS;
    this.#isolation = isolation;
  }

  /** Several calls have failed together; none where all of them have left meanwhile. */
  failed(part: Part): void {
    if (part.length === 0) return;
    this.#failed.push(part);
    this.#calls += part.length;
  }

  /** The same, because they were too many; `ran` are they and those who have left or heard meanwhile. */
  tooLarge(part: Part, ran: number): void {
    this.#mostCalls = Math.ceil(ran / 2);
    this.failed(part);
  }

  /** Those that run next, if any still wait. */
  next(waits: (call: number) => boolean): Part | undefined {
    for (let part = this.#take(); part; part = this.#take()) {
      const calls = part.filter(waits);
      this.#calls -= part.length - calls.length;
      if (calls.length === 0) continue;
      if (this.#fits(calls)) {
        this.#runs++;
        this.#calls -= calls.length;
        return calls;
      }
      this.#due = [...this.#parted(calls), ...this.#due];
    }
    return undefined;
  }

  #take(): Part | undefined {
    if (this.#due.length === 0) {
      const part = this.#failed.pop();
      if (part !== undefined) this.#due = this.#parted(part);
    }
    return this.#due.shift();
  }

  /** Whether these may run together. */
  #fits({ length }: Part): boolean {
    return length === 1 || (length <= this.#mostCalls && this.#isAffordable);
  }

  #parted(part: Part): Part[] {
    const isHalved = part.length > this.#mostCalls ||
      (this.#isolation !== "each" && this.#isAffordable);
    if (!isHalved) return part.map((call) => [call]);
    const middle = Math.ceil(part.length / 2);
    return [part.slice(0, middle), part.slice(middle)];
  }

  /** Whether each call could still run alone if one more run fails. */
  get #isAffordable(): boolean {
    if (this.#isolation === undefined) return true;
    return this.#runs + 1 + this.#calls <= this.#mostRuns;
  }
}
