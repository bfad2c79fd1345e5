/**
 * The public object: takes calls and sees to what each of them asks for.
 *
 * @module
 */
import { changesOf, settingsOf } from "./settings.ts";
import {
  type CallOptions,
  CLOSE,
  manyDemandsOf,
  type ManyOptions,
  READY,
} from "./call_options.ts";
import { checked, wrong } from "./core/check.ts";
import type { Line } from "./core/line.ts";
import { Engine } from "./engine.ts";
import { Intake } from "./intake.ts";
import { currentMark } from "./nesting.ts";
import type { BatcherChanges, BatcherOptions } from "./options.ts";
import type { Handler, SingleHandler } from "./attempt.ts";
import { announced, type Place } from "./places.ts";
import { runMany } from "./run_many.ts";
import type { Seats } from "./seat.ts";
import { pendingIn, snapshotOf } from "./snapshot.ts";
import type { BatcherStats } from "./stats.ts";

/**
 * Sends single calls in batches.
 *
 *     run ─▶ queue ─▶ (engine: look) ─▶ handler ─▶ the caller's promise
 *
 * @typeParam In What a caller gives.
 * @typeParam Out What the caller gets.
 * @example
 * ```ts
 * import { Batcher } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * await using batcher = new Batcher((xs: number[]) => xs.map((x) => 2 * x), { size: 100 });
 * assert.deepEqual(await Promise.all([batcher.run(1), batcher.run(2)]), [2, 4]);
 * assert.equal(batcher.stats().batches, 1);
 * ```
 */
export class Batcher<In, Out> {
  readonly #engine: Engine<In, Out>;
  /** Where calls go that ask for nothing. */
  readonly #line: Line<In>;
  readonly #intake: Intake<In, Out>;
  readonly #sitDown: Seats<Out>["take"];
  /** Whether items go to one lane, and are not weighed. */
  readonly #isPlain: boolean;

  /**
   * Makes an idle batcher: no timer, no process kept alive.
   *
   * @param handler Works on a batch: takes the items, answers an outcome for each of them.
   * @param options See {@link BatcherOptions}.
   * @param single Works on a batch of one, in place of the handler.
   * @throws {TypeError} If an option is unknown or of the wrong kind.
   * @throws {RangeError} If an option is out of range.
   */
  constructor(
    handler: Handler<In, Out>,
    options: BatcherOptions<In> = {},
    single?: SingleHandler<In, Out>,
  ) {
    if (typeof handler !== "function") {
      throw wrong("make a batcher", "handler", "be a function", handler);
    }
    const settings = settingsOf(options, handler.name || "batched");
    this.#engine = new Engine(settings, { handler, single });
    this.#line = this.#engine.queue.default.plain;
    this.#intake = new Intake(this.#engine);
    this.#sitDown = this.#engine.seats.take;
    this.#isPlain = !settings.lane && !settings.weigh;
  }

  /** What events and errors call it. */
  get name(): string {
    return this.#engine.settings.name;
  }

  /** Most calls in a batch, now: {@link configure} sets it, and it is lower for a while after a `BatchTooLargeError`. */
  get size(): number {
    this.#engine.relax();
    return this.#engine.settings.size;
  }

  /** Most batches in flight at once, now. */
  get concurrency(): number {
    return this.#engine.settings.concurrency;
  }

  /** How many calls are not answered yet. */
  get pending(): number {
    return pendingIn(this.#engine);
  }

  /** Whether it takes no more calls. */
  get closed(): boolean {
    return this.#engine.scheduler.closing;
  }

  /**
   * Whether a call made now would find the queue full, by `maxQueue`; which lane it would go to nobody knows,
   * so `maxQueuePerLane` does not count here.
   */
  get full(): boolean {
    return this.#intake.isFull;
  }

  /** When a full queue will have been worked off, in ms from now, by the measured batch time. */
  get retryAfterMs(): number {
    return this.#engine.retryAfterMs;
  }

  /**
   * Counts a caller who was sent away without a call, because `full` or `closed` said so: whoever
   * refuses that early keeps `stats().refused` right.
   *
   * @example
   * ```ts
   * import { Batcher } from "@batched/batched";
   * import assert from "node:assert/strict";
   *
   * const batcher = new Batcher((xs: number[]) => xs.map((x) => 2 * x), { maxQueue: 100 });
   * function answer(x: number): Promise<number> | string {
   *   if (!batcher.full) return batcher.run(x);
   *   batcher.turnAway();
   *   return `Come back in ${batcher.retryAfterMs} ms`;
   * }
   * assert.equal(await answer(21), 42);
   * ```
   */
  turnAway(): void {
    this.#engine.stats.refused++;
  }

  /**
   * Makes a call: the item travels in the next batch of its lane.
   *
   * @param item What the handler gets.
   * @param call What this call asks for; anything that is no object is ignored.
   * @returns A promise of the outcome of the item: it rejects with what the handler says or throws, with the
   * reason of the signal, or with one of the errors below. Never throws.
   * @throws {QueueFullError} If the queue is full, or the call is dropped for a later one.
   * @throws {ClosedError} If the batcher is closed, or its close has run out of time.
   * @throws {DeadlineError} If the deadline passes first.
   * @throws {ItemTooHeavyError} If the item alone weighs more than `maxWeight`.
   * @throws {BatchTimeoutError} If the batch runs longer than `batchTimeoutMs`.
   * @throws {BatchResultError} If the handler's answer cannot be read.
   * @throws {RetryError} If the item is to be tried again and no attempt is left.
   * @throws {TypeError} If what the call asks for is unknown or of the wrong kind.
   * @throws {RangeError} If it is out of range.
   */
  run(item: In, call?: CallOptions): Promise<Out> {
    if (call === undefined && this.#isPlain && currentMark() === undefined) {
      const { open } = this.#line;
      if (open.room > 0) {
        open.append(item);
        return this.#sitDown(open.tickets, open.count - 1);
      }
    }
    return this.#intake.accept(item, call);
  }

  /**
   * Makes many calls, no more at a time than the queue has room for, by `maxQueue`. One that finds its lane
   * full, by `maxQueuePerLane`, rejects.
   *
   * @param items What the handler gets, one call each.
   * @param call What each call asks for; with `settled` no call's error ends the others.
   * @returns A promise of the outcomes, in the order of the items. It rejects with
   * the first error, after which no more items are taken. With `settled` none are taken when the batcher is closed or
   * the signal has aborted: the last outcome says so. Of an array all items have their outcomes.
   * @example
   * ```ts
   * import { Batcher } from "@batched/batched";
   * import assert from "node:assert/strict";
   *
   * const batcher = new Batcher((xs: number[]) => xs.map((x) => 2 * x), { maxQueue: 2 });
   * assert.deepEqual(await batcher.runMany([1, 2, 3]), [2, 4, 6]);
   * ```
   */
  runMany(
    items: Iterable<In> | AsyncIterable<In>,
    call: CallOptions & { settled: true },
  ): Promise<PromiseSettledResult<Out>[]>;
  /** Makes many calls, no more at a time than the queue has room for. */
  runMany(
    items: Iterable<In> | AsyncIterable<In>,
    call?: CallOptions & { settled?: false | undefined },
  ): Promise<Out[]>;
  async runMany(
    items: Iterable<In> | AsyncIterable<In>,
    call?: ManyOptions,
  ): Promise<Out[] | PromiseSettledResult<Out>[]> {
    const { settled, demands } = manyDemandsOf(call);
    return await runMany(items, settled, {
      hasRoom: () =>
        !this.full || this.closed ||
        this.#engine.nesting.reaches(currentMark()),
      isClosed: () => this.closed,
      run: (item, place) => this.#runInPlace(item, demands, place),
      signal: demands?.signal,
      room: this.#engine.room,
    });
  }

  /** A call that need not wait for room takes none of the places that are kept for those who had to. */
  #runInPlace(
    item: In,
    call: CallOptions | undefined,
    place: Place | undefined,
  ): Promise<Out> {
    const { room: { places }, queue } = this.#engine;
    if (!place) places.keep(queue.now);
    const { kept } = places;
    const promise = this.run(item, call);
    if (places.kept >= kept) this.#engine.room.decline();
    return promise;
  }

  /**
   * Waits until a call would not find the queue `full`. Waiters are served in
   * order, and each one's place is kept for the call that it makes next.
   *
   * @param options A `signal` ends the wait.
   * @returns A promise that resolves when there is room.
   * @throws {ClosedError} If the batcher is closed before.
   * @example
   * ```ts
   * import { Batcher } from "@batched/batched";
   * import assert from "node:assert/strict";
   *
   * const batcher = new Batcher((xs: number[]) => xs.map((x) => 2 * x), { maxQueue: 0 });
   * await batcher.ready();
   * assert.equal(await batcher.run(21), 42);
   * ```
   */
  ready(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    try {
      const { signal } = checked("wait for room", options, READY);
      if (this.closed) throw this.#engine.refusals.closed();
      if (this.#engine.nesting.reaches(currentMark())) return Promise.resolve();
      return announced(this.#engine.room.wait(signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends what waits now, as soon as there are slots for it.
   *
   * @returns A promise that resolves when all of that has been answered or has left. Inside a batch, which would
   * wait for itself, it waits for no batch that runs.
   * @example
   * ```ts
   * import { Batcher } from "@batched/batched";
   * import assert from "node:assert/strict";
   *
   * const sent: number[] = [];
   * const batcher = new Batcher((xs: number[]) => (sent.push(...xs), xs), { maxWaitMs: 60_000 });
   * batcher.run(1);
   * await batcher.flush();
   * assert.deepEqual(sent, [1]);
   * ```
   */
  flush(): Promise<void> {
    return this.#awaited((isNested) => this.#engine.flush(isNested));
  }

  /**
   * Changes what may change while it lives, from the next batch on: batches that run are left alone.
   * What is left out stays as it is.
   *
   * @param changes `maxWaitMs` replaces what was learned, too; it is refused where a `policy` was given.
   * @throws {TypeError} If one is unknown or of the wrong kind; then nothing has changed.
   * @throws {RangeError} If one is out of range; then nothing has changed.
   * @example
   * ```ts
   * import { Batcher } from "@batched/batched";
   * import assert from "node:assert/strict";
   *
   * const batcher = new Batcher((xs: number[]) => xs, { size: 64 });
   * batcher.configure({ size: 2, concurrency: 4 });
   * await Promise.all([1, 2, 3, 4].map((x) => batcher.run(x)));
   * assert.equal(batcher.stats().size.max, 2);
   * ```
   */
  configure(changes: BatcherChanges): void {
    this.#engine.configure(changesOf(changes, this.#engine.settings));
  }

  /**
   * Takes no more calls, sends what waits without holding it for company, and waits for what runs.
   *
   * @param options After `timeoutMs` what is left rejects with a {@link ClosedError},
   * and the signals of running batches abort. A later call may shorten the time.
   * @returns A promise that resolves when nothing is left; the same one at every call, but for calls inside a
   * batch: these do not wait for batches that run.
   * @example
   * ```ts
   * import { Batcher } from "@batched/batched";
   * import assert from "node:assert/strict";
   *
   * const batcher = new Batcher((xs: number[]) => xs, { maxWaitMs: 60_000 });
   * const answer = batcher.run(1);
   * await batcher.close({ timeoutMs: 1000 });
   * assert.equal(await answer, 1);
   * ```
   */
  close(options: { timeoutMs?: number | undefined } = {}): Promise<void> {
    let timeoutMs: number | undefined;
    try {
      ({ timeoutMs } = checked("close", options, CLOSE));
    } catch (error) {
      return Promise.reject(error);
    }
    this.#engine.close(timeoutMs ?? Infinity);
    this.#engine.room.places.close(this.#engine.refusals.closed());
    return this.#awaited((isNested) =>
      isNested ? this.#engine.flush(true) : this.#engine.closing.promise
    );
  }

  /** A batch that awaits this must not wait for itself, nor for a batch that comes to wait for it. */
  #awaited(work: (isNested: boolean) => Promise<void>): Promise<void> {
    const { nesting, wake } = this.#engine;
    const promise = work(nesting.reaches(currentMark()));
    nesting.tie(promise);
    return wake.joined(promise);
  }

  /** Closes at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What it has done and does, as plain data. */
  stats(): BatcherStats {
    return snapshotOf(this.#engine);
  }
}
