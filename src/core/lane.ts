/**
 * Calls that may share a batch, in the order in which they came.
 *
 * @module
 */
import {
  Batch,
  type Call,
  type LaneKey,
  type LeaveReason,
  type Ticket,
} from "./call.ts";
import type { LanePolicy, LaneView, Verdict } from "./policy.ts";

/** Places made in advance cost memory, too. */
const MOST_EXPECTED = 1024;

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
  /** Why they must. */
  hurry: LeaveReason = "flush";
  /** How many of them may leave without a slot. */
  unbound = 0;
  /** How often it might have left and another lane went. The scheduler counts. */
  passed = 0;
  /** With how many calls it would leave, by the last verdict. */
  offer = 0;
  /** Why it would leave. */
  reason: LeaveReason = "full";
  /** Whether its oldest call is to be dropped, by the last verdict. */
  hasGivenUp = false;
  /** When it wants to be asked again, by the last verdict. */
  lookAt: number = Infinity;
  /** How many calls have come since its policy last heard of any. */
  fresh = 0;

  /** Where the lanes with waiting calls are listed. */
  position: number = -1;

  /** The batch that leaves first; each knows the next one. */
  #first: Batch<Item>;
  /** How many calls the next batch will probably have: as many as the last one. */
  #expected = 0;

  /** Makes an empty lane. */
  constructor(key: LaneKey, policy: LanePolicy, nested: boolean) {
    this.key = key;
    this.policy = policy;
    this.nested = nested;
    this.#first = this.open = new Batch(key, nested);
  }

  /** When the oldest waiting call came, in ms; `NaN` when none waits. */
  get oldestAt(): number {
    if (this.waiting === 0) return NaN;
    const batch = this.front();
    return batch.timeAt(batch.first());
  }

  /** What its waiting calls weigh together. */
  get weight(): number {
    return this.waiting;
  }

  /** By when the oldest waiting call must have been answered, in ms. */
  get oldestDeadlineAt(): number {
    const batch = this.front();
    const ticket = batch.tickets[batch.first()];
    return typeof ticket === "object" ? ticket.deadlineAt : Infinity;
  }

  /** Whether it may leave without a slot. */
  get isUnbound(): boolean {
    return this.nested || this.unbound > 0;
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

  /** The call that waits longest; call with `waiting > 0` only. */
  oldestCall(): Call {
    const batch = this.front();
    return batch.callAt(batch.first());
  }

  /** Counts calls that were put into `open` at this time. */
  count(calls: number, time: number): void {
    this.waiting += calls;
    this.fresh += calls;
    this.arrivals += calls * time;
  }

  /** Starts a new open batch behind the one that is full. */
  seal(): void {
    this.open = this.open.next = this.#made(this.#expected);
  }

  /** Takes a call out of the middle: O(1), nobody else moves. */
  remove(batch: Batch<Item>, index: number): void {
    this.#vacate(batch, index);
    this.#tidy(batch);
  }

  /** Takes the `calls` oldest out, as a batch. */
  take(calls: number): Batch<Item> {
    const batch = this.front();
    if (batch.left > 0 || batch.size !== calls) return this.#gather(calls);
    this.waiting -= calls;
    this.arrivals -= batch.arrivals;
    if (this.hurried > 0) batch.tickets.forEach((ticket) => this.#calm(ticket));
    this.#expected = Math.min(calls, MOST_EXPECTED);
    this.#shift();
    batch.seal();
    return batch;
  }

  /** Visits everything that waits, oldest first. */
  forEach(visit: (batch: Batch<Item>, index: number) => void): void {
    let batch: Batch<Item> | undefined = this.#first;
    for (; batch !== undefined; batch = batch.next) {
      for (let index = 0; index < batch.count; index++) {
        if (batch.tickets[index] !== undefined) visit(batch, index);
      }
    }
  }

  /** One of its calls must leave as soon as there is a slot, or without one. */
  hasten(
    call: Call,
    reason: "deadline" | "flush",
    isUnbound = false,
  ): void {
    if (isUnbound && !call.unbound) {
      call.unbound = true;
      this.unbound++;
    }
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

  /** A policy's answer. */
  giveUp(): void {
    this.hasGivenUp = true;
  }

  /** Moves calls from the front of the line into a batch of their own. */
  #gather(calls: number): Batch<Item> {
    const gathered = this.#made(calls);
    while (gathered.size < calls) {
      const batch = this.front();
      const index = batch.first();
      const ticket = batch.tickets[index]!;
      const item = batch.items[index]!;
      this.#vacate(batch, index);
      gathered.add(item, ticket, batch.timeAt(index));
    }
    gathered.seal();
    this.#tidy(this.waiting === 0 ? this.open : this.front());
    return gathered;
  }

  /** Sees that the gaps in a batch never outnumber its calls by much. */
  #tidy(batch: Batch<Item>): void {
    if (this.waiting === 0) this.#clear();
    else if (batch.left > batch.size && (batch.left > 32 || batch.size === 0)) {
      batch.compact();
    }
  }

  /** The first batch is no longer ours, and must not keep those alive that follow. */
  #shift(): void {
    const gone = this.#first;
    this.#first = gone.next ?? this.#made(this.#expected);
    if (gone === this.open) this.open = this.#first;
    gone.next = undefined;
  }

  /** Nobody waits: drops the gaps that callers have left. */
  #clear(): void {
    this.#first = this.open = this.#made(this.#expected);
    this.arrivals = 0;
  }

  /** Takes one call out and lets go of its item. */
  #vacate(batch: Batch<Item>, index: number): void {
    this.waiting--;
    this.arrivals -= batch.timeAt(index);
    this.#calm(batch.tickets[index]);
    batch.vacate(index);
    batch.items[index] = undefined as Item;
  }

  /** A call that must leave soon waits no longer. */
  #calm(ticket: Ticket | undefined): void {
    if (typeof ticket !== "object" || !ticket.hurry) return;
    this.hurried--;
    if (ticket.unbound) this.unbound--;
  }

  #made(expected: number): Batch<Item> {
    return new Batch(this.key, this.nested, expected);
  }
}
