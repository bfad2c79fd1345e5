/**
 * Answers to requests for which there is no place. A service that has too much to do makes
 * thousands of them: so they are made once, and given again and again. An error for each would
 * cost as much as all else that a refusal does.
 *
 * @module
 */
import { ClosedError, QueueFullError } from "../errors.ts";
import { type Problem, problemOf, secondsOf } from "./problems.ts";

/** The refusals of one method. */
export class Refusals {
  readonly #name: string;
  #closed: Problem | undefined;
  /** The one that was given last: the time that it tells, in whole seconds, seldom changes. */
  #full: { readonly seconds: number; readonly problem: Problem } | undefined;

  /** Makes those of the method of this name. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The batcher is closed. */
  get closed(): Problem {
    return this.#closed ??= problemOf(
      new ClosedError(`Cannot serve ${this.#name}(): it is closed`),
    );
  }

  /** The queue is full, and will have been worked off after so long. */
  full(retryAfterMs: number): Problem {
    const seconds = secondsOf(retryAfterMs);
    if (this.#full?.seconds !== seconds) {
      const error = new QueueFullError(
        `Cannot serve ${this.#name}(): the queue is full`,
        { retryAfterMs },
      );
      this.#full = { seconds, problem: problemOf(error) };
    }
    return this.#full.problem;
  }
}
