/**
 * Which calls leave together, and when.
 *
 * @module
 */
import type { Batch, Call } from "./call.ts";
import { Deadlines } from "./deadlines.ts";
import { next } from "./fairness.ts";
import type { Lane } from "./lane.ts";
import { Queue, type QueueOptions } from "./queue.ts";
import { Slots } from "./slots.ts";

/** Where the decisions of a {@link Scheduler} go. */
export interface Port<Item> {
  /** Run this batch. Its end is told by {@link Scheduler.ended}. */
  dispatch(batch: Batch<Item>): void;
  /** Look again at this time, in ms, at the latest. */
  wakeAt(time: number): void;
  /** Take this call out and tell its caller: its deadline has passed. */
  expire(call: Call): void;
  /** Take this call out and tell its caller: it cannot be served in time. */
  drop(call: Call): void;
  /** A policy has thrown this. */
  report(error: unknown): void;
}

/** What a {@link Scheduler} obeys. */
export interface SchedulerOptions extends QueueOptions {
  /** How many calls may queue behind busy slots. */
  readonly maxQueue: number;
}

/**
 * A state machine without promises or timers: time is an argument, decisions leave
 * through the {@link Port}.
 *
 *     queue.put ─▶ look(now): full? closing? hurried? policy? ─▶ port.dispatch ─▶ ended
 *
 * Calls enter the {@link Queue} without a decision. Who puts one there sees to it that a
 * look follows in this turn of the event loop, and another at its end if the first
 * one asks for it.
 *
 * @example A clock made of numbers
 * ```ts
 * import { natural, Scheduler } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const sizes: number[] = [];
 * const options = { size: 2, concurrency: 1, maxQueue: Infinity, policy: natural() };
 * const scheduler = new Scheduler<string>(options, {
 *   dispatch: (batch) => sizes.push(batch.items.length),
 *   wakeAt() {},
 *   expire() {},
 *   drop() {},
 *   report() {},
 * });
 * for (const item of ["a", "b", "c"]) {
 *   scheduler.queue.place(item, undefined, false, () => {});
 * }
 * scheduler.look(0, true);
 * assert.deepEqual(sizes, [2]); // one slot, so "c" waits
 * ```
 */
export class Scheduler<Item> {
  /** Where calls wait. */
  readonly queue: Queue<Item>;
  /** What runs. */
  readonly slots: Slots<Item>;
  /** Set when no call comes any more and everything that waits is to leave. */
  closing = false;

  readonly #options: SchedulerOptions;
  readonly #port: Port<Item>;
  readonly #deadlines = new Deadlines();
  /** When a lane wants to be asked again, as far as this look knows. */
  #lookAt: number = Infinity;

  /** Makes an idle scheduler. */
  constructor(options: SchedulerOptions, port: Port<Item>) {
    this.#options = options;
    this.#port = port;
    this.queue = new Queue(options);
    this.slots = new Slots(options);
  }

  /** How many more calls may queue; below 1 when the queue is full. */
  get places(): number {
    const { maxQueue, size } = this.#options;
    const { free } = this.slots;
    const open = free > 0 ? free * size : 0;
    return maxQueue + open - this.queue.queued;
  }

  /** Gives a call a deadline, in ms from now. */
  setDeadline(call: Call, deadlineMs: number, now: number): void {
    const { meanRunMs } = this.slots;
    const lead = meanRunMs >= 0
      ? Math.max(2 * meanRunMs, deadlineMs / 4)
      : deadlineMs / 2;
    call.deadlineMs = deadlineMs;
    call.deadlineAt = now + deadlineMs;
    this.#deadlines.set(call, call.deadlineAt - lead);
  }

  /** Forgets a call that has been answered. */
  release(call: Call): void {
    this.#deadlines.remove(call);
    call.batch = undefined;
  }

  /** Takes a call out of the queue, or detaches it from the batch that runs. */
  remove(call: Call, error: unknown): void {
    const batch = call.batch!;
    if (batch.hasLeft) {
      batch.vacate(call.index);
      if (batch.size === 0) batch.run?.abandon(error);
    } else {
      this.queue.remove(call);
    }
    this.release(call);
  }

  /**
   * Lets everything that waits leave as soon as there is a slot, or, `unbound`, without one.
   *
   * @param visit Hears of each call that waits.
   */
  flush(unbound: boolean, visit: (call: Call) => void): void {
    for (const lane of this.queue.lanes) {
      lane.forEach((batch, index) => {
        const call = batch.callAt(index);
        lane.hasten(call, "flush", unbound);
        visit(call);
      });
    }
  }

  /** All calls that are not answered yet, as calls with demands of their own from now on. */
  calls(): Call[] {
    const calls: Call[] = [];
    for (const lane of this.queue.lanes) {
      lane.forEach((batch, index) => calls.push(batch.callAt(index)));
    }
    for (const batch of this.slots.batches) {
      batch.tickets.forEach((ticket, index) => {
        if (ticket !== undefined) calls.push(batch.callAt(index));
      });
    }
    return calls;
  }

  /**
   * Sends what is to leave: full batches at once, others only at the end of a turn. A lane that is not
   * full, but comes before a full one, keeps its slot till then.
   *
   * @returns Whether there is something to do at the end of this turn.
   */
  look(now: number, endOfTurn: boolean): boolean {
    this.queue.settle();
    this.queue.now = now;
    this.#ring(now);
    let again = false;
    let kept = 0;
    /** Slots that become free meanwhile are for full batches only: callers just answered may join others. */
    let open = this.slots.free;
    let ready: Lane<Item>[] = [];
    for (const lane of this.queue.lanes) {
      if (lane.policy.arrived && lane.fresh > 0) {
        if (endOfTurn) this.#tell(lane, now);
        else again = true;
      }
      if (open <= 0 && !lane.isUnbound) continue;
      if (this.#ask(lane, now)) ready.push(lane);
    }
    while (ready.length > 0) {
      const free = this.slots.free - kept;
      const isScarce = free < ready.length;
      const index = isScarce ? next(ready, now) : ready.length - 1;
      const lane = ready[index]!;
      const { isUnbound } = lane;
      if (free <= 0 && !isUnbound) {
        ready = ready.filter((lane) => lane.isUnbound);
      } else if (!this.#ask(lane, now)) {
        remove(ready, index);
      } else if (
        lane.reason === "full" || (endOfTurn && (isUnbound || open > 0))
      ) {
        if (isScarce) { for (const other of ready) other.passed++; }
        if (!isUnbound) open--;
        if (!this.#start(lane, now)) remove(ready, index);
        now = this.#caughtUp(now);
      } else {
        again = true;
        if (!isUnbound) kept++;
        remove(ready, index);
      }
    }
    const lookAt = Math.min(this.#lookAt, this.#nextAlarm(again));
    this.#lookAt = Infinity;
    if (lookAt < Infinity) this.#port.wakeAt(lookAt);
    return again;
  }

  /** Frees the slot of a batch that was dispatched. */
  ended(batch: Batch<Item>, now: number, failed: boolean): void {
    const lane = this.queue.laneOf(batch.lane, batch.nested);
    const ms = this.slots.end(batch, now, failed);
    lane.running--;
    const { policy } = lane;
    if (policy.ended) {
      this.#attempt(() => policy.ended!(batch, ms, failed, now));
    }
    this.queue.forgetIdle(lane);
  }

  /** A handler that works on this thread takes its time, which the batcher has read when it ended. */
  #caughtUp(now: number): number {
    if (this.queue.now > now) this.#ring(this.queue.now);
    return this.queue.now;
  }

  /**
   * When the next alarm rings, in ms. A call that has left need not be told to leave; one that may leave at the
   * end of this turn, `soon`, is seen to by then.
   */
  #nextAlarm(soon: boolean): number {
    for (;;) {
      const call = this.#deadlines.due(Infinity);
      if (call === undefined) return Infinity;
      if (soon || call.alarmAt >= call.deadlineAt) return call.deadlineAt;
      if (!call.batch?.hasLeft) return call.alarmAt;
      this.#deadlines.set(call, call.deadlineAt);
    }
  }

  /** Alarms: a call should leave now, or should have been answered by now. */
  #ring(now: number): void {
    for (;;) {
      const call = this.#deadlines.due(now);
      if (call === undefined) return;
      if (now >= call.deadlineAt) {
        this.#deadlines.remove(call);
        this.#port.expire(call);
        continue;
      }
      const batch = call.batch!;
      if (!batch.hasLeft) {
        this.queue.laneOf(batch.lane, batch.nested).hasten(call, "deadline");
      }
      this.#deadlines.set(call, call.deadlineAt);
    }
  }

  /** Whether a lane would leave now, and if so with how many of its calls and why. */
  #ask(lane: Lane<Item>, now: number): boolean {
    const { size } = this.#options;
    lane.holdUntil(Infinity);
    if (lane.waiting === 0) return false;
    if (lane.waiting >= size) lane.leave(size, "full");
    else if (this.closing) lane.leave(size, "close");
    else if (lane.nested) lane.leave(size, "idle");
    else if (lane.hurried > 0) lane.leave(size, lane.hurry);
    else if (this.slots.free > 0) this.#consult(lane, now);
    if (lane.offer > 0) return true;
    if (lane.lookAt < this.#lookAt) this.#lookAt = lane.lookAt;
    return false;
  }

  /** A policy that throws keeps nobody waiting: its lane leaves. */
  #consult(lane: Lane<Item>, now: number): void {
    try {
      do {
        lane.hasGivenUp = false;
        lane.policy.decide(lane, this.slots, now, lane);
        if (lane.hasGivenUp) this.#port.drop(lane.oldestCall());
      } while (lane.hasGivenUp && lane.waiting > 0);
    } catch (error) {
      lane.leave(lane.waiting, "idle");
      this.#port.report(error);
    }
  }

  /** Tells a policy how many calls have come to its lane. */
  #tell(lane: Lane<Item>, now: number): void {
    const calls = lane.fresh;
    lane.fresh = 0;
    this.#attempt(() => lane.policy.arrived!(calls, now));
  }

  /** Tells a policy something that it may throw at. */
  #attempt(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#port.report(error);
    }
  }

  /** Sends a batch; returns whether any of those that waited still do. */
  #start(lane: Lane<Item>, now: number): boolean {
    const isUnbound = lane.isUnbound;
    const batch = this.queue.take(lane, lane.offer);
    const hasMore = lane.waiting > 0;
    batch.reason = lane.reason;
    this.slots.start(batch, isUnbound, now);
    lane.running++;
    lane.passed = 0;
    const { policy } = lane;
    if (policy.started) {
      this.#attempt(() => {
        const ms = policy.started!(batch, now);
        if (ms !== undefined) batch.expectedEndAt = now + ms;
      });
    }
    this.#port.dispatch(batch);
    return hasMore;
  }
}

/** Takes one out of a list whose order does not matter. */
function remove<T>(list: T[], index: number): void {
  const last = list.pop()!;
  if (index < list.length) list[index] = last;
}
