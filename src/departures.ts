/**
 * Calls that leave before they are answered.
 *
 * @module
 */
import type { Call } from "./core/call.ts";
import type { Scheduler } from "./core/scheduler.ts";
import type { LeaveEvent, Watch } from "./hooks.ts";
import type { Refusals } from "./refusals.ts";
import { Rejection } from "./rejection.ts";
import type { Settings } from "./settings.ts";
import { JoinedCall, SharedPlace } from "./shared_place.ts";
import type { Sharing } from "./sharing.ts";
import type { Stats } from "./stats.ts";

/** Where calls leave. */
export interface DeparturesOwner<In> {
  readonly settings: Settings<In>;
  readonly scheduler: Scheduler<In>;
  readonly refusals: Refusals;
  readonly sharing: Sharing<In> | undefined;
  readonly stats: Stats;
  readonly watch: Watch;
  /** When the queue will have been worked off, in ms from now. */
  readonly retryAfterMs: number;
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

  /** Takes a call out of the queue, or of its batch; a place that is shared leaves with its last call. */
  leave(call: Call, reason: LeaveEvent["reason"], error: unknown): void {
    const seat = call instanceof JoinedCall ? call.place : call;
    const { batch } = seat;
    if (batch === undefined) return;
    const { scheduler, sharing, stats, watch, settings: { name } } =
      this.#owner;
    this.#owner.beginTurn();
    const { hasLeft, startedAt, id } = batch;
    const until = hasLeft ? startedAt : scheduler.queue.now;
    const placedAt = batch.timeAt(seat.index);
    const leaving = sharing?.part(call) ?? [call];
    const isShared = seat instanceof SharedPlace && !seat.isOver;
    if (!isShared) scheduler.remove(seat, error);
    for (const caller of leaving) {
      const cameAt = caller instanceof JoinedCall ? caller.cameAt : placedAt;
      const waitMs = Math.max(0, until - cameAt);
      const batchId = hasLeft ? id : undefined;
      stats.left(reason);
      caller.resolve(new Rejection(error));
      caller.end();
      watch.tell("onLeave", { name, reason, error, waitMs, batchId });
    }
    if (!isShared) seat.end();
  }

  /** Its signal has aborted. */
  readonly abort = (call: Call, reason: unknown): void =>
    this.leave(call, "aborted", reason);

  /** Its deadline has passed, or that of some who share its place. */
  expire(call: Call): void {
    const { refusals, scheduler, settings } = this.#owner;
    const late = call instanceof SharedPlace
      ? call.lateBy(scheduler.queue.now)
      : [call];
    for (const caller of late) {
      const spanMs = caller.deadlineMs ?? settings.deadlineMs;
      this.leave(caller, "expired", refusals.expired(spanMs));
    }
  }

  /** Its policy has given it up. */
  drop(call: Call): void {
    const { refusals, retryAfterMs } = this.#owner;
    this.leave(call, "dropped", refusals.givenUp(retryAfterMs));
  }

  /** All calls that are not answered yet, and all batches: the time for closing is over. */
  expel(): void {
    const { refusals, scheduler } = this.#owner;
    const error = refusals.closedBefore();
    for (const call of scheduler.calls()) this.leave(call, "closed", error);
    for (const { run } of [...scheduler.slots.batches]) run?.cancel(error);
  }
}
