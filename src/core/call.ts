/**
 * The records that travel: a call, and the batch that calls leave with.
 *
 * @module
 */
import type { Alarmed } from "./alarms.ts";
import { Ledger } from "./ledger.ts";
import type { LanePolicy } from "./policy.ts";

/** Calls of equal lane key may share a batch. */
export type LaneKey =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined;

/**
 * Why a batch left: it was `full`, or could take no more `weight`; its `window` was over; it was not held for
 * company (`idle`), or only as long as `adaptive` thought best; a call was close to its `deadline`; it was sent by
 * `flush` or `close`.
 */
export type LeaveReason =
  | "full"
  | "weight"
  | "window"
  | "idle"
  | "adaptive"
  | "deadline"
  | "flush"
  | "close";

/** Why a call must leave as soon as there is a slot, or, `unbound`, without one; what weighs more comes later. */
export type Hurry = "deadline" | "flush" | "unbound";

/** Takes what became of a call; the whole of a call that wants nothing more. */
export type Resolve = (outcome: unknown) => void;

/** What a caller may hear of the batch that answered it. */
export interface SettleInfo {
  /** Counts the batches of a batcher from 1. */
  readonly batchId: number;
  /** How many calls the batch left with. */
  readonly size: number;
  /** Why it left. */
  readonly reason: LeaveReason;
  /** How long this call waited for it to leave, in ms. */
  readonly waitMs: number;
  /** How long it ran, in ms. */
  readonly runMs: number;
}

/** Hears once that a call has been answered or has left. */
export interface Ending {
  /** That has happened. */
  end(): void;
}

/** A call with demands of its own. It knows its place, so that it can leave early. */
export class Call implements Alarmed {
  /** Takes what became of it; its batch sets it where the caller sat down first. */
  resolve: Resolve;
  /** The batch that it waits or runs in; `undefined` before and after. */
  batch: Batch<unknown> | undefined = undefined;
  /** Its position in that batch. */
  index = 0;
  /** Calls of a higher one leave first. Its lane raises it when others come to share its place. */
  priority: number;
  /** Within how many ms it must be answered; `undefined` as long as that counts which all calls have. */
  deadlineMs: number | undefined = undefined;
  /** Since when, in ms. */
  deadlineFrom: number = NaN;
  alarmAt: number = Infinity;
  alarmIndex: number = -1;
  /** Set while it waits and must leave soon: why. Its lane counts those. */
  hurry: Hurry | undefined = undefined;
  /** Whether a flush waits for it: each time that it comes back it must leave soon. */
  isFlushed = false;
  /** Its place among those that came at the same time, once it does not stand where it came in. */
  rank: number = Infinity;
  /** Hears of its batch, unless it left before. */
  onSettle: ((info: SettleInfo) => void) | undefined = undefined;
  /** What the `onCall` hook said of it. */
  tag: unknown = undefined;
  /** Who asked to be told of its end; an array where several did. */
  #ending: Ending | Ending[] | undefined = undefined;

  /** Makes a call that waits nowhere yet. */
  constructor(resolve: Resolve = NOBODY, priority = 0) {
    this.resolve = resolve;
    this.priority = priority;
  }

  /** When its own deadline passes, in ms; `NaN` if it has none. */
  get deadlineAt(): number {
    return this.deadlineFrom + this.deadlineMs!;
  }

  /** Asks to be told when it has been answered or has left. */
  whenEnded(ending: Ending): void {
    const others = this.#ending;
    if (others === undefined) this.#ending = ending;
    else if (Array.isArray(others)) others.push(ending);
    else this.#ending = [others, ending];
  }

  /** What the `onCall` hook said of it, if anything. */
  get tags(): unknown[] {
    return this.tag === undefined ? [] : [this.tag];
  }

  /** Tells those who asked; once. */
  end(): void {
    const ending = this.#ending;
    this.#ending = undefined;
    if (!Array.isArray(ending)) return ending?.end();
    for (const one of ending) one.end();
  }
}

/** What stands in a batch for each caller. */
export type Ticket = Resolve | Call;

/** What runs a batch, as far as the queue must know. */
export interface BatchRun {
  /** How many calls have been fulfilled so far. */
  readonly results: number;
  /** How many calls have been rejected by the answer so far. */
  readonly failures: number;
  /** Hears that a caller has left. */
  left(error: unknown): void;
  /** Ends it, whatever its handler does. */
  cancel(error: unknown): void;
}

/** Where the calls of a batch came in. */
export interface Home {
  /** What they have in common. */
  readonly key: LaneKey;
  /** Whether they were made from inside a running batch. */
  readonly nested: boolean;
}

/** Visits the place of a call; may answer false to visit no others. */
export type Visit = (batch: Batch<unknown>, index: number) => boolean | void;

/** A call on its way from one batch to another. */
export interface Entry<Item> {
  /** What its caller gave. */
  readonly item: Item;
  /** Who waits for the answer. */
  readonly ticket: Ticket;
  /** When it came, in ms. */
  readonly time: number;
  /** What it weighs. */
  readonly weight: number;
}

/**
 * Calls that leave together, as parallel arrays: `items[i]` is answered through
 * `tickets[i]`. Where a ticket is missing, its caller has left. The arrays that calls
 * are put into are the ones that they leave with: nothing is copied on the way.
 */
export class Batch<Item> implements Alarmed {
  /** Counts the batches of a batcher from 1; 0 until it leaves. */
  id = 0;
  /** The lane that it belongs to. */
  readonly home: Home;
  /** What the callers gave; as long as `count` once it has left, before that maybe longer. */
  readonly items: Item[];
  /** Who waits for the answers; as long as `items`. */
  readonly tickets: (Ticket | undefined)[];
  /** How many more calls may be put by {@link append}. The queue says so. */
  room = 0;
  /** How many calls have been put into it, those included that have left. */
  count = 0;
  /** How many callers have left. */
  left = 0;
  /** Every index below is empty; grows as callers leave at the head. */
  head = 0;
  /** Why it left. */
  reason: LeaveReason = "full";
  /** When it left, in ms; `NaN` while it waits. */
  startedAt: number = NaN;
  /** Whether it runs without a slot. */
  unbound = false;
  /** When it will probably end, in ms, by what its policy said as it left. */
  expectedEndAt: number = NaN;
  /** How many batches ran already when it left. */
  runningAtStart = 0;
  alarmAt: number = Infinity;
  alarmIndex: number = -1;
  /** The batch that stands behind it in its lane. */
  next: Batch<Item> | undefined = undefined;
  /** The policy that knows of it, as it decided when it left. */
  policy: LanePolicy | undefined = undefined;
  /** What runs it, once it has left. */
  run: BatchRun | undefined = undefined;

  /** When the last call came, in ms, and with it all of whom the ledger does not know. */
  #time = 0;
  /** Where not all came at once, or do not all weigh 1. */
  #ledger: Ledger | undefined = undefined;

  /** Makes an empty batch of that lane, for as many calls as are to be expected. */
  constructor(home: Home, expected = 0) {
    this.home = home;
    this.items = new Array(expected);
    this.tickets = new Array(expected);
  }

  /** What its calls have in common. */
  get lane(): LaneKey {
    return this.home.key;
  }

  /** How many callers are still in it. */
  get size(): number {
    return this.count - this.left;
  }

  /** Whether it has left the queue. */
  get hasLeft(): boolean {
    return this.id > 0;
  }

  /** When the call at this place came, in ms. */
  timeAt(index: number): number {
    return this.#ledger?.times[index] ?? this.#time;
  }

  /** What the call at this place weighs. */
  weightAt(index: number): number {
    return this.#ledger?.weights[index] ?? 1;
  }

  /** What its calls weigh together; those count that have left it while it ran. */
  get weight(): number {
    const calls = this.hasLeft ? this.count : this.size;
    const ledger = this.#ledger;
    return ledger ? ledger.weight + (calls - ledger.present) : calls;
  }

  /** The sum of the times at which the calls came that wait in it. */
  get arrivals(): number {
    const ledger = this.#ledger;
    if (ledger === undefined) return this.size * this.#time;
    return ledger.arrivals + (this.size - ledger.present) * this.#time;
  }

  /** The call at this place, and all that belongs to it. */
  entryAt(index: number): Entry<Item> {
    return {
      item: this.items[index]!,
      ticket: this.tickets[index]!,
      time: this.timeAt(index),
      weight: this.weightAt(index),
    };
  }

  /** All who are still in it. */
  entries(): Entry<Item>[] {
    const entries: Entry<Item>[] = [];
    this.forEach((_, index) => void entries.push(this.entryAt(index)));
    return entries;
  }

  /** When the first of its calls came, in ms, gaps included: of calls of several priorities any may have. */
  get oldestAt(): number {
    const time = this.#time;
    return this.#ledger?.times.reduce((a, b) => Math.min(a, b), time) ?? time;
  }

  /** Appends an item that came at this time, in ms; the ticket is missing. */
  put(item: Item, time: number, weight: number): void {
    const index = this.count++;
    this.items[index] = item;
    if (index === 0) this.#time = time;
    if (time === this.#time && weight === 1) return;
    this.#ledger ??= new Ledger();
    this.#ledger.cover(index, index - this.left, this.#time);
    if (weight !== 1) this.#ledger.add(time, weight);
    this.#time = time;
  }

  /** Appends an item that comes with the last one and weighs 1; the ticket is missing. Call with `room > 0` only. */
  append(item: Item): void {
    this.room--;
    this.items[this.count++] = item;
  }

  /** Gives the ticket of the item at this place, which is the one that was put last if nothing else is said. */
  hold(ticket: Ticket, index: number = this.count - 1): void {
    this.tickets[index] = ticket;
    if (typeof ticket === "function") return;
    ticket.batch = this;
    ticket.index = index;
  }

  /** The caller who sits at the place of the item that was put last has demands of its own; `ticket` is to stand for it. */
  serve(call: Call, ticket: Call): void {
    call.resolve = this.tickets[this.count - 1] as Resolve;
    this.hold(ticket);
  }

  /** Appends a call. */
  add({ item, ticket, time, weight }: Entry<Item>): void {
    this.put(item, time, weight);
    this.hold(ticket);
  }

  /** Visits the places of all who are still in it; ends when a visit answers false. */
  forEach(visit: Visit): boolean {
    for (let index = this.head; index < this.count; index++) {
      if (this.tickets[index] === undefined) continue;
      if (visit(this, index) === false) return false;
    }
    return true;
  }

  /** Nothing is put any more. */
  seal(): void {
    if (this.items.length === this.count) return;
    this.items.length = this.tickets.length = this.count;
  }

  /** The call at this place, with demands of its own from now on. */
  callAt(index: number): Call {
    const ticket = this.tickets[index]!;
    if (typeof ticket === "object") return ticket;
    const call = new Call(ticket);
    this.hold(call, index);
    return call;
  }

  /** Lets the caller at this place go. */
  vacate(index: number): void {
    this.tickets[index] = undefined;
    this.left++;
    if (!this.hasLeft) this.#ledger?.remove(index);
  }

  /** Closes the gaps. */
  compact(): void {
    const entries = this.entries();
    this.count = this.left = this.head = 0;
    this.#ledger = undefined;
    for (const entry of entries) this.add(entry);
    this.seal();
  }

  /** The index of the first caller that is still in it; call with `size > 0` only. */
  first(): number {
    while (this.tickets[this.head] === undefined) this.head++;
    return this.head;
  }
}

const NOBODY: Resolve = () => {};
