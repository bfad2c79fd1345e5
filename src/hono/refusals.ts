/**
 * Answers to requests for which there is no place. A service that has too much to do makes
 * thousands of them: so they are made once, and given again and again. An error for each would
 * cost as much as all else that a refusal does, and to write it down half of that.
 *
 * @module
 */
import { ClosedError, QueueFullError } from "../errors.ts";
import { type Problem, problemOf, secondsOf } from "./problems.ts";

/** What is told of a request for which there is no place. */
export interface Refusal {
  readonly problem: Problem;
  /** The problem as the body of an answer. */
  readonly text: string;
}

/** The refusals of one method. */
export class Refusals {
  readonly #name: string;
  #closed: Refusal | undefined;
  /** The one that was given last: the time that it tells, in whole seconds, seldom changes. */
  #full: Refusal & { readonly seconds: number } | undefined;

  /** Makes those of the method of this name. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The batcher is closed. */
  get closed(): Refusal {
    return this.#closed ??= refusalBy(
      new ClosedError(`Cannot serve ${this.#name}(): it is closed`),
    );
  }

  /** The queue is full, and will have been worked off after so long. */
  full(retryAfterMs: number): Refusal {
    const seconds = secondsOf(retryAfterMs);
    if (this.#full?.seconds !== seconds) {
      const error = new QueueFullError(
        `Cannot serve ${this.#name}(): the queue is full`,
        { retryAfterMs },
      );
      this.#full = { seconds, ...refusalBy(error) };
    }
    return this.#full;
  }
}

function refusalBy(error: ClosedError | QueueFullError): Refusal {
  const problem = problemOf(error);
  return { problem, text: JSON.stringify(problem) };
}
