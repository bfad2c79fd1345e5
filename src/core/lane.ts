/**
 * Calls that may share a batch.
 *
 * @module
 */
import type { Alarmed } from "./alarms.ts";
import type {
  Batch,
  Call,
  Entry,
  Home,
  Hurry,
  LeaveReason,
  Ticket,
} from "./call.ts";
import { Lines, type Load } from "./lines.ts";
import type { LanePolicy, LaneView, SlotsView, Verdict } from "./policy.ts";

/** What a {@link Lane} goes by. */
export interface LanePlan {
  /** Says when it leaves. */
  readonly policy: LanePolicy;
  /** Within how many ms its calls must be answered that say nothing else; any time when left out. */
  readonly deadlineMs?: number | undefined;
  /** Hears what the policy throws, which changes nothing. */
  report(error: unknown): void;
}

/** What waits in it, who of that must leave soon, and what its policy last heard and said. */
export class Lane<Item> extends Lines<Item>
  implements LaneView, Verdict, Alarmed {
  /** Says when it leaves. The queue replaces it when the options change. */
  policy: LanePolicy;
  /** How many of its batches run. */
  running = 0;
  /** How many of its calls are away; the queue counts. */
  away = 0;
  /** How often it might have left and another lane went, while somebody waits in it. The scheduler counts. */
  passed = 0;
  /** Where it stands among those that would leave, -1 when it does not. They say so. */
  position: number = -1;
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

  /** How many waiting calls must leave soon, by the reason. */
  readonly #hurried = { deadline: 0, flush: 0, unbound: 0 };
  readonly #plan: LanePlan;

  /** Makes an empty lane. */
  constructor(home: Home, plan: LanePlan) {
    super(home);
    this.policy = plan.policy;
    this.#plan = plan;
  }

  /** How many calls have come of which its policy has not heard. */
  get fresh(): number {
    return this.came - this.heard;
  }

  /** Whether calls have come of which its policy wants to hear, and has not heard. */
  get isUnheard(): boolean {
    return this.fresh > 0 && this.policy.arrived !== undefined;
  }

  /** Tells its policy how many calls have come since it last heard. */
  tell(): void {
    const { fresh, freshAt, policy } = this;
    this.heard = this.came;
    if (fresh === 0 || policy.arrived === undefined) return;
    this.#attempt(() => policy.arrived!(fresh, freshAt));
  }

  /** How many more calls it takes, by its policy; 0 refuses them. */
  admits(priority: number, slots: SlotsView, now: number): number {
    const { policy } = this;
    if (policy.admits === undefined) return Infinity;
    if (this.freshAt !== now) this.tell();
    const ahead = this.ahead(priority);
    let calls = Infinity;
    this.#attempt(() => {
      calls = policy.admits!(ahead, this, slots, now, priority);
    });
    return calls >= 1 ? Math.floor(calls) : 0;
  }

  /** Asks its policy whether it leaves. One that throws, or answers nonsense, keeps nobody waiting: the lane leaves. */
  decide(slots: SlotsView, now: number): void {
    try {
      this.policy.decide(this, slots, now, this);
      const { offer, lookAt } = this;
      if (offer > 0 || (offer === 0 && lookAt > now)) return;
      throw new RangeError(
        `Cannot ask the policy: it must leave with calls or hold until later, got ${offer} calls, ${lookAt} ms`,
      );
    } catch (error) {
      this.leave(this.waiting, "idle");
      this.#plan.report(error);
    }
  }

  /** Whether its policy lets the calls leave that are to, if only some of them. */
  fits(slots: SlotsView, now: number): boolean {
    const { policy, offer } = this;
    if (policy.fits === undefined || this.isUnbound) return true;
    this.#attempt(() => {
      const fit = Math.floor(policy.fits!(offer, this, slots, now));
      if (fit < offer) this.offer = fit;
    });
    return this.offer >= 1;
  }

  /** A batch of it leaves. */
  started(batch: Batch<Item>, now: number): void {
    const { policy } = this;
    this.running++;
    this.passed = 0;
    batch.policy = policy;
    if (policy.started === undefined) return;
    this.#attempt(() => {
      const ms = policy.started!(batch, now);
      if (ms !== undefined) batch.expectedEndAt = now + ms;
    });
  }

  /** A batch of it has ended after so many ms. */
  ended(batch: Batch<Item>, ms: number, failed: boolean, now: number): void {
    const { policy } = this;
    this.running--;
    if (policy.ended === undefined || batch.policy !== policy) return;
    this.#attempt(() => policy.ended!(batch, ms, failed, now));
  }

  /** Goes by another policy, which hears of what waits as if that came now. */
  follow(policy: LanePolicy, now: number): void {
    this.policy = policy;
    this.heard = this.came - this.waiting;
    this.freshAt = now;
  }

  /** By when the oldest waiting call must have been answered, in ms; `Infinity` when none waits. */
  get oldestDeadlineAt(): number {
    const { deadlineMs = Infinity } = this.#plan;
    const batch = this.oldestLine?.front();
    if (batch === undefined) return Infinity;
    const ticket = batch.tickets[batch.first()];
    return typeof ticket === "object" && ticket.deadlineMs !== undefined
      ? ticket.deadlineAt
      : batch.timeAt(batch.first()) + deadlineMs;
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

  /** Takes a call out of the middle: O(1), nobody else moves. */
  override remove(call: Call): Entry<Item> {
    const entry = super.remove(call);
    this.#calm(call);
    if (this.waiting === 0) this.passed = 0;
    return entry;
  }

  /** Gives a call a higher priority: whoever must leave soon still must. */
  override raise(call: Call, priority: number): void {
    const { hurry } = call;
    super.raise(call, priority);
    if (hurry) this.hasten(call, hurry);
  }

  /** Takes calls out as a batch, in the order of their priority and their age. */
  override take(load: Load): Batch<Item> {
    const batch = super.take(load);
    if (this.hurry) { for (const ticket of batch.tickets) this.#calm(ticket); }
    return batch;
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

  /** Tells its policy something that it may throw at. */
  #attempt(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#plan.report(error);
    }
  }

  /** A call that must leave soon waits no longer. */
  #calm(ticket: Ticket | undefined): void {
    if (typeof ticket !== "object" || !ticket.hurry) return;
    this.#hurried[ticket.hurry]--;
    ticket.hurry = undefined;
  }
}

/** The lane of a batch. */
export function laneOf<Item>(batch: Batch<unknown>): Lane<Item> {
  return batch.home as Lane<Item>;
}

const URGENCY = { deadline: 1, flush: 2, unbound: 3 };
