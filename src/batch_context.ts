/**
 * What a handler is told of its batch.
 *
 * @module
 */
import type { Batch, LaneKey, LeaveReason } from "./core/call.ts";

/** What a handler may know of the batch that it works on. */
export interface BatchContext {
  /** Aborts when the last who still waited for the batch has left, be it by `batchTimeoutMs` or the end of `close`. */
  readonly signal: AbortSignal;
  /** Counts the batches of a batcher from 1. */
  readonly id: number;
  /** What its calls have in common. */
  readonly lane: LaneKey;
  /** Why it left. */
  readonly reason: LeaveReason;
}

/**
 * What a handler gets. Its signal is made when somebody asks for it: most handlers never do. Neither a
 * literal with getters nor a subclass, which are slow to make.
 */
export class Context implements BatchContext {
  readonly #batch: Batch<unknown>;
  /** What makes the signal, or why it has aborted before anybody has asked. */
  #state: AbortController | { readonly reason: unknown } | undefined =
    undefined;

  constructor(batch: Batch<unknown>) {
    this.#batch = batch;
  }

  get id(): number {
    return this.#batch.id;
  }

  get lane(): LaneKey {
    return this.#batch.lane;
  }

  get reason(): LeaveReason {
    return this.#batch.reason;
  }

  get signal(): AbortSignal {
    if (this.#state instanceof AbortController) return this.#state.signal;
    const controller = new AbortController();
    if (this.#state) controller.abort(this.#state.reason);
    this.#state = controller;
    return controller.signal;
  }

  static abort(target: Context, reason: unknown): void {
    if (target.#state instanceof AbortController) target.#state.abort(reason);
    else target.#state ??= { reason };
  }
}

/** Aborts the signal of a context; no method of it, as handlers must not. */
export const abort: (target: Context, reason: unknown) => void = Context.abort;

/**
 * What the body of a decorated method gets as its `call`: the signal is its own property, so that it can be
 * spread into the options of another call, by one getter for all.
 */
export class SingleContext extends Context {
  constructor(batch: Batch<unknown>) {
    super(batch);
    Object.defineProperty(this, "signal", SIGNAL);
  }
}

const SIGNAL: PropertyDescriptor = {
  ...Object.getOwnPropertyDescriptor(Context.prototype, "signal"),
  enumerable: true,
};
