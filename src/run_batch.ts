/**
 * Runs a handler and settles the calls of its batch.
 *
 * @module
 */
import {
  type BatchAnswer,
  failed,
  failureOf,
  isThenable,
  type ItemOutcome,
  misfitOf,
  silence,
  valueOf,
} from "./answer.ts";
import {
  abort,
  type BatchContext,
  Context,
  SingleContext,
} from "./batch_context.ts";
import type { Batch, Call } from "./core/call.ts";
import type { CallOptions } from "./options.ts";

/** Works on a batch; see {@link BatchAnswer} for what it may answer. */
export type Handler<In, Out> = (
  items: In[],
  batch: BatchContext,
) => BatchAnswer<Out>;

/** Works on a batch of one: the body of a decorated method. */
export type SingleHandler<In, Out> = (
  item: In,
  call: CallOptions,
) => ItemOutcome<Out>;

/** What runs batches. */
export interface Work<In, Out> {
  /** Works on several items, or on any number where there is no `single`. */
  readonly handler: Handler<In, Out>;
  /** Works on one item. */
  readonly single: SingleHandler<In, Out> | undefined;
}

/** Hears how a batch goes. */
export interface RunOwner {
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
export class Run<In, Out> implements Ended {
  readonly batch: Batch<In>;
  readonly size: number;
  endedAt: number = NaN;
  results = 0;
  failures = 0;
  hasFailed = false;
  error: unknown = undefined;
  listeners: Call[] | undefined = undefined;

  readonly #work: Work<In, Out>;
  readonly #owner: RunOwner;
  readonly #isSingle: boolean;
  readonly #context: Context | SingleContext;
  /** How many outcomes are still promises. */
  #open = 0;

  /** Makes a run that has not started. */
  constructor(batch: Batch<In>, work: Work<In, Out>, owner: RunOwner) {
    this.batch = batch;
    this.size = batch.count;
    this.#work = work;
    this.#owner = owner;
    this.#isSingle = this.size === 1 && work.single !== undefined;
    this.#context = this.#isSingle ? new SingleContext() : new Context(batch);
    batch.run = this;
  }

  /** How long it ran, in ms, once it has ended. */
  get runMs(): number {
    return this.endedAt - this.batch.startedAt;
  }

  /** Calls the handler. Whatever that does, the batch ends, if it answers at all. */
  start(): void {
    let answer: unknown;
    try {
      answer = this.#call();
      if (isThenable(answer)) {
        Promise.resolve(answer).then(
          (answer) => this.#read(answer),
          (error) => this.#fail(error),
        );
        return;
      }
    } catch (error) {
      return this.#fail(error);
    }
    this.#read(answer);
  }

  /** Nobody waits for it any more. */
  abandon(error: unknown): void {
    abort(this.#context, error);
  }

  #call(): unknown {
    const { items } = this.batch;
    return this.#isSingle
      ? this.#work.single!(items[0]!, this.#context)
      : this.#work.handler(items, this.#context as Context);
  }

  #read(answer: unknown): void {
    let outcomes: readonly unknown[];
    try {
      outcomes = this.#isSingle ? [answer] : this.#outcomesOf(answer);
    } catch (error) {
      return this.#fail(error);
    }
    this.#settle(outcomes);
  }

  /** A copy, so that nothing of the user's can throw when some calls are settled and others not. */
  #outcomesOf(answer: unknown): readonly unknown[] {
    const misfit = misfitOf(answer, this.size);
    if (misfit !== undefined) {
      silence(answer);
      throw misfit;
    }
    const outcomes = new Array<unknown>(this.size);
    if (!Array.isArray(answer)) return outcomes.fill(answer);
    for (let i = 0; i < this.size; i++) outcomes[i] = answer[i];
    return outcomes;
  }

  #fail(error: unknown): void {
    this.error = error;
    this.hasFailed = true;
    this.#settle(Array(this.size).fill(failed(error)));
  }

  /** The common outcome is a plain value for a plain call; all others go through `#answer`. */
  #settle(outcomes: readonly unknown[]): void {
    const { tickets } = this.batch;
    this.endedAt = this.#owner.now();
    this.#open = 1;
    let special = 0;
    for (let i = 0; i < tickets.length; i++) {
      const ticket = tickets[i];
      const outcome = outcomes[i];
      if (typeof ticket === "function" && typeof outcome !== "object") {
        ticket(outcome);
      } else {
        special++;
        this.#answer(i, outcome);
      }
    }
    this.results += tickets.length - special;
    if (this.#open > 1) this.#vacatePlain(outcomes);
    this.#close();
  }

  /** Some outcomes are still to come: those who have theirs are no longer in the batch. */
  #vacatePlain(outcomes: readonly unknown[]): void {
    this.batch.tickets.forEach((ticket, index) => {
      if (typeof ticket === "function" && typeof outcomes[index] !== "object") {
        this.batch.vacate(index);
      }
    });
  }

  #answer(index: number, outcome: unknown): void {
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

  /** An outcome that is still to come; its call may leave meanwhile. */
  #await(index: number, outcome: PromiseLike<unknown>): void {
    const answer = (outcome: unknown) => {
      this.endedAt = this.#owner.now();
      this.#answer(index, outcome);
      this.#close();
    };
    Promise.resolve(outcome).then(answer, (error) => answer(failed(error)));
    this.#open++;
  }

  #close(): void {
    if (--this.#open === 0) this.#owner.ended(this);
  }
}
