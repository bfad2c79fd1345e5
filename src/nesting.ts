/**
 * Calls made from inside running batches, which could otherwise wait for themselves.
 *
 * @module
 */
import { asyncStorageClass } from "./host.ts";

const marks = asyncStorageClass &&
  new asyncStorageClass<Nesting | undefined>();

/** The batcher whose batch runs the code that asks; `undefined` outside of all. */
export function currentMark(): Nesting | undefined {
  return marks?.getStore();
}

/** Runs what is no part of a batch, though it may be called while one starts or ends: whose calls are as all others. */
export function outside<T>(run: () => T): T {
  return marks?.getStore() === undefined ? run() : marks!.run(undefined, run);
}

/**
 * One per batcher: the mark that its batches run under, and the batchers whose
 * answers they wait for. A batch of A that calls B while B waits for A closes a
 * circle; such a call must not need a slot of B. Without AsyncLocalStorage
 * (browsers) no call is known to be nested.
 */
export class Nesting {
  /** How many unanswered calls go from batches of this batcher to another. */
  readonly #waitsFor = new Map<Nesting, number>();
  /** How many unanswered calls go from batches of others, or of its own, to this batcher. */
  #awaited = 0;

  /** Runs a function so that all that it starts is under this mark. */
  enter(run: () => void): void {
    if (marks) marks.run(this, run);
    else run();
  }

  /** Counts a call to another batcher, until `remove`. */
  add(called: Nesting): void {
    called.#awaited++;
    this.#waitsFor.set(called, (this.#waitsFor.get(called) ?? 0) + 1);
  }

  /** That call has been answered or has left. */
  remove(called: Nesting): void {
    called.#awaited--;
    const calls = this.#waitsFor.get(called)! - 1;
    if (calls > 0) this.#waitsFor.set(called, calls);
    else this.#waitsFor.delete(called);
  }

  /** The batch that this is called in, if it is, awaits something of this batcher's. */
  tie(promise: Promise<unknown>): void {
    const mark = currentMark();
    if (mark === undefined) return;
    const untie = () => mark.remove(this);
    mark.add(this);
    promise.then(untie, untie);
  }

  /** Whether batches of this batcher wait, through any number of others, for that one. */
  reaches(other: Nesting | undefined): boolean {
    if (other === undefined) return false;
    // Most are called from outside only, and need no search.
    if (other.#awaited === 0) return this === other;
    const seen = new Set<Nesting>([this]);
    for (const nesting of seen) {
      if (nesting === other) return true;
      for (const next of nesting.#waitsFor.keys()) seen.add(next);
    }
    return false;
  }
}
