/**
 * Calls that leave before they are answered.
 *
 * @module
 */
import type { Call } from "./core/call.ts";
import type { Scheduler } from "./core/scheduler.ts";
import type { LeaveEvent, Watch } from "./hooks.ts";
import type { Settings } from "./options.ts";
import type { Refusals } from "./refusals.ts";
import { retryAfterMs } from "./retry_after.ts";
import { Rejection } from "./run_batch.ts";
import type { Stats } from "./stats.ts";

/** Where calls leave. */
export interface DeparturesOwner<In> {
  readonly settings: Settings<In>;
  readonly scheduler: Scheduler<In>;
  readonly refusals: Refusals;
  readonly stats: Stats;
  readonly watch: Watch;
  /** The time in ms. */
  now(): number;
  /** Time is read, once a turn, and a look follows. */
  beginTurn(): void;
}

/** Takes calls out, rejects them, and tells of it. */
export class Departures<In> {
  readonly #owner: DeparturesOwner<In>;

  /** Makes one for the calls of this owner. */
  constructor(owner: DeparturesOwner<In>) {
    this.#owner = owner;
  }

  /** Takes a call out of the queue, or of its batch. */
  leave(call: Call, reason: LeaveEvent["reason"], error: unknown): void {
    const batch = call.batch;
    if (batch === undefined) return;
    const { scheduler, stats, watch } = this.#owner;
    this.#owner.beginTurn();
    const isRunning = batch.hasLeft;
    const until = isRunning ? batch.startedAt : scheduler.queue.now;
    const waitMs = until - batch.timeAt(call.index);
    scheduler.remove(call, error);
    stats.left(reason);
    call.resolve(new Rejection(error));
    call.end();
    watch.tell("onLeave", {
      reason,
      error,
      waitMs,
      batchId: isRunning ? batch.id : undefined,
    });
  }

  /** Its deadline has passed. */
  expire(call: Call): void {
    const { refusals, settings } = this.#owner;
    const deadlineMs = call.deadlineMs ?? settings.deadlineMs;
    this.leave(call, "expired", refusals.expired(deadlineMs));
  }

  /** Its policy has given it up. */
  drop(call: Call): void {
    const { refusals, scheduler, settings } = this.#owner;
    const afterMs = retryAfterMs(scheduler, settings, this.#owner.now());
    this.leave(call, "dropped", refusals.givenUp(afterMs));
  }

  /** All calls that are not answered yet: the time for closing is over. */
  expel(): void {
    const { refusals, scheduler } = this.#owner;
    const error = refusals.closedBefore();
    for (const call of scheduler.calls()) this.leave(call, "closed", error);
  }
}
