/**
 * Calls that may share a batch.
 *
 * @module
 */
import type { Alarmed } from "./alarms.ts";
import {
  Batch,
  type Call,
  type Entry,
  type Home,
  type Hurry,
  type LaneKey,
  type LeaveReason,
  type Ticket,
  type Visit,
} from "./call.ts";
import { Line } from "./line.ts";
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
 * other lines have calls, a batch is gathered. Calls that are put back, or come to another
 * priority later than they came, stand in lines of their own.
 */
export class Lane<Item> implements LaneView, Verdict, Home, Alarmed {
  readonly key: LaneKey;
  readonly nested: boolean;
  /** Says when it leaves. The queue replaces it when the options change. */
  policy: LanePolicy;
  /** Takes calls of no particular priority. */
  readonly plain: Line<Item>;
  /** How many of its batches run. The scheduler counts. */
  running = 0;
  /** How often it might have left and another lane went, while somebody waits in it. The scheduler counts. */
  passed = 0;
  /** When it was asked last, as the scheduler counts. */
  askedAt = 0;
  /** With how many calls it would leave, by the last verdict. */
  offer = 0;
  /** Why it would leave. */
  reason: LeaveReason = "full";
  /** When it wants to be asked again, by the last verdict. */
  lookAt: number = Infinity;
  /** Of how many of the calls that have come its policy has heard. */
  heard = 0;
  /** When those came of which it has not, in ms. */
  freshAt: number = NaN;
  /** Whether the next look sees to it. The queue keeps the list. */
  isTouched = false;
  alarmAt: number = Infinity;
  alarmIndex: number = -1;

  /** All its lines: those of a higher priority first, of one priority that of calls with a rank. */
  readonly lines: Line<Item>[];
  /** How many waiting calls must leave soon, by the reason. */
  readonly #hurried = { deadline: 0, flush: 0, unbound: 0 };
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
    this.lines = [this.plain];
  }

  /** How many calls have come so far. */
  get came(): number {
    const { lines, plain } = this;
    if (lines.length === 1) return plain.came;
    return lines.reduce(
      (sum, line) => sum + (line.isRanked ? 0 : line.came),
      0,
    );
  }

  /** How many calls have come of which its policy has not heard. */
  get fresh(): number {
    return this.came - this.heard;
  }

  /** How many calls wait. */
  get waiting(): number {
    let waiting = 0;
    for (const line of this.lines) waiting += line.waiting;
    return waiting;
  }

  /** What they weigh. */
  get weight(): number {
    let weight = 0;
    for (const line of this.lines) weight += line.weight;
    return weight;
  }

  /** What they have waited by `now`, summed up. */
  age(now: number): number {
    let age = 0;
    for (const line of this.lines) age += line.waiting * now - line.arrivals;
    return age;
  }

  /** When the oldest waiting call came, in ms; `NaN` when none waits. */
  get oldestAt(): number {
    return this.#oldestLine()?.oldestAt ?? NaN;
  }

  /** By when the oldest waiting call must have been answered, in ms; `Infinity` when none waits. */
  get oldestDeadlineAt(): number {
    const batch = this.#oldestLine()?.front();
    if (batch === undefined) return Infinity;
    const ticket = batch.tickets[batch.first()];
    return typeof ticket === "object" && ticket.deadlineMs !== undefined
      ? ticket.deadlineAt
      : batch.timeAt(batch.first()) + this.#deadlineMs;
  }

  /** Calls of several priorities are all taken together. */
  together(calls: number): number {
    return this.lines.length > 1 ? this.waiting : this.plain.together(calls);
  }

  /** What so many calls weigh, a line after the other. */
  weightOf(calls: number): number {
    const { waiting, weight } = this;
    if (calls >= waiting) return weight;
    // Where nothing is weighed.
    if (weight === waiting) return calls;
    let [left, sum] = [calls, 0];
    this.forEach((batch, index) => {
      if (left-- <= 0) return false;
      sum += batch.weightAt(index);
    });
    return sum;
  }

  /** The call that waits longest, with demands of its own from now on; call with `waiting > 0` only. */
  oldestCall(): Call {
    return this.#oldestLine()!.oldestCall();
  }

  /** Why those must leave soon who must, if any must. */
  get hurry(): "deadline" | "flush" | undefined {
    const { deadline, flush, unbound } = this.#hurried;
    if (flush + unbound > 0) return "flush";
    return deadline > 0 ? "deadline" : undefined;
  }

  /** Whether it may leave without a slot. */
  get isUnbound(): boolean {
    return this.nested || this.#hurried.unbound > 0;
  }

  /** Whether it leaves at once, by the last verdict. */
  get isFull(): boolean {
    return this.reason === "full" || this.reason === "weight";
  }

  /** Whether calls have come of which its policy wants to hear, and has not heard. */
  get isUnheard(): boolean {
    return this.fresh > 0 && this.policy.arrived !== undefined;
  }

  /** How many calls of this priority or a higher one wait. */
  ahead(priority: number): number {
    let ahead = 0;
    for (const line of this.lines) {
      if (line.priority >= priority) ahead += line.waiting;
    }
    return ahead;
  }

  /** The line of this priority, of the calls that come or of those that have a rank. */
  lineOf(priority: number, isRanked = false): Line<Item> {
    if (priority === 0 && !isRanked) return this.plain;
    const index = this.lines.findIndex((line) =>
      line.priority < priority ||
      (line.priority === priority && (isRanked || !line.isRanked))
    );
    const line = this.lines[index];
    if (line?.priority === priority && line.isRanked === isRanked) return line;
    const made = new Line<Item>(this, priority, isRanked);
    this.lines.splice(index < 0 ? this.lines.length : index, 0, made);
    return made;
  }

  /** Takes a call out of the middle: O(1), nobody else moves. */
  remove(call: Call): Entry<Item> {
    const batch = call.batch as Batch<Item>;
    const line = this.#lineOf(call);
    const entry = batch.entryAt(call.index);
    this.#calm(call);
    line.vacate(batch, call.index);
    line.tidy(batch);
    if (this.waiting === 0) this.passed = 0;
    return entry;
  }

  /** Gives a call a higher priority: it goes on to wait where it would be if it had come with that. */
  raise(call: Call, priority: number): void {
    const { hurry } = call;
    const entry = this.remove(call);
    call.priority = priority;
    call.rank = 0;
    this.#lineOf(call).insert([entry]);
    if (hurry) this.hasten(call, hurry);
  }

  /** Takes calls out as a batch, in the order of their priority and their age. */
  take(load: Load): Batch<Item> {
    const { calls, maxWeight } = load;
    const line = this.#next(load)!;
    const isOnly = line.waiting === this.waiting;
    const whole = isOnly ? line.takeWhole(calls, maxWeight) : undefined;
    const batch = whole ?? this.#gathered(load);
    if (this.hurry) { for (const ticket of batch.tickets) this.#calm(ticket); }
    return batch;
  }

  /** Visits everything that waits, a line after the other; a line ends when a visit answers false. */
  forEach(visit: Visit): void {
    for (const line of this.lines) line.forEach(visit);
  }

  /** One of its calls must leave soon. */
  hasten(call: Call, hurry: Hurry): void {
    if (call.hurry && URGENCY[call.hurry] >= URGENCY[hurry]) return;
    this.#calm(call);
    call.hurry = hurry;
    this.#hurried[hurry]++;
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

  #lineOf({ priority, rank }: Call): Line<Item> {
    return this.lineOf(priority, rank < Infinity);
  }

  #oldestLine(): Line<Item> | undefined {
    let oldest: Line<Item> | undefined;
    for (const line of this.lines) {
      if (line.waiting === 0) continue;
      if (!oldest || line.oldestAt < oldest.oldestAt) oldest = line;
    }
    return oldest;
  }

  /** Calls from several batches; one that does not fit stays first in line. */
  #gathered(load: Load): Batch<Item> {
    const { calls, maxWeight } = load;
    const gathered = new Batch<Item>(this, calls);
    while (gathered.count < calls) {
      const line = this.#next(load);
      if (line === undefined) break;
      const weight = gathered.weight + line.nextWeight;
      if (gathered.count > 0 && weight > maxWeight) break;
      line.moveTo(gathered);
    }
    gathered.seal();
    for (const line of this.lines) line.tidy(line.open);
    return gathered;
  }

  /** The line whose first call is due next: of the highest priority, or that has waited for it. */
  #next({ now, risesAfterMs }: Load): Line<Item> | undefined {
    let best: Line<Item> | undefined;
    let bestRank = -Infinity;
    for (const line of this.lines) {
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
    this.#hurried[ticket.hurry]--;
    ticket.hurry = undefined;
  }
}

const URGENCY = { deadline: 1, flush: 2, unbound: 3 };
