/**
 * Which lanes are asked whether they leave, and what they answer.
 *
 * @module
 */
import { Alarms } from "./alarms.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Lane } from "./lane.ts";
import type { Limits } from "./policy.ts";
import type { Port } from "./port.ts";
import type { Queue } from "./queue.ts";
import type { Slots } from "./slots.ts";
import { trimmed } from "./trim.ts";

/** What an {@link Inquiry} knows. */
export interface Subject<Item> {
  readonly options: Limits;
  readonly queue: Queue<Item>;
  readonly slots: Slots<Item>;
  readonly deadlines: Deadlines;
  readonly port: Port<Item>;
}

/** Asks lanes, and knows when each of them is to be asked again: what a lane has said holds until then. */
export class Inquiry<Item> {
  readonly #subject: Subject<Item>;
  /** When lanes want to be looked at. */
  readonly #alarms = new Alarms<Lane<Item>>();

  /** Makes one that has asked nobody. */
  constructor(subject: Subject<Item>) {
    this.#subject = subject;
  }

  /** When the next lane wants to be looked at, in ms. */
  get next(): number {
    return this.#alarms.next;
  }

  /** Nobody waits in this lane. */
  forget(lane: Lane<Item>): void {
    this.#alarms.remove(lane);
  }

  /** Lanes that want to be looked at by now. */
  ring(now: number): void {
    const alarms = this.#alarms;
    for (let lane = alarms.due(now); lane; lane = alarms.due(now)) {
      this.#subject.queue.touch(lane);
      lane.lookAt = Infinity;
      this.watch(lane, now);
    }
  }

  /** Whether a lane would leave now, and if so with how many of its calls and why; when closing all do. */
  ask(lane: Lane<Item>, now: number, isClosing: boolean): boolean {
    while (this.#wouldLeave(lane, now, isClosing)) {
      const mayLeave = isClosing || lane.fits(this.#subject.slots, now);
      // A policy may have aborted calls of which it was asked, lowered the size, or closed: then others come back.
      const most = Math.min(lane.waiting, this.#subject.options.size);
      if (most < Math.max(lane.offer, 1)) continue;
      if (mayLeave) return true;
      this.#subject.port.drop(lane.oldestCall());
    }
    return false;
  }

  #wouldLeave(lane: Lane<Item>, now: number, isClosing: boolean): boolean {
    const { options, slots, deadlines } = this.#subject;
    const { size, maxWeight = Infinity, preferredSizes } = options;
    lane.holdUntil(Infinity);
    const hearBy = deadlines.expireIn(lane, now);
    if (lane.waiting >= size) lane.leave(size, "full");
    else if (lane.waiting === 0) return false;
    else if (lane.weight >= maxWeight) lane.leave(size, "weight");
    else if (isClosing) lane.leave(size, "close");
    else if (lane.nested) lane.leave(size, "idle");
    else if (lane.hurry) lane.leave(size, lane.hurry);
    else if (now >= deadlines.leaveBy(hearBy)) lane.leave(size, "deadline");
    else if (slots.free > 0) lane.decide(slots, now);
    this.watch(lane, now, hearBy);
    if (lane.offer > 0 && preferredSizes) {
      // Whoever must hear soon may be the one who is left behind, with no slot to follow.
      const isUrgent = lane.reason === "deadline" && slots.free < 2;
      lane.offer = trimmed(lane.offer, preferredSizes, isUrgent);
    }
    return lane.offer > 0;
  }

  /** Sets the alarm of a lane: when it wants to be asked again, or one of its calls must leave or hear. */
  watch(
    lane: Lane<Item>,
    now: number,
    hearBy: number = this.#subject.deadlines.expireIn(lane, now),
  ): void {
    const leaveBy = this.#subject.deadlines.leaveBy(hearBy);
    const time = Math.min(lane.lookAt, now < leaveBy ? leaveBy : hearBy);
    if (time < Infinity) this.#alarms.set(lane, time);
    else this.#alarms.remove(lane);
  }
}
