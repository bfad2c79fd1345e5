/**
 * Calls that may share a batch, in the order in which they came.
 *
 * @module
 */
import { Batch, type Call, type LaneKey, type LeaveReason } from "./call.ts";
import type { LanePolicy, LaneView, Verdict } from "./policy.ts";

/**
 * A line of batches: calls enter the last one, `open`, and leave from the first one.
 *
 *     first ─▶ [ full ][ full ][ open ◀─ put
 *
 * As long as nobody leaves early, a batch in this line is the batch that leaves. Where
 * callers have left, `take` fills the gaps from behind.
 */
export class Lane<Item> implements LaneView, Verdict {
  /** What its calls have in common. */
  readonly key: LaneKey;
  /** Whether its calls were made from inside running batches: they need no slot. */
  readonly nested: boolean;
  /** Says when it leaves. */
  readonly policy: LanePolicy;
  /** Where the next call goes. */
  open: Batch<Item>;
  /** How many calls wait. */
  waiting = 0;
  /** The sum of the times at which they came. */
  arrivals = 0;
  /** How many of its batches run. The scheduler counts. */
  running = 0;
  /** How many waiting calls must leave as soon as there is a slot. */
  hurried = 0;
  /** Set while everything that waits may leave without a slot. The scheduler sets it. */
  unbound = false;
  /** Why they must. */
  hurry: LeaveReason = "flush";
  /** How often it might have left and another lane went. The scheduler counts. */
  passed = 0;
  /** With how many calls it would leave, by the last verdict. */
  offer = 0;
  /** Why it would leave. */
  reason: LeaveReason = "full";
  /** When it wants to be asked again, by the last verdict. */
  lookAt: number = Infinity;
  /** How many calls have come since its policy last heard of any. */
  fresh = 0;

  /** Where the lanes with waiting calls are listed. */
  position = -1;
  /** Set when it may leave, but not before the end of the turn. The scheduler sets it. */
  isKept = false;

  /** The batches before `open`; those below `#gone` have left. */
  #line: (Batch<Item> | undefined)[] = [];
  #gone = 0;

  /** Makes an empty lane. */
  constructor(key: LaneKey, policy: LanePolicy, nested: boolean) {
    this.key = key;
    this.policy = policy;
    this.nested = nested;
    this.open = new Batch(key, nested);
  }

  /** The batch that leaves first. */
  get #first(): Batch<Item> {
    return this.#line[this.#gone] ?? this.open;
  }

  /** When the oldest waiting call came. */
  get oldestAt(): number {
    const batch = this.front();
    return batch.times[batch.first()]!;
  }

  /** Whether it may leave without a slot. */
  get isUnbound(): boolean {
    return this.nested || this.unbound;
  }

  /** What its calls have waited by `now`, summed up. */
  age(now: number): number {
    return this.waiting * now - this.arrivals;
  }

  /** The first batch that still has a caller; call with `waiting > 0` only. */
  front(): Batch<Item> {
    while (this.#first.size === 0) this.#shift();
    return this.#first;
  }

  /** Counts calls that were put into `open` at this time. */
  count(calls: number, time: number): void {
    this.waiting += calls;
    this.fresh += calls;
    this.arrivals += calls * time;
  }

  /** Starts a new open batch behind the one that is full. */
  seal(): void {
    this.#line.push(this.open);
    this.open = new Batch(this.key, this.nested);
  }

  /** Takes a call out of the middle: O(1), nobody else moves. */
  remove(batch: Batch<Item>, index: number): void {
    this.#vacate(batch, index);
    if (this.waiting === 0) this.#clear();
    else if (batch.left > 32 && batch.left > batch.size) batch.compact();
  }

  /** Takes the `calls` oldest out, as a batch. */
  take(calls: number): Batch<Item> {
    const batch = this.front();
    if (batch.left > 0 || batch.size !== calls) return this.#gather(calls);
    this.#uncount(batch, 0, calls);
    this.#shift();
    return batch;
  }

  /** Visits everything that waits, oldest first. */
  forEach(visit: (batch: Batch<Item>, index: number) => void): void {
    for (const batch of [...this.#line, this.open]) {
      batch?.tickets.forEach((ticket, index) => {
        if (ticket !== undefined) visit(batch, index);
      });
    }
  }

  /** One of its calls must leave as soon as there is a slot. */
  hasten(call: Call, reason: "deadline" | "flush"): void {
    if (call.hurry === undefined) this.hurried++;
    call.hurry = this.hurry = reason;
  }

  /** A policy's answer. */
  leave(calls: number, reason: LeaveReason): void {
    this.offer = Math.min(Math.floor(calls), this.waiting);
    this.reason = reason;
  }

  /** A policy's answer. */
  holdUntil(time: number): void {
    this.offer = 0;
    this.lookAt = time;
  }

  /** Moves calls from the front of the line into a batch of their own. */
  #gather(calls: number): Batch<Item> {
    const gathered = new Batch<Item>(this.key, this.nested);
    while (gathered.size < calls) {
      const batch = this.front();
      const index = batch.first();
      const ticket = batch.tickets[index]!;
      const item = batch.items[index]!;
      this.#vacate(batch, index);
      gathered.add(item, ticket, batch.times[index]!);
    }
    if (this.waiting === 0) this.#clear();
    return gathered;
  }

  /** The first batch is no longer ours. */
  #shift(): void {
    if (this.#gone === this.#line.length) {
      this.open = new Batch(this.key, this.nested);
      return;
    }
    this.#line[this.#gone++] = undefined;
    if (this.#gone * 2 > this.#line.length) {
      this.#line.splice(0, this.#gone);
      this.#gone = 0;
    }
  }

  /** Nobody waits: drops the gaps that callers have left. */
  #clear(): void {
    this.#line = [];
    this.#gone = 0;
    this.open = new Batch(this.key, this.nested);
    this.arrivals = 0;
  }

  /** Takes one call out and lets go of its item. */
  #vacate(batch: Batch<Item>, index: number): void {
    this.#uncount(batch, index, index + 1);
    batch.vacate(index);
    batch.items[index] = undefined as Item;
  }

  /** Takes a range of calls out of the accounts. */
  #uncount(batch: Batch<Item>, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      this.arrivals -= batch.times[index]!;
      if (this.hurried > 0) {
        const ticket = batch.tickets[index];
        if (typeof ticket === "object" && ticket.hurry) this.hurried--;
      }
    }
    this.waiting -= to - from;
  }
}
