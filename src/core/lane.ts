/**
 * Calls that may share a batch.
 *
 * @module
 */
import type { Alarmed } from "./alarms.ts";
import {
  Batch,
  type Call,
  type Home,
  type LaneKey,
  type LeaveReason,
  type Ticket,
  type Visit,
} from "./call.ts";
import { type Entry, entryAt, Line } from "./line.ts";
import type { LanePolicy, LaneView, Verdict } from "./policy.ts";

/** With how much a batch may leave, and when. */
export interface Load {
  /** Most calls. */
  readonly calls: number;
  /** The heaviest batch. */
  readonly maxWeight: number;
  /** The time in ms. */
  readonly now: number;
  /** After waiting this long, in ms, a call counts as one priority higher; `NaN` or 0 when it never does. */
  readonly risesAfterMs: number;
}

/**
 * One {@link Line} for each priority, highest first, and what the lane's policy last said.
 * Most lanes have one line, whose first batch leaves as it is; where callers have left it or
 * other lines have calls, a batch is gathered.
 */
export class Lane<Item> implements LaneView, Verdict, Home, Alarmed {
  readonly key: LaneKey;
  readonly nested: boolean;
  /** Says when it leaves. The queue replaces it when the options change. */
  policy: LanePolicy;
  /** The last batch that left before it had this policy, which knows nothing of it. */
  policySince = 0;
  /** Takes calls of no particular priority. */
  readonly plain: Line<Item>;
  /** How many calls wait. */
  waiting = 0;
  /** What they weigh. */
  weight = 0;
  /** The sum of the times at which they came. */
  arrivals = 0;
  /** How many of its batches run. The scheduler counts. */
  running = 0;
  /** How many waiting calls must leave as soon as there is a slot. */
  hurried = 0;
  /** How many of these somebody has flushed. */
  flushed = 0;
  /** How many of them may leave without a slot. */
  unbound = 0;
  /** How often it might have left and another lane went, while somebody waits in it. The scheduler counts. */
  passed = 0;
  /** With how many calls it would leave, by the last verdict. */
  offer = 0;
  /** Why it would leave. */
  reason: LeaveReason = "full";
  /** When it wants to be asked again, by the last verdict. */
  lookAt: number = Infinity;
  /** How many calls have come since its policy last heard of any. */
  fresh = 0;
  /** When they came, in ms. */
  freshAt: number = NaN;
  /** How many calls may be put into it. The queue gives it room, and takes it back. */
  room = 0;
  /** For how many calls it was given room that are not counted yet. */
  granted = 0;
  /** What those weigh that were put. */
  putWeight = 0;
  /** Whether it is on the list of those that were given room. */
  isRoomy = false;
  /** Whether it is on the list of those whose policy has not heard of all calls. The queue keeps it. */
  isUnheard = false;
  /** Whether its policy is to be asked. The queue keeps the list. */
  isDirty = false;
  alarmAt: number = Infinity;
  alarmIndex: number = -1;
  /** Where the lanes with waiting calls are listed. */
  position: number = -1;

  readonly #lines: Line<Item>[];
  readonly #deadlineMs: number;

  /** Makes an empty lane, whose calls must be answered within `deadlineMs` unless they say otherwise. */
  constructor(
    key: LaneKey,
    policy: LanePolicy,
    nested: boolean,
    deadlineMs: number = Infinity,
  ) {
    this.key = key;
    this.policy = policy;
    this.nested = nested;
    this.#deadlineMs = deadlineMs;
    this.plain = new Line(this, 0);
    this.#lines = [this.plain];
  }

  /** When the oldest waiting call came, in ms; `NaN` when none waits. */
  get oldestAt(): number {
    if (this.plain.waiting === this.waiting) {
      return this.waiting === 0 ? NaN : this.plain.oldestAt;
    }
    return this.#oldestLine().oldestAt;
  }

  /** By when the oldest waiting call must have been answered, in ms; `Infinity` when none waits. */
  get oldestDeadlineAt(): number {
    if (this.waiting === 0) return Infinity;
    const batch = this.#oldestLine().front();
    const index = batch.first();
    const ticket = batch.tickets[index];
    return typeof ticket === "object" && ticket.deadline !== undefined
      ? ticket.deadline.at
      : batch.timeAt(index) + this.#deadlineMs;
  }

  /** Why those must leave soon who must; call with `hurried > 0` only. */
  get hurry(): "deadline" | "flush" {
    return this.flushed > 0 ? "flush" : "deadline";
  }

  /** Whether it may leave without a slot. */
  get isUnbound(): boolean {
    return this.nested || this.unbound > 0;
  }

  /** Whether it leaves at once, by the last verdict. */
  get isFull(): boolean {
    return this.reason === "full" || this.reason === "weight";
  }

  /** What its calls have waited by `now`, summed up. */
  age(now: number): number {
    return this.waiting * now - this.arrivals;
  }

  /** How many calls of this priority or a higher one wait. */
  ahead(priority: number): number {
    let ahead = 0;
    for (const line of this.#lines) {
      if (line.priority >= priority) ahead += line.waiting;
    }
    return ahead;
  }

  /** The line of this priority. */
  lineOf(priority: number): Line<Item> {
    if (priority === 0) return this.plain;
    let index = 0;
    while (this.#lines[index] && this.#lines[index]!.priority > priority) {
      index++;
    }
    const line = this.#lines[index];
    if (line?.priority === priority) return line;
    const made = new Line<Item>(this, priority);
    this.#lines.splice(index, 0, made);
    return made;
  }

  /** Puts an item into the open batch, only while there is room; its ticket is missing there. */
  put(item: Item, weight: number): Batch<Item> {
    const { open } = this.plain;
    this.room--;
    this.putWeight += weight;
    open.put(item, weight);
    return open;
  }

  /** Counts calls that came into a line at this time. */
  count(line: Line<Item>, calls: number, weight: number, time: number): void {
    line.waiting += calls;
    this.waiting += calls;
    this.weight += weight;
    this.arrivals += calls * time;
  }

  /** Takes a call out of the middle: O(1), nobody else moves. */
  remove(call: Call): void {
    const batch = call.batch as Batch<Item>;
    const line = this.lineOf(call.priority);
    this.weight -= batch.weightAt(call.index);
    this.arrivals -= batch.timeAt(call.index);
    this.waiting--;
    this.#calm(call);
    line.vacate(batch, call.index);
    line.tidy(batch);
    this.#settle();
  }

  /** Gives a call a higher priority: it goes on to wait where it would be if it had come with that. */
  raise(call: Call, priority: number): void {
    const batch = call.batch as Batch<Item>;
    const line = this.lineOf(call.priority);
    const entry = entryAt(batch, call.index);
    line.vacate(batch, call.index);
    line.tidy(batch);
    call.priority = priority;
    this.lineOf(priority).insert(entry);
  }

  /** Takes calls out as a batch, in the order of their priority and their age. */
  take(load: Load): Batch<Item> {
    const { calls, maxWeight } = load;
    const batch = this.#only()?.takeWhole(calls, maxWeight) ??
      this.#gathered(load);
    this.waiting -= batch.count;
    this.weight -= batch.weight;
    this.arrivals -= batch.arrivals;
    if (this.hurried > 0) batch.tickets.forEach((ticket) => this.#calm(ticket));
    this.#settle();
    return batch;
  }

  /** Puts calls back to the head of their line. */
  restore(priority: number, entries: readonly Entry<Item>[]): void {
    const line = this.lineOf(priority);
    line.restore(entries);
    for (const { time, weight } of entries) this.count(line, 1, weight, time);
  }

  /** Visits everything that waits, a line after the other; a line ends when a visit answers false. */
  forEach(visit: Visit): void {
    for (const line of this.#lines) line.forEach(visit);
  }

  /** The call that waits longest; call with `waiting > 0` only. */
  oldestCall(): Call {
    const batch = this.#oldestLine().front();
    return batch.callAt(batch.first());
  }

  /** The lowest priority of those that wait; `Infinity` when none waits. */
  get lowest(): number {
    const line = this.#lines.findLast((line) => line.waiting > 0);
    return line === undefined ? Infinity : line.priority;
  }

  /** The oldest call of the lowest priority; call with `waiting > 0` only. */
  lowestCall(): Call {
    const line = this.#lines.findLast((line) => line.waiting > 0)!;
    const batch = line.front();
    return batch.callAt(batch.first());
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
    if (call.hurry === "flush") return;
    if (reason === "flush") this.flushed++;
    call.hurry = reason;
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

  /** The line in which all waiting calls are, if there is one. */
  #only(): Line<Item> | undefined {
    if (this.plain.waiting === this.waiting) return this.plain;
    return this.#lines.find((line) => line.waiting === this.waiting);
  }

  #oldestLine(): Line<Item> {
    return this.#only() ?? this.#lines.filter((line) => line.waiting > 0)
      .reduce((a, b) => b.oldestAt < a.oldestAt ? b : a);
  }

  /** Calls from several batches; one that does not fit stays first in line. */
  #gathered(load: Load): Batch<Item> {
    const { calls, maxWeight } = load;
    const gathered = new Batch<Item>(this, calls);
    while (gathered.count < calls) {
      const line = this.#next(load);
      if (line === undefined) break;
      if (
        gathered.count > 0 && gathered.weight + line.nextWeight() > maxWeight
      ) {
        break;
      }
      line.moveTo(gathered);
    }
    gathered.seal();
    for (const line of this.#lines) {
      line.tidy(line.waiting > 0 ? line.front() : line.open);
    }
    return gathered;
  }

  /** The line whose first call is due next: of the highest priority, or that has waited for it. */
  #next({ now, risesAfterMs }: Load): Line<Item> | undefined {
    let best: Line<Item> | undefined;
    let bestRank = -Infinity;
    for (const line of this.#lines) {
      if (line.waiting === 0) continue;
      const rises = risesAfterMs > 0
        ? Math.floor((now - line.oldestAt) / risesAfterMs)
        : 0;
      const rank = line.priority + rises;
      if (rank > bestRank) [best, bestRank] = [line, rank];
      else if (rank === bestRank && line.oldestAt < best!.oldestAt) best = line;
    }
    return best;
  }

  /** A call that must leave soon waits no longer. */
  #calm(ticket: Ticket | undefined): void {
    if (typeof ticket !== "object" || !ticket.hurry) return;
    this.hurried--;
    if (ticket.hurry === "flush") this.flushed--;
    if (ticket.unbound) this.unbound--;
    ticket.hurry = undefined;
    ticket.unbound = false;
  }

  /** Sums of fractions would drift; and nobody waits any more who was passed over. */
  #settle(): void {
    if (this.waiting === 0) this.arrivals = this.weight = this.passed = 0;
  }
}
