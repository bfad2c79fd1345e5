/**
 * The way of a batch from its start to its end: what its handler says settles its calls.
 *
 * @module
 */
import { Attempt, type AttemptReader, type Work } from "./attempt.ts";
import type { Batch, BatchRun, Call } from "./core/call.ts";
import { failed, failureOf, isThenable, valueOf } from "./outcome.ts";

/** Gives a batch its work, and hears how it goes. */
export interface RunOwner<In, Out> {
  /** What is to be done. */
  readonly work: Work<In, Out>;
  /** The time in ms. */
  now(): number;
  /** A call with demands of its own has been answered. */
  answered(call: Call): void;
  /** The batch has ended: all its calls are answered or have left. */
  ended(run: Ended): void;
}

/** What is known of a run when it has ended. */
export interface Ended {
  /** The batch that ran. */
  readonly batch: Batch<unknown>;
  /** How many calls it left with. */
  readonly size: number;
  /** When it ended, in ms. */
  readonly endedAt: number;
  /** How long it ran, in ms. */
  readonly runMs: number;
  /** How many calls were fulfilled. */
  readonly results: number;
  /** How many calls were rejected by the answer. */
  readonly failures: number;
  /** Whether all of them were, without regard to the item. */
  readonly hasFailed: boolean;
  /** Why, if so. */
  readonly error: unknown;
  /** The calls that want to hear of it. */
  readonly listeners: readonly Call[] | undefined;
}

/** Rejects a call of which only `resolve` is kept, when that is called with it. */
export class Rejection {
  readonly #error: unknown;

  /** Makes one that rejects with this error. */
  constructor(error: unknown) {
    this.#error = error;
  }

  /** Called by the promise. */
  then(_resolve: unknown, reject: (error: unknown) => void): void {
    reject(this.#error);
  }
}

/** One run of one batch. */
export class Run<In, Out> implements Ended, BatchRun, AttemptReader {
  readonly batch: Batch<In>;
  endedAt: number = NaN;
  results = 0;
  failures = 0;
  hasFailed = false;
  error: unknown = undefined;
  listeners: Call[] | undefined = undefined;

  readonly #owner: RunOwner<In, Out>;
  readonly #attempt: Attempt<In, Out>;
  /** How much is still to come: the handler's answer, and each promise in it. */
  #open = 1;

  /** Makes a run that has not started. */
  constructor(batch: Batch<In>, owner: RunOwner<In, Out>) {
    const { count } = batch;
    const isSingle = count === 1 && owner.work.single !== undefined;
    this.batch = batch;
    this.#owner = owner;
    this.#attempt = new Attempt(batch, count, isSingle, this);
    batch.run = this;
  }

  /** How many calls it left with. */
  get size(): number {
    return this.batch.count;
  }

  /** How long it ran, in ms, once it has ended. */
  get runMs(): number {
    return this.endedAt - this.batch.startedAt;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#open <= 0;
  }

  /** Calls the handler. */
  start(): void {
    this.#attempt.start(this.batch.items, this.#owner.work);
  }

  /** Nobody waits for it any more. */
  abandon(error: unknown): void {
    this.#attempt.abandon(error);
  }

  /** Ends it, whatever its handler does: calls that have no answer yet reject. */
  cancel(error: unknown): void {
    this.#open = 0;
    this.#attempt.cancel(error);
    this.fail(error);
    this.#end();
  }

  /** Part of {@link AttemptReader}. The common outcome is a plain value for a plain call; all others go through `take`. */
  settle(outcomes: readonly unknown[]): void {
    const { tickets } = this.batch;
    let special = 0;
    for (let i = 0; i < tickets.length; i++) {
      const ticket = tickets[i];
      const outcome = outcomes[i];
      if (typeof ticket === "function" && typeof outcome !== "object") {
        ticket(outcome);
      } else {
        special++;
        this.take(i, outcome);
      }
    }
    this.results += tickets.length - special;
    if (this.#open > 1) this.#vacatePlain(outcomes);
  }

  /** Part of {@link AttemptReader}. */
  take(index: number, outcome: unknown): void {
    let failure: { error: unknown } | undefined;
    try {
      if (isThenable(outcome)) return this.#await(index, outcome);
      failure = failureOf(outcome);
    } catch (error) {
      failure = { error };
    }
    const ticket = this.batch.tickets[index];
    if (ticket === undefined) return;
    this.batch.vacate(index);
    if (failure) this.failures++;
    else this.results++;
    const value = failure ? new Rejection(failure.error) : valueOf(outcome);
    if (typeof ticket === "function") return ticket(value);
    if (ticket.onSettle) (this.listeners ??= []).push(ticket);
    ticket.resolve(value);
    this.#owner.answered(ticket);
  }

  /** Part of {@link AttemptReader}. */
  fail(error: unknown): void {
    this.error = error;
    this.hasFailed = true;
    const failure = failed(error);
    for (let index = 0; index < this.size; index++) {
      if (!this.#attempt.hasTold(index)) this.take(index, failure);
    }
  }

  /** Part of {@link AttemptReader}. */
  close(): void {
    if (--this.#open === 0) this.#end();
  }

  /** Some outcomes are still to come: those who have theirs are no longer in the batch. */
  #vacatePlain(outcomes: readonly unknown[]): void {
    this.batch.tickets.forEach((ticket, index) => {
      if (typeof ticket === "function" && typeof outcomes[index] !== "object") {
        this.batch.vacate(index);
      }
    });
  }

  /** An outcome that is still to come; its call may leave meanwhile. */
  #await(index: number, outcome: PromiseLike<unknown>): void {
    const answer = (outcome: unknown) => {
      this.take(index, outcome);
      this.close();
    };
    this.#open++;
    Promise.resolve(outcome).then(answer, (error) => answer(failed(error)));
  }

  #end(): void {
    this.endedAt = this.#owner.now();
    this.#owner.ended(this);
  }
}
