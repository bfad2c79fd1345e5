/**
 * Which calls leave together, and when.
 *
 * @module
 */
import type { Batch, Call } from "./call.ts";
import { Deadlines } from "./deadlines.ts";
import { next } from "./fairness.ts";
import type { Lane } from "./lane.ts";
import type { SlotsView } from "./policy.ts";
import { Queue, type QueueOptions } from "./queue.ts";

/** Where the decisions of a {@link Scheduler} go. */
export interface Port<Item> {
  /** Run this batch. Its end is told by {@link Scheduler.ended}. */
  dispatch(batch: Batch<Item>): void;
  /** Look again at this time, in ms, at the latest. */
  wakeAt(time: number): void;
  /** Take this call out and tell its caller: its deadline has passed. */
  expire(call: Call): void;
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
 *     queue.put ─▶ look(now): deadlines, full? hurried? policy? ─▶ port.dispatch ─▶ ended
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
 * });
 * for (const item of ["a", "b", "c"]) {
 *   scheduler.queue.place(item, undefined, false, () => {});
 * }
 * scheduler.look(0, true);
 * assert.deepEqual(sizes, [2]); // one slot, so "c" waits
 * ```
 */
export class Scheduler<Item> implements SlotsView {
  /** Where calls wait. */
  readonly queue: Queue<Item>;
  /** Set when no call comes any more and everything that waits is to leave. */
  closing = false;
  /** Since when a slot is free, in ms. */
  freeSince = 0;
  /** A moving mean of how long a batch runs, in ms; `NaN` until one has ended well. */
  meanRunMs: number = NaN;

  readonly #options: SchedulerOptions;
  readonly #port: Port<Item>;
  readonly #deadlines = new Deadlines();
  readonly #batches = new Set<Batch<Item>>();
  #busy = 0;
  #lastId = 0;

  /** Makes an idle scheduler. */
  constructor(options: SchedulerOptions, port: Port<Item>) {
    this.#options = options;
    this.#port = port;
    this.queue = new Queue(options);
  }

  /** How many slots are free. */
  get free(): number {
    return this.#options.concurrency - this.#busy;
  }

  /** How many batches run, with or without a slot. */
  get running(): number {
    return this.#batches.size;
  }

  /** The batches that run, oldest first. */
  get batches(): ReadonlySet<Batch<Item>> {
    return this.#batches;
  }

  /** How many more calls may queue; below 1 when the queue is full. */
  get places(): number {
    const { maxQueue, size } = this.#options;
    if (maxQueue === Infinity || this.free === Infinity) return Infinity;
    return maxQueue + this.free * size - this.queue.queued;
  }

  /** Gives a call that has just been placed a deadline, in ms from now. */
  setDeadline(call: Call, deadlineMs: number): void {
    const lead = this.meanRunMs >= 0
      ? Math.max(2 * this.meanRunMs, deadlineMs / 4)
      : deadlineMs / 2;
    call.deadlineMs = deadlineMs;
    call.deadlineAt = this.queue.now + deadlineMs;
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
    if (batch.startedAt >= 0) {
      batch.vacate(call.index);
      if (batch.size === 0) batch.onAbandoned?.(error);
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
      lane.unbound ||= unbound;
      lane.forEach((batch, index) => {
        const call = batch.callAt(index);
        lane.hasten(call, "flush");
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
    for (const batch of this.#batches) {
      batch.tickets.forEach((ticket, index) => {
        if (ticket !== undefined) calls.push(batch.callAt(index));
      });
    }
    return calls;
  }

  /**
   * Sends what is to leave: full batches at once, others only at the end of a turn.
   *
   * @returns Whether something is to leave at the end of this turn.
   */
  look(now: number, endOfTurn: boolean): boolean {
    this.queue.settle();
    this.queue.now = now;
    this.#ring(now);
    const kept = new Set<Lane<Item>>();
    let taken = 0;
    for (;;) {
      const ready = this.#ready(now, this.free > taken, kept);
      const lane = next(ready, now);
      if (lane === undefined) return kept.size > 0;
      if (endOfTurn || lane.reason === "full") {
        for (const other of ready) other.passed++;
        this.#start(lane, now);
      } else {
        kept.add(lane);
        if (!lane.isUnbound) taken++;
      }
    }
  }

  /** Frees the slot of a batch that was dispatched. */
  ended(batch: Batch<Item>, now: number, failed: boolean): void {
    const lane = this.queue.laneOf(batch.lane, batch.nested);
    const size = batch.tickets.length;
    const ms = now - batch.startedAt;
    this.#batches.delete(batch);
    if (!batch.unbound) {
      if (this.free <= 0) this.freeSince = now;
      this.#busy--;
    }
    if (!failed) this.#learn(ms);
    lane.running--;
    lane.policy.ended?.({ id: batch.id, size, ms, failed }, now);
    this.queue.forgetIdle(lane);
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
      if (!(batch.startedAt >= 0)) {
        this.queue.laneOf(batch.lane, batch.nested).hasten(call, "deadline");
      }
      this.#deadlines.set(call, call.deadlineAt);
    }
  }

  /** The lanes that may leave now. Where none may, sees to it that somebody looks when one may. */
  #ready(
    now: number,
    slotIsFree: boolean,
    kept: ReadonlySet<Lane<Item>>,
  ): Lane<Item>[] {
    const ready: Lane<Item>[] = [];
    let lookAt = this.#deadlines.next;
    for (const lane of this.queue.lanes) {
      if (kept.has(lane) || !(slotIsFree || lane.isUnbound)) continue;
      this.#ask(lane, now);
      if (lane.offer > 0) ready.push(lane);
      else lookAt = Math.min(lookAt, lane.lookAt);
    }
    if (ready.length === 0 && lookAt < Infinity) this.#port.wakeAt(lookAt);
    return ready;
  }

  /** With how many of its calls a lane would leave now, and why. */
  #ask(lane: Lane<Item>, now: number): void {
    const { size } = this.#options;
    lane.holdUntil(Infinity);
    if (lane.waiting >= size) lane.leave(size, "full");
    else if (this.closing) lane.leave(size, "close");
    else if (lane.nested) lane.leave(size, "idle");
    else if (lane.hurried > 0) lane.leave(size, lane.hurry);
    else {
      if (lane.fresh > 0) lane.policy.arrived?.(lane.fresh, now);
      lane.fresh = 0;
      lane.policy.decide(lane, this, now, lane);
    }
  }

  #start(lane: Lane<Item>, now: number): void {
    const calls = Math.min(lane.offer, this.#options.size);
    const isUnbound = lane.isUnbound;
    const batch = this.queue.take(lane, calls);
    batch.id = ++this.#lastId;
    batch.reason = lane.reason;
    batch.startedAt = now;
    batch.unbound = isUnbound;
    if (!isUnbound) this.#busy++;
    this.#batches.add(batch);
    lane.running++;
    lane.passed = 0;
    lane.policy.started?.(calls, now);
    this.#port.dispatch(batch);
  }

  #learn(ms: number): void {
    this.meanRunMs = this.meanRunMs >= 0
      ? this.meanRunMs + (ms - this.meanRunMs) / 8
      : ms;
  }
}
