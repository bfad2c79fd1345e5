/**
 * Who must hear by when.
 *
 * @module
 */
import { Alarms } from "./alarms.ts";
import type { Batch, Call, Ticket, Visit } from "./call.ts";
import { Deadline } from "./deadline.ts";

/** What follows from a deadline. */
export interface DeadlinePort {
  /** This call must leave now to be answered in time. */
  hasten(call: Call): void;
  /** This call is too late. */
  expire(call: Call): void;
}

/** Where calls wait or run: visits them, each line oldest first. */
interface Place {
  forEach(visit: Visit): unknown;
}

/**
 * A call with a deadline of its own has an alarm of its own: first when it should leave, then
 * at its deadline. The span that all others have in common needs none: in a lane the
 * oldest call is due first, so an alarm for each lane that waits and each batch that runs will do.
 */
export class Deadlines {
  /** How long every call may take that has no deadline of its own, in ms. */
  readonly spanMs: number;
  readonly #slots: { readonly meanRunMs: number };
  readonly #port: DeadlinePort;
  readonly #own = new Alarms<Deadline<Call>>();
  readonly #running = new Alarms<Batch<unknown>>();

  /** Makes one that knows no deadlines yet. */
  constructor(
    spanMs: number,
    slots: { readonly meanRunMs: number },
    port: DeadlinePort,
  ) {
    this.spanMs = spanMs;
    this.#slots = slots;
    this.#port = port;
  }

  /** Gives a call a deadline of its own, in ms from then; `Infinity`: none, not even that which all have. */
  set(call: Call, spanMs: number, from: number): void {
    this.release(call);
    const deadline = call.deadline = new Deadline(call, spanMs, from);
    if (spanMs === Infinity) return;
    this.#own.set(deadline, deadline.at - this.#lead(spanMs));
  }

  /** Forgets a call that has been answered or has left. */
  release({ deadline }: Call): void {
    if (deadline !== undefined) this.#own.remove(deadline);
  }

  /** When the oldest call came that has no deadline of its own, in ms; `Infinity` when there is none. */
  oldestIn(lane: Place): number {
    let oldest = Infinity;
    if (this.spanMs === Infinity) return oldest;
    lane.forEach((batch, index) => {
      if (hasOwn(batch.tickets[index])) return true;
      oldest = Math.min(oldest, batch.timeAt(index));
      return false;
    });
    return oldest;
  }

  /** By when such a call must leave that came at this time, in ms. */
  leaveBy(time: number): number {
    if (time === Infinity) return time;
    return time + this.spanMs - this.#lead(this.spanMs);
  }

  /** A batch leaves. */
  started(batch: Batch<unknown>): void {
    if (this.spanMs < Infinity) {
      this.#running.set(batch, batch.oldestAt + this.spanMs);
    }
  }

  /** A batch has ended. */
  ended(batch: Batch<unknown>): void {
    this.#running.remove(batch);
  }

  /** Lets calls leave that are due, and expire that are too late. */
  ring(now: number): void {
    const own = this.#own;
    for (let due = own.due(now); due !== undefined; due = own.due(now)) {
      const { of: call, at } = due;
      if (now >= at) {
        own.remove(due);
        this.#port.expire(call);
      } else {
        if (!call.batch!.hasLeft) this.#port.hasten(call);
        own.set(due, at);
      }
    }
    let batch = this.#running.due(now);
    for (; batch; batch = this.#running.due(now)) {
      this.#running.remove(batch);
      const next = this.expireIn(batch, now);
      if (next < Infinity) this.#running.set(batch, next);
    }
  }

  /**
   * Expires the calls that have had their time, of a lane or of a batch that runs.
   *
   * @returns When the next of them will have had it, in ms.
   */
  expireIn(place: Place, now: number): number {
    const late: Call[] = [];
    let next = Infinity;
    if (this.spanMs === Infinity) return next;
    place.forEach((batch, index) => {
      if (hasOwn(batch.tickets[index])) return;
      const deadlineAt = batch.timeAt(index) + this.spanMs;
      if (deadlineAt <= now) late.push(batch.callAt(index));
      else if (deadlineAt < next) next = deadlineAt;
      // In a lane all others came later; a batch may have calls of several priorities.
      return deadlineAt <= now || batch.hasLeft;
    });
    for (const call of late) this.#port.expire(call);
    return next;
  }

  /**
   * When the next alarm rings, in ms. A call that has left need not be told to leave; one that may leave at the
   * end of this turn, `soon`, is seen to by then.
   */
  next(soon: boolean): number {
    for (;;) {
      const nearest = this.#own.due(Infinity);
      if (nearest === undefined) return this.#running.next;
      const { of: call, at, alarmAt } = nearest;
      if (soon || alarmAt >= at || !call.batch?.hasLeft) {
        return Math.min(soon ? at : alarmAt, this.#running.next);
      }
      this.#own.set(nearest, at);
    }
  }

  /** How long before its deadline a call should leave, in ms. */
  #lead(deadlineMs: number): number {
    const { meanRunMs } = this.#slots;
    return meanRunMs >= 0
      ? Math.max(2 * meanRunMs, deadlineMs / 4)
      : deadlineMs / 2;
  }
}

/** Whether a call has a deadline of its own. */
function hasOwn(ticket: Ticket | undefined): boolean {
  return typeof ticket === "object" && ticket.deadline !== undefined;
}
