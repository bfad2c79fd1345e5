/**
 * The errors of calls that no batch answers.
 *
 * @module
 */
import {
  BatchTimeoutError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
  withoutStack,
} from "./errors.ts";

/** Words the errors of a batcher. Under overload there are many: they have no stack. */
export class Refusals {
  readonly #name: string;

  /** Speaks for the batcher of this name. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The call comes too late. */
  closed(): ClosedError {
    return withoutStack(() =>
      new ClosedError(`Cannot call "${this.#name}": it is closed`)
    );
  }

  /** Closing gives up waiting. */
  closedBefore(): ClosedError {
    return withoutStack(() =>
      new ClosedError(`${this.#answer}: it was closed before`)
    );
  }

  /** The deadline has passed. */
  expired(deadlineMs: number): DeadlineError {
    return withoutStack(() =>
      new DeadlineError(
        `${this.#answer}: its deadline of ${deadlineMs} ms has passed`,
        { deadlineMs },
      )
    );
  }

  /** The batch has run for too long. */
  timedOut(batchTimeoutMs: number): BatchTimeoutError {
    const message =
      `${this.#answer}: its batch has run longer than "batchTimeoutMs", ${batchTimeoutMs} ms`;
    return withoutStack(() =>
      new BatchTimeoutError(message, { batchTimeoutMs })
    );
  }

  /** The call is to be tried again, and was tried often enough. */
  untried(attempts: number, cause: unknown): RetryError {
    const times = attempts === 1 ? "once" : `${attempts} times`;
    return withoutStack(() =>
      new RetryError(
        `${this.#answer}: it asks to be tried again and was tried ${times}, which is all that "retry" allows`,
        cause === undefined ? { attempts } : { attempts, cause },
      )
    );
  }

  /** The policy sees that the call cannot be served in time. */
  givenUp(retryAfterMs: number): QueueFullError {
    const message = `${this.#answer}: its policy has given it up`;
    return withoutStack(() => new QueueFullError(message, { retryAfterMs }));
  }

  /** The policy takes no more calls. */
  refused(retryAfterMs: number): QueueFullError {
    const message = `${this.#queue}: its policy takes no more calls now`;
    return withoutStack(() => new QueueFullError(message, { retryAfterMs }));
  }

  /** The queue has no room. */
  full(limit: string, most: number, retryAfterMs: number): QueueFullError {
    const message = `${this.#queue}: the queue is full, "${limit}" is ${most}`;
    return withoutStack(() => new QueueFullError(message, { retryAfterMs }));
  }

  /** No batch could carry the item. */
  tooHeavy(weight: number, maxWeight: number): ItemTooHeavyError {
    const message =
      `${this.#queue}: its item weighs ${weight}, "maxWeight" is ${maxWeight}`;
    return withoutStack(() =>
      new ItemTooHeavyError(message, { weight, maxWeight })
    );
  }

  get #answer(): string {
    return `Cannot answer the call of "${this.#name}"`;
  }

  get #queue(): string {
    return `Cannot queue the call of "${this.#name}"`;
  }
}
