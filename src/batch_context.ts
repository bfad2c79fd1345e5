/**
 * What a handler is told of its batch.
 *
 * @module
 */
import type { Batch, LaneKey, LeaveReason } from "./core/call.ts";

/** What a handler may know of the batch that it works on. */
export interface BatchContext {
  /** Aborts when nobody waits for the batch any more. */
  readonly signal: AbortSignal;
  /** Counts the batches of a batcher from 1. */
  readonly id: number;
  /** What its calls have in common. */
  readonly lane: LaneKey;
  /** Why it left. */
  readonly reason: LeaveReason;
}

/** Has a signal that is made when somebody asks for it: most handlers never do. */
class Abortable {
  /** What makes the signal, or why it has aborted before anybody has asked. */
  #state: AbortController | { readonly reason: unknown } | undefined =
    undefined;

  get signal(): AbortSignal {
    if (this.#state instanceof AbortController) return this.#state.signal;
    const controller = new AbortController();
    if (this.#state) controller.abort(this.#state.reason);
    this.#state = controller;
    return controller.signal;
  }

  static abort(target: Abortable, reason: unknown): void {
    if (target.#state instanceof AbortController) target.#state.abort(reason);
    else target.#state ??= { reason };
  }
}

/** Aborts the signal of a context; no method of it, as handlers must not. */
export const abort: (target: Abortable, reason: unknown) => void =
  Abortable.abort;

/** What a handler gets. A class: object literals with getters are slow to make. */
export class Context extends Abortable implements BatchContext {
  readonly id: number;
  readonly lane: LaneKey;
  readonly reason: LeaveReason;

  constructor({ id, lane, reason }: Batch<unknown>) {
    super();
    this.id = id;
    this.lane = lane;
    this.reason = reason;
  }
}

/**
 * What the body of a decorated method gets as its `call`: its own property, so that it can be
 * spread into the options of another call, by one getter for all.
 */
export class SingleContext extends Abortable {
  constructor() {
    super();
    Object.defineProperty(this, "signal", SIGNAL);
  }
}

const SIGNAL: PropertyDescriptor = {
  ...Object.getOwnPropertyDescriptor(Abortable.prototype, "signal"),
  enumerable: true,
};
