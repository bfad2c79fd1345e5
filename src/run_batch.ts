/**
 * The way of a batch from its start to its end: its handler is called, and again where that mends what has failed.
 *
 * @module
 */
import { Attempt, type AttemptReader, type Work } from "./attempt.ts";
import type { Batch, BatchRun, Call } from "./core/call.ts";
import { BatchTooLargeError } from "./errors.ts";
import type { BatchEvent } from "./hooks.ts";
import { isOf } from "./outcome.ts";
import { Repair } from "./repair.ts";
import type { Settings } from "./settings.ts";
import {
  failCalls,
  settleCall,
  settleCalls,
  type Settlement,
  type SettlementOwner,
} from "./settlement.ts";
import type { Limited } from "./time_limit.ts";

/** Gives a batch its work, and hears how it goes. */
export interface RunOwner<In, Out> extends SettlementOwner<In> {
  /** What is to be done. */
  readonly work: Work<In, Out>;
  /** Whether and how the guilty of a batch that fails are found. */
  readonly settings: Pick<Settings<In>, "isolate">;
  /** The time in ms. */
  now(): number;
  /** A handler has found so many calls to be too many at once. */
  tooLarge(calls: number): void;
  /** Time has passed: whoever is too late by now leaves, and batches end whose time is up. */
  catchUp(): void;
  /** The batch has ended: all its calls are answered or have left. */
  ended(run: Run<In, Out>): void;
}

/** One run of one batch. */
export class Run<In, Out>
  implements Settlement<In>, Limited, BatchRun, AttemptReader {
  readonly batch: Batch<In>;
  readonly owner: RunOwner<In, Out>;
  results = 0;
  failures = 0;
  hasFailed = false;
  error: unknown = undefined;
  listeners: Call[] | undefined = undefined;
  open = 1;
  alarmAt: number = Infinity;
  alarmIndex: number = -1;
  /** When it ended, in ms. */
  endedAt: number = NaN;
  /** What hooks have heard of it when it left, if there are any. Set by those who tell them. */
  event: BatchEvent | undefined = undefined;
  /** Lets the host go that was asked to hold it, if it was. Set by those who ask. */
  release: (() => void) | undefined = undefined;

  #attempt: Attempt<In, Out>;
  /** The places of the calls in this attempt; all of them when `undefined`. */
  #places: readonly number[] | undefined = undefined;
  #repair: Repair | undefined = undefined;

  /** Makes a run that has not started. */
  constructor(batch: Batch<In>, owner: RunOwner<In, Out>) {
    this.batch = batch;
    this.owner = owner;
    this.#attempt = this.#attemptFor(batch.count);
    batch.run = this;
  }

  /** How long it ran, in ms, once it has ended. */
  get runMs(): number {
    return this.endedAt - this.batch.startedAt;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.open <= 0;
  }

  /** Calls the handler, with an array of its own: it may change that, and items may be needed again. */
  start(): void {
    this.#attempt.start(this.batch.items.slice(), this.owner.work);
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
    this.open = 0;
    this.#attempt.cancel(error);
    failCalls(this, this.batch.tickets.keys(), error);
    this.#end();
  }

  /** Part of {@link AttemptReader}. */
  settle(answer: readonly unknown[]): void {
    if (this.#places === undefined) return settleCalls(this, answer);
    [...answer].forEach((outcome, index) => this.take(index, outcome));
  }

  /** Part of {@link AttemptReader}. */
  take(index: number, outcome: unknown): void {
    settleCall(this, this.#places ? this.#places[index]! : index, outcome);
  }

  /** Part of {@link AttemptReader}. */
  fail(error: unknown): void {
    const places = this.#untold();
    failCalls(this, this.#mends(places, error) ? [] : places, error);
  }

  /** Part of {@link AttemptReader}. */
  close(): void {
    if (--this.open !== 0) return;
    if (this.#repair === undefined) return this.#end();
    this.open = 1;
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
    const ran = this.#places?.length ?? this.batch.count;
    if (ran === 1) return false;
    const { isolate } = this.owner.settings;
    const isTooLarge = isOf(error, BatchTooLargeError);
    if (isTooLarge) this.owner.tooLarge(ran);
    if (!isTooLarge && !isolate) return false;
    this.#repair ??= new Repair(this.batch.count, isolate);
    if (isTooLarge) this.#repair.tooLarge(places, ran);
    else this.#repair.failed(places);
    return true;
  }

  /** Runs the next ones that are to be run again, if any still wait. */
  #again(): void {
    if (!this.isOver) this.owner.catchUp();
    if (this.isOver) return;
    const { tickets, items } = this.batch;
    const places = this.#repair!.next((place) => tickets[place] !== undefined);
    if (places === undefined) {
      this.open = 0;
      return this.#end();
    }
    this.#places = places;
    this.#attempt = this.#attemptFor(places.length);
    const again = places.map((place) => items[place]!);
    this.#attempt.start(again, this.owner.work);
  }

  #attemptFor(calls: number): Attempt<In, Out> {
    const isSingle = calls === 1 && this.owner.work.single !== undefined;
    return new Attempt(this.batch, calls, isSingle, this);
  }

  #end(): void {
    this.endedAt = this.owner.now();
    this.owner.ended(this);
  }
}

/** What comes next comes with a stack of its own. */
const READY = Promise.resolve();
