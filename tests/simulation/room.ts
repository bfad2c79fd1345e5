/**
 * Whether there is room in the queue, who is dropped for whom, and those who wait for room (R18).
 *
 * @module
 */
import type { ListenedSignal } from "../batcher/listened_signal.ts";
import type { Caller, Went } from "./caller.ts";
import type { Model } from "./model.ts";

/** How long a place is kept where others wait for one, in ms. */
const KEPT_MS = 1000;

/** Somebody who waits for room. */
export interface Waiter {
  readonly signal: ListenedSignal | undefined;
  /** Whether it was made from inside a batch, where room is no matter. */
  readonly isNested: boolean;
}

/** The places in the queue. */
export class Room {
  /** Who waits, in order. */
  readonly waiters: Waiter[] = [];
  readonly #model: Model;
  /** When the places were granted that are kept, oldest first, in ms. */
  #kept: number[] = [];
  /** How many calls were made since the last rest by others than those who had waited for room. */
  #strangers = 0;
  /** Till when it is not known how many places are kept, in ms. */
  #unsureTill = -Infinity;

  /** Nobody waits. */
  constructor(model: Model) {
    this.#model = model;
  }

  /** When the oldest place that is kept goes to somebody else, in ms. */
  get lapseAt(): number {
    const [oldest] = this.#kept;
    if (oldest === undefined || this.waiters.length === 0) return Infinity;
    return oldest + KEPT_MS;
  }

  /** Says what becomes of a call that is made now, and who is dropped for it. */
  verdict(caller: Caller, isAwaited: boolean): Caller["verdict"] {
    const { isUnsettled, clock, waiting } = this.#model;
    if (!this.#isLimited) return "accepted";
    let isSure = this.#isSure &&
      (!isUnsettled || (isAwaited && this.#strangers === 0));
    if (!isAwaited) {
      this.#strangers++;
      // Whether it takes a place that is kept depends on who comes first.
      const isRace = isUnsettled
        ? this.waiters.length + this.#kept.length > 0
        : this.waiters.length > 0 && !this.#isFull;
      if (isRace) {
        this.#unsureTill = clock.now() + KEPT_MS;
        isSure = false;
      }
    }
    const isKept = this.#kept.shift() !== undefined;
    if (!isKept || this.#isLaneLimited) isSure &&= !isUnsettled;
    if (!isSure || this.#model.promised.sheds) {
      this.#model.isUnsettled = true;
      return undefined;
    }
    const line = waiting.filter(({ key }) => key === caller.key);
    const before = waiting.length;
    const isLaneFull = this.#isLaneFull(line);
    if (isLaneFull && !this.#drop(line, caller)) return "refused";
    // One of its lane has gone for it, even where it is not known which.
    const isVague = isLaneFull && waiting.length === before;
    if (isKept || !this.#isFullBut(isVague ? 1 : 0)) return "accepted";
    if (isVague) return undefined;
    return this.#drop(waiting, caller) ? "accepted" : "refused";
  }

  /** Somebody asks for room. */
  wait(waiter: Waiter): void {
    this.#model.isUnsettled = true;
    if (!waiter.isNested) this.waiters.push(waiter);
  }

  /** Somebody who has waited hears that there is room. */
  granted(waiter: Waiter): void {
    if (waiter.isNested) return;
    this.#model.isUnsettled = true;
    this.#model.demand(
      "R18 who waits for room is served in order",
      this.waiters[0] === waiter,
      () => "somebody else is",
    );
    this.#leave(waiter);
    this.#lapse();
    this.#kept.push(this.#model.clock.now());
  }

  /** Somebody who has waited hears that there will be no room. */
  refused(waiter: Waiter, error: unknown): void {
    const { signal } = waiter;
    const isAborted = signal?.signal.aborted && error === signal.signal.reason;
    this.#model.demand(
      "R18 a wait for room ends with the signal or on close",
      isAborted || this.#model.endings.isClosed,
      () => `it does: ${error}`,
    );
    this.#leave(waiter);
  }

  /** Says whether a call that found the queue full was accepted before. */
  wayOut({ id, verdict, mustLeave }: Caller): Went {
    if (mustLeave === "dropped") return mustLeave;
    if (verdict === "refused") return "refused";
    const { setup, promised } = this.#model;
    if (setup.overflow === "reject" && !promised.sheds) {
      this.#model.demand(
        "R18 who was accepted is not refused later",
        verdict === undefined,
        () => `${id} is`,
      );
      return "refused";
    }
    if (verdict === undefined) return "refused or dropped";
    this.#model.demand(
      "R18 only the oldest call is dropped",
      this.mayDrop,
      () => `${id} is`,
    );
    return "dropped";
  }

  /** At rest nobody waits while there is room. */
  check(batcher: { readonly full: boolean }): void {
    const { clock, endings } = this.#model;
    this.#strangers = 0;
    const isFull = batcher.full;
    if (endings.isClosed) this.#kept = [];
    this.#lapse();
    if (!this.#isSure) return;
    this.#model.demand(
      "R18 `full` says whether the next call is refused",
      endings.isClosed || isFull === this.#isFull,
      () => `it says ${isFull}`,
    );
    for (const { signal } of this.waiters) {
      const isOver = signal?.signal.aborted || endings.isClosed;
      this.#model.demand(
        "R18 a wait for room ends with the signal or on close",
        !isOver,
        () => "somebody waits",
      );
    }
    this.#model.demand(
      "R18 nobody waits while there is room",
      this.#isFull || this.waiters.length === 0 || !clock.isSound,
      () => `${this.waiters.length} do`,
    );
  }

  /** Whether calls may be dropped without it being known yet which. */
  get mayDrop(): boolean {
    const { isUnsettled, setup, promised } = this.#model;
    if (promised.sheds) return true;
    return setup.overflow !== "reject" && this.#isLimited &&
      (isUnsettled || !this.#isSure);
  }

  get #isLimited(): boolean {
    const { setup, promised } = this.#model;
    return setup.maxQueue < Infinity || this.#isLaneLimited || promised.sheds;
  }

  get #isLaneLimited(): boolean {
    return this.#model.setup.maxQueuePerLane < Infinity;
  }

  get #isSure(): boolean {
    const { clock, waiting, slots } = this.#model;
    const now = clock.now();
    // Some may have left because of their deadlines, but not have told of it yet.
    return now >= this.#unsureTill && slots.isSure &&
      waiting.every(({ expiresFrom }) => now < expiresFrom);
  }

  /** To be asked only when all is settled. */
  get #isFull(): boolean {
    return this.#isFullBut(0);
  }

  /** The same when so many have gone of whom that is not known. */
  #isFullBut(gone: number): boolean {
    const { queued, setup: { maxQueue } } = this.#model;
    return queued - gone + this.#kept.length >= maxQueue + this.#open;
  }

  /** The same for the calls of one lane. */
  #isLaneFull(line: readonly Caller[]): boolean {
    const { length } = line.filter(({ isNested }) => !isNested);
    return length >= this.#model.setup.maxQueuePerLane + this.#open;
  }

  /** How many calls the free slots take. */
  get #open(): number {
    const { slots: { free }, setup: { size } } = this.#model;
    return free > 0 ? free * size : 0;
  }

  /** One of these calls goes, if there is one that may. Of several that came at once either may. */
  #drop(callers: readonly Caller[], { priority }: Caller): boolean {
    const { overflow } = this.#model.setup;
    let held = callers.filter(({ isNested }) => !isNested);
    if (overflow === "drop-lowest") {
      const lowest = Math.min(...held.map(({ priority }) => priority));
      held = held.filter((caller) => caller.priority === lowest);
      if (lowest >= priority) return false;
    }
    if (overflow === "reject") return false;
    const oldestAt = Math.min(...held.map(({ at }) => at));
    const oldest = held.filter(({ since }) => since <= oldestAt);
    const [victim] = oldest;
    if (victim === undefined) return false;
    const isOnly = oldest.every(({ key, priority }) =>
      key === victim.key && priority === victim.priority
    );
    if (isOnly) {
      victim.mustLeave = "dropped";
      this.#model.leave(victim);
    } else {
      this.#model.isUnsettled = true;
    }
    return true;
  }

  /** Places of those who did not come in time go to others. */
  #lapse(): void {
    const now = this.#model.clock.now();
    this.#kept = this.#kept.filter((at) => now < at + KEPT_MS);
  }

  #leave(waiter: Waiter): void {
    const index = this.waiters.indexOf(waiter);
    if (index >= 0) this.waiters.splice(index, 1);
  }
}
