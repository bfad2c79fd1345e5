/**
 * The way of a batch from its start to its end: what its handler says settles its calls.
 *
 * @module
 */
import { Attempt, type AttemptReader, type Work } from "./attempt.ts";
import type { Batch, BatchRun, Call } from "./core/call.ts";
import { BatchTooLargeError } from "./errors.ts";
import type { BatchEvent } from "./hooks.ts";
import {
  failed,
  failureOf,
  isOf,
  isThenable,
  RetryLater,
  valueOf,
} from "./outcome.ts";
import { type Isolation, Repair } from "./repair.ts";
import type { Limited } from "./time_limit.ts";

/** Gives a batch its work, and hears how it goes. */
export interface RunOwner<In, Out> {
  /** What is to be done. */
  readonly work: Work<In, Out>;
  /** How the guilty of a batch that fails are found; left out: they are not. */
  readonly isolation: Isolation | undefined;
  /** The time in ms. */
  now(): number;
  /** A call with demands of its own has been answered. */
  answered(call: Call): void;
  /** Takes a call out of its batch to be tried again; returns why not, where it cannot be. */
  retry(
    batch: Batch<In>,
    place: number,
    outcome: RetryLater,
  ): { error: unknown } | undefined;
  /** A handler has found so many calls to be too many at once. */
  tooLarge(calls: number): void;
  /** Time has passed: whoever is too late by now leaves, and batches end whose time is up. */
  catchUp(): void;
  /** The batch has ended: all its calls are answered or have left. */
  ended(run: Ended & Limited): void;
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
  /** Whether its handler has failed, be it that calls were run again. */
  readonly hasFailed: boolean;
  /** Why, the first time. */
  readonly error: unknown;
  /** The calls that want to hear of it. */
  readonly listeners: readonly Call[] | undefined;
  /** What hooks have heard of it when it left, if there are any. Set by those who tell them. */
  event: BatchEvent | undefined;
  /** Lets the host go that was asked to hold it, if it was. Set by those who ask. */
  release: (() => void) | undefined;
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

/** The original, as an array may have a method of its own by that name. */
const { slice } = Array.prototype;

/** One run of one batch. */
export class Run<In, Out> implements Ended, Limited, BatchRun, AttemptReader {
  readonly batch: Batch<In>;
  alarmAt: number = Infinity;
  alarmIndex: number = -1;
  endedAt: number = NaN;
  results = 0;
  failures = 0;
  hasFailed = false;
  error: unknown = undefined;
  listeners: Call[] | undefined = undefined;
  event: BatchEvent | undefined = undefined;
  release: (() => void) | undefined = undefined;

  readonly #owner: RunOwner<In, Out>;
  #attempt: Attempt<In, Out>;
  /** The places of the calls in this attempt; all of them when `undefined`. */
  #places: readonly number[] | undefined = undefined;
  #repair: Repair | undefined = undefined;
  /** How much is still to come of it: the handler's answer, and each promise in that. */
  #open = 1;

  /** Makes a run that has not started. */
  constructor(batch: Batch<In>, owner: RunOwner<In, Out>) {
    this.batch = batch;
    this.#owner = owner;
    this.#attempt = this.#attemptFor(batch.count);
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

  /** Calls the handler, with an array of its own: it may change that, and items may be needed again. */
  start(): void {
    this.#attempt.start(this.batch.items.slice(), this.#owner.work);
  }

  /** Part of {@link BatchRun}. */
  left(error: unknown): void {
    const { size, tickets } = this.batch;
    const isDeserted = size === 0 ||
      this.#places?.every((place) => tickets[place] === undefined);
    if (isDeserted) this.#attempt.abandon(error);
  }

  /** Ends it, whatever its handler does: calls that have no answer yet reject. */
  cancel(error: unknown): void {
    this.#open = 0;
    this.#attempt.cancel(error);
    this.#failFrom(0, error);
    this.#end();
  }

  /** Part of {@link AttemptReader}. The common outcome is a plain value for a plain call. */
  settle(answer: readonly unknown[]): void {
    if (this.#places) {
      const outcomes = [...answer];
      return outcomes.forEach((outcome, index) => this.take(index, outcome));
    }
    const { tickets } = this.batch;
    let outcomes = answer;
    let place = 0;
    let plain = 0;
    try {
      for (; place < tickets.length; place++) {
        const ticket = tickets[place];
        const outcome = outcomes[place];
        if (typeof ticket === "function" && isPlain(outcome)) {
          ticket(outcome);
          plain++;
        } else {
          // From here on code of the user may run, and change the answer.
          if (outcomes === answer) outcomes = slice.call(answer);
          this.#answer(place, outcome);
        }
      }
    } catch (error) {
      this.#failFrom(place, error);
    }
    this.results += plain;
    if (this.#open > 1) this.#vacatePlain(outcomes);
  }

  /** Those before have theirs, if any. */
  #failFrom(first: number, error: unknown): void {
    if (!this.hasFailed) this.error = error;
    this.hasFailed = true;
    const failure = failed(error);
    for (let place = first; place < this.size; place++) {
      this.#answer(place, failure);
    }
  }

  /** Part of {@link AttemptReader}. */
  take(index: number, outcome: unknown): void {
    this.#answer(this.#places ? this.#places[index]! : index, outcome);
  }

  /** Part of {@link AttemptReader}. */
  fail(error: unknown): void {
    if (!this.hasFailed) this.error = error;
    this.hasFailed = true;
    const places = this.#untold();
    if (this.#mends(places, error)) return;
    const failure = failed(error);
    for (const place of places) this.#answer(place, failure);
  }

  /** Part of {@link AttemptReader}. */
  close(): void {
    if (--this.#open !== 0) return;
    if (this.#repair === undefined) return this.#end();
    this.#open = 1;
    // Not at once: a handler that answers at once would be called ever deeper in the stack.
    READY.then(() => this.#again());
  }

  /** The places of those who wait, and of whom this attempt has not told. */
  #untold(): readonly number[] {
    const { tickets } = this.batch;
    const places = this.#places ?? [...tickets.keys()];
    return places.filter((place, index) =>
      tickets[place] !== undefined && !this.#attempt.hasTold(index)
    );
  }

  /** Sees whether those for whom an attempt has failed can be run again. */
  #mends(places: readonly number[], error: unknown): boolean {
    const ran = this.#places?.length ?? this.size;
    if (ran === 1) return false;
    const { isolation } = this.#owner;
    const isTooLarge = isOf(error, BatchTooLargeError);
    if (isTooLarge) this.#owner.tooLarge(ran);
    if (!isTooLarge && !isolation) return false;
    this.#repair ??= new Repair(this.size, isolation);
    if (isTooLarge) this.#repair.tooLarge(places, ran);
    else this.#repair.failed(places);
    return true;
  }

  /** Runs the next ones that are to be run again, if any still wait. */
  #again(): void {
    if (!this.isOver) this.#owner.catchUp();
    if (this.isOver) return;
    const { tickets, items } = this.batch;
    const places = this.#repair!.next((place) => tickets[place] !== undefined);
    if (places === undefined) {
      this.#open = 0;
      return this.#end();
    }
    this.#places = places;
    this.#attempt = this.#attemptFor(places.length);
    const again = places.map((place) => items[place]!);
    this.#attempt.start(again, this.#owner.work);
  }

  #attemptFor(calls: number): Attempt<In, Out> {
    const isSingle = calls === 1 && this.#owner.work.single !== undefined;
    return new Attempt(this.batch, calls, isSingle, this);
  }

  /** What became of the call at this place. */
  #answer(place: number, outcome: unknown): void {
    let failure: { error: unknown } | undefined;
    let value: unknown;
    try {
      if (isThenable(outcome)) return this.#await(place, outcome);
      failure = failureOf(outcome);
      if (failure === undefined) value = valueOf(outcome);
    } catch (error) {
      failure = { error };
    }
    const { tickets } = this.batch;
    if (tickets[place] === undefined) return;
    if (failure instanceof RetryLater) {
      failure = this.#owner.retry(this.batch, place, failure);
      if (failure === undefined) return;
    }
    const ticket = tickets[place];
    // The delay may be told by a function of the user's, which may abort the call.
    if (ticket === undefined) return;
    this.batch.vacate(place);
    if (failure) this.failures++;
    else this.results++;
    if (failure) value = new Rejection(failure.error);
    if (typeof ticket === "function") return ticket(value);
    if (ticket.onSettle) (this.listeners ??= []).push(ticket);
    ticket.resolve(value);
    this.#owner.answered(ticket);
  }

  /** Some outcomes are still to come: those who have theirs are no longer in the batch. */
  #vacatePlain(outcomes: readonly unknown[]): void {
    this.batch.tickets.forEach((ticket, index) => {
      if (typeof ticket === "function" && isPlain(outcomes[index])) {
        this.batch.vacate(index);
      }
    });
  }

  /** An outcome that is still to come; its call may leave meanwhile. */
  #await(place: number, outcome: PromiseLike<unknown>): void {
    const answer = (outcome: unknown) => {
      this.#answer(place, outcome);
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

/** Whether an outcome is no more than a value. The promises of RPC on workerd are functions. */
function isPlain(outcome: unknown): boolean {
  return typeof outcome !== "object" && typeof outcome !== "function";
}

/** What comes next comes with a stack of its own. */
const READY = Promise.resolve();
