/**
 * Which lanes are asked whether they leave, and what they answer.
 *
 * @module
 */
import { Alarms } from "./alarms.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Lane } from "./lane.ts";
import type { Limits } from "./policy.ts";
import type { Queue } from "./queue.ts";
import type { Slots } from "./slots.ts";
import { trimmed } from "./trim.ts";
import type { Call } from "./call.ts";

/** Where the other consequences of an answer go. */
export interface InquiryPort {
  /** Its policy has given this call up. */
  drop(call: Call): void;
  /** A policy has thrown this. */
  report(error: unknown): void;
}

/** What an {@link Inquiry} knows. */
export interface Subject<Item> {
  readonly options: Limits;
  readonly queue: Queue<Item>;
  readonly slots: Slots<Item>;
  readonly deadlines: Deadlines;
}

/**
 * Asks lanes in which something has happened, lanes whose time has come, and, when a slot
 * has become free, all of them: what a lane has said holds until then.
 */
export class Inquiry<Item> {
  /** Set when no call comes any more and everything that waits is to leave. */
  closing = false;
  /** Set when all lanes are to be asked. */
  asksAll = false;
  /** Set when some lanes may leave without a slot that are not nested. */
  hasUnbound = false;

  readonly #options: Limits;
  readonly #queue: Queue<Item>;
  readonly #slots: Slots<Item>;
  readonly #deadlines: Deadlines;
  readonly #port: InquiryPort;
  /** When lanes want to be looked at. */
  readonly #alarms = new Alarms<Lane<Item>>();
  /** The list for those in which something happens while others are asked; the two take turns. */
  #spare: Lane<Item>[] = [];
  /** How many of the lanes that wait to be asked have an alarm. */
  #watched = 0;

  /** Makes one that has asked nobody. */
  constructor(subject: Subject<Item>, port: InquiryPort) {
    this.#options = subject.options;
    this.#queue = subject.queue;
    this.#slots = subject.slots;
    this.#deadlines = subject.deadlines;
    this.#port = port;
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
      alarms.remove(lane);
      if (this.#deadlines.spanMs < Infinity) {
        this.#deadlines.expireIn(lane, now);
      }
      this.#queue.soil(lane);
      lane.lookAt = Infinity;
      this.#watch(lane, now);
    }
  }

  /** Tells policies at the end of a turn which calls have come; returns whether that is still to be done. */
  tell(endOfTurn: boolean): boolean {
    const [queue, slots] = [this.#queue, this.#slots];
    if (queue.unheard.length === 0) return false;
    if (!endOfTurn) return slots.free > 0;
    for (const lane of queue.unheard) {
      lane.isUnheard = false;
      queue.hear(lane);
    }
    queue.unheard.length = 0;
    return false;
  }

  /** All lanes when a slot has become free, otherwise those in which something has happened. */
  lanesToAsk(): readonly Lane<Item>[] {
    const [queue, slots] = [this.#queue, this.#slots];
    const { dirty } = queue;
    const asksAll = this.asksAll || slots.hasFreed || this.closing;
    const isBusy = slots.free <= 0 && !asksAll;
    if (isBusy) this.#watchDirty();
    if (isBusy && queue.nested === 0 && !this.hasUnbound) return NONE;
    this.asksAll = slots.hasFreed = false;
    this.#watched = 0;
    this.#spare.length = 0;
    [queue.dirty, this.#spare] = [this.#spare, dirty];
    for (const lane of dirty) lane.isDirty = false;
    if (asksAll) return [...queue.lanes];
    if (!isBusy) return dirty;
    for (const lane of dirty) if (!lane.isUnbound) queue.soil(lane);
    const unbound = dirty.filter((lane) => lane.isUnbound);
    this.hasUnbound = unbound.length > 0;
    return unbound;
  }

  /** Whether a lane would leave now, and if so with how many of its calls and why. */
  ask(lane: Lane<Item>, now: number): boolean {
    while (this.#wouldLeave(lane, now)) {
      if (this.#fits(lane, now)) return true;
      this.#port.drop(lane.oldestCall());
    }
    return false;
  }

  #wouldLeave(lane: Lane<Item>, now: number): boolean {
    const { size, maxWeight = Infinity, preferredSizes } = this.#options;
    lane.holdUntil(Infinity);
    if (lane.waiting >= size) lane.leave(size, "full");
    else if (lane.waiting === 0) return false;
    else if (lane.weight >= maxWeight) lane.leave(size, "weight");
    else if (this.closing) lane.leave(size, "close");
    else if (lane.nested) lane.leave(size, "idle");
    else if (lane.hurried > 0) lane.leave(size, lane.hurry);
    else if (this.#mustLeave(lane, now)) lane.leave(size, "deadline");
    else if (this.#slots.free > 0) this.#consult(lane, now);
    this.#watch(lane, now);
    if (lane.offer > 0 && preferredSizes) {
      lane.offer = trimmed(lane.offer, preferredSizes);
    }
    return lane.offer > 0;
  }

  /** Whether a policy lets the calls leave that are to, if only some of them. */
  #fits(lane: Lane<Item>, now: number): boolean {
    const { policy, offer } = lane;
    if (policy.fits === undefined || lane.isUnbound || this.closing) {
      return true;
    }
    try {
      const fit = Math.floor(policy.fits(offer, lane, this.#slots, now));
      if (fit < offer) lane.offer = fit;
    } catch (error) {
      this.#port.report(error);
    }
    return lane.offer >= 1;
  }

  #mustLeave(lane: Lane<Item>, now: number): boolean {
    return this.#deadlines.spanMs < Infinity &&
      now >= this.#deadlines.leaveBy(lane.oldestAt);
  }

  /** A policy that throws keeps nobody waiting: its lane leaves. */
  #consult(lane: Lane<Item>, now: number): void {
    try {
      lane.policy.decide(lane, this.#slots, now, lane);
    } catch (error) {
      lane.leave(lane.waiting, "idle");
      this.#port.report(error);
    }
  }

  /** Sets the alarm of a lane: when it wants to be asked again, or its oldest call must leave or hear. */
  #watch(lane: Lane<Item>, now: number): void {
    let time = lane.lookAt;
    if (this.#deadlines.spanMs < Infinity && lane.waiting > 0) {
      const { oldestAt } = lane;
      const leaveBy = this.#deadlines.leaveBy(oldestAt);
      const hearBy = oldestAt + this.#deadlines.spanMs;
      time = Math.min(time, now < leaveBy ? leaveBy : hearBy);
    }
    if (time < Infinity) this.#alarms.set(lane, time);
    else this.#alarms.remove(lane);
  }

  /** Lanes that cannot leave now have deadlines all the same. */
  #watchDirty(): void {
    const { dirty, now } = this.#queue;
    if (this.#deadlines.spanMs === Infinity) return;
    for (; this.#watched < dirty.length; this.#watched++) {
      this.#watch(dirty[this.#watched]!, now);
    }
  }
}

const NONE: readonly never[] = [];
