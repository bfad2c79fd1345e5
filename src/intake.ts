/**
 * How a call comes in: its checks, its place in the queue, and what it asks for
 * beyond its answer.
 *
 * @module
 */
import { Call, type LaneKey, type Resolve } from "./core/call.ts";
import type { Engine } from "./engine.ts";
import { ClosedError, QueueFullError, withoutStack } from "./errors.ts";
import { currentMark, type Nesting } from "./nesting.ts";
import { type CallOptions, demandsOf } from "./options.ts";

/** Takes calls in until it is closed. */
export class Intake<In, Out> {
  /** Whether it takes no more calls. The batcher closes it. */
  isClosed = false;
  readonly #engine: Engine<In, Out>;

  /** Makes one that is open. */
  constructor(engine: Engine<In, Out>) {
    this.#engine = engine;
  }

  /** Whether a call that is not nested would find the queue full. */
  get isFull(): boolean {
    const { places, scheduler } = this.#engine;
    if (places.kept > 0) places.lapse(this.#engine.now());
    return scheduler.places - places.kept < 1;
  }

  /** Whether code under this mark runs inside a batch that waits for this batcher. */
  isNested(mark: Nesting | undefined): boolean {
    return mark !== undefined && this.#engine.nesting.reaches(mark);
  }

  /** The error of a call that comes too late. */
  closedError(): ClosedError {
    const { name } = this.#engine.settings;
    return withoutStack(() =>
      new ClosedError(`Cannot call "${name}": it is closed`)
    );
  }

  /** Takes a call that may want more than a promise. What it throws rejects the call. */
  accept(item: In, options: unknown, resolve: Resolve): void {
    const demands = demandsOf(options);
    if (this.isClosed) throw this.#refused(this.closedError());
    const lane = this.#laneOf(item);
    const signal = demands?.signal;
    if (signal?.aborted) throw signal.reason;
    const mark = currentMark();
    const isNested = this.isNested(mark);
    if (!isNested) this.#makeRoom();
    this.#engine.beginTurn();
    const { queue, watch, settings, isPlain } = this.#engine;
    if (isPlain && demands === undefined && mark === undefined) {
      queue.place(item, lane, false, resolve);
      this.#engine.grantRoom();
      return;
    }
    const call = new Call(resolve);
    try {
      this.#serve(call, demands ?? {}, mark);
      queue.place(item, lane, isNested, call);
    } catch (error) {
      this.#engine.answered(call);
      throw error;
    }
    call.tag = watch.tell("onCall", { name: settings.name, lane, item });
  }

  /** Sees to what a call asks for beyond its answer. */
  #serve(
    call: Call,
    { signal, deadlineMs, onSettle }: CallOptions,
    mark: Nesting | undefined,
  ): void {
    const { settings, scheduler, queue, nesting, wake } = this.#engine;
    const spanMs = deadlineMs ?? settings.deadlineMs;
    if (spanMs < Infinity) {
      const now = deadlineMs === undefined ? queue.now : settings.host.now();
      scheduler.setDeadline(call, spanMs, now);
    }
    call.onSettle = onSettle;
    if (signal) {
      const { signals } = this.#engine;
      const onAbort = (reason: unknown) =>
        this.#engine.leave(call, "aborted", reason);
      signals.add(signal, onAbort);
      call.whenEnded(() => signals.remove(signal, onAbort));
    }
    if (mark) {
      mark.add(nesting);
      call.whenEnded(() => mark.remove(nesting));
    }
    if (settings.host.join) {
      call.whenEnded(settings.host.join(wake.endOfTurn));
    }
  }

  #laneOf(item: In): LaneKey {
    const key: unknown = this.#engine.settings.lane?.(item);
    if (
      typeof key === "function" || (typeof key === "object" && key !== null)
    ) {
      throw new TypeError(
        `Cannot take the call: "lane" must return a primitive, got ${
          Array.isArray(key) ? "an array" : `a value of type ${typeof key}`
        }`,
      );
    }
    return key as LaneKey;
  }

  /** Sees that the queue has a place for one more call. */
  #makeRoom(): void {
    const { settings, places, queue } = this.#engine;
    if (places.claim() || !this.isFull) return;
    const error = withoutStack(() =>
      new QueueFullError(
        `Cannot queue the call of "${settings.name}": the queue is full, "maxQueue" is ${settings.maxQueue}`,
        { retryAfterMs: this.#retryAfterMs() },
      )
    );
    const oldest = settings.overflow === "drop-oldest"
      ? queue.oldestCall()
      : undefined;
    if (oldest === undefined) throw this.#refused(error);
    this.#engine.leave(oldest, "dropped", error);
  }

  /** When the queue will have been worked off, in ms from now, by the measured batch time. */
  #retryAfterMs(): number {
    const { settings, scheduler, queue } = this.#engine;
    const { meanRunMs } = scheduler.slots;
    const runMs = meanRunMs >= 0 ? meanRunMs : this.#engine.oldestRunMs();
    const batches = Math.ceil((queue.queued + 1) / settings.size);
    const rounds = Math.ceil(batches / settings.concurrency);
    return Math.max(1, Math.ceil(runMs * rounds));
  }

  #refused(error: Error): Error {
    this.#engine.stats.refused++;
    return error;
  }
}
