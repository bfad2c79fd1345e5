/**
 * Who must hear by when.
 *
 * @module
 */
import { Alarms } from "./alarms.ts";
import type { Batch, Call, Ticket, Visit } from "./call.ts";
import type { Slots } from "./slots.ts";

/** What follows from a deadline. */
export interface DeadlinePort {
  /** This call must leave now to be answered in time. */
  hasten(call: Call): void;
  /** This call is too late. */
  expire(call: Call): void;
}

/**
 * A call with a deadline of its own has an alarm of its own: first when it should leave, then
 * at its deadline. The span that all others have in common needs none: in a lane the
 * oldest call is due first, so an alarm for each lane that waits and each batch that runs will do.
 */
export class Deadlines {
  /** How long every call may take that has no deadline of its own, in ms. */
  readonly spanMs: number;
  readonly #slots: Slots<unknown>;
  readonly #port: DeadlinePort;
  readonly #own = new Alarms<Call>();

  /** Makes one that knows no deadlines yet. */
  constructor(spanMs: number, slots: Slots<unknown>, port: DeadlinePort) {
    this.spanMs = spanMs;
    this.#slots = slots;
    this.#port = port;
  }

  /** Gives a call a deadline of its own, in ms from then; `Infinity`: none, not even that which all have. */
  set(call: Call, spanMs: number, from: number): void {
    call.deadlineMs = spanMs;
    call.deadlineFrom = from;
    if (spanMs === Infinity) return this.release(call);
    this.#own.set(call, call.deadlineAt - this.#lead(spanMs));
  }

  /** Forgets a call that has been answered or has left. */
  release(call: Call): void {
    this.#own.remove(call);
  }

  /** When a call should leave that has the deadline which all have, and must hear by then. */
  leaveBy(hearBy: number): number {
    return hearBy < Infinity ? hearBy - this.#lead(this.spanMs) : hearBy;
  }

  /** A batch leaves. */
  started(batch: Batch<unknown>): void {
    if (this.spanMs === Infinity) return;
    this.#slots.alarms.set(batch, batch.oldestAt + this.spanMs);
  }

  /** Lets calls leave that are due, and expire that are too late. */
  ring(now: number): void {
    const own = this.#own;
    for (let call = own.due(now); call; call = own.due(now)) {
      const { deadlineAt } = call;
      if (now >= deadlineAt) {
        own.remove(call);
        this.#port.expire(call);
      } else {
        if (!call.batch!.hasLeft) this.#port.hasten(call);
        own.set(call, deadlineAt);
      }
    }
    const { alarms } = this.#slots;
    for (let batch = alarms.due(now); batch; batch = alarms.due(now)) {
      const next = this.expireIn(batch, now);
      if (batch.alarmIndex >= 0) alarms.set(batch, next);
    }
  }

  /**
   * Expires the calls that have had their time, of a lane or of a batch that runs; each line is visited oldest first.
   *
   * @returns When the next of them will have had it, in ms.
   */
  expireIn(place: { forEach(visit: Visit): unknown }, now: number): number {
    if (this.spanMs === Infinity) return Infinity;
    const late: Call[] = [];
    let next = Infinity;
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
    const running = this.#slots.alarms.next;
    for (;;) {
      const nearest = this.#own.due(Infinity);
      if (nearest === undefined) return running;
      const { deadlineAt, alarmAt, batch } = nearest;
      if (alarmAt >= deadlineAt || !batch?.hasLeft) {
        return Math.min(soon ? deadlineAt : alarmAt, running);
      }
      this.#own.set(nearest, deadlineAt);
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
  return typeof ticket === "object" && ticket.deadlineMs !== undefined;
}
