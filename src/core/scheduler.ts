/**
 * Which calls leave together, and when.
 *
 * @module
 */
import type { Batch, Call } from "./call.ts";
import { Deadlines } from "./deadlines.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Lane, laneOf } from "./lane.ts";
import type { LaneOptions } from "./lane_map.ts";
import type { Policy } from "./policy.ts";
import type { Port } from "./port.ts";
import { Queue } from "./queue.ts";
import { Returns } from "./returns.ts";
import { Slots } from "./slots.ts";

/** What a {@link Scheduler} obeys. */
export interface SchedulerOptions extends LaneOptions {
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
 *   scheduler.queue.put(item).hold(() => {});
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
  /** Who must hear by when. */
  readonly deadlines: Deadlines;
  /** Who is away. */
  readonly returns: Returns<Item>;
  readonly #options: SchedulerOptions;
  readonly #port: Port<Item>;
  readonly #dispatcher: Dispatcher<Item>;

  /** Makes an idle scheduler. */
  constructor(options: SchedulerOptions, port: Port<Item>) {
    this.#options = options;
    this.#port = port;
    const queue = new Queue<Item>(options, (error) => port.report(error));
    const slots = new Slots<Item>(options);
    const { deadlineMs = Infinity } = options;
    const deadlines = new Deadlines(deadlineMs, slots, {
      hasten: (call) => queue.hasten(call, "deadline"),
      expire: (call) => port.expire(call),
    });
    this.queue = queue;
    this.slots = slots;
    this.returns = new Returns(queue, deadlines);
    this.deadlines = deadlines;
    const subject = { options, queue, slots, deadlines, port };
    this.#dispatcher = new Dispatcher(subject);
  }

  /**
   * No call comes any more and everything that waits is to leave. Those who are away come back, but not at
   * once those who are sent away from now on: a back end that is busy would be asked without a pause.
   */
  close(): void {
    this.#dispatcher.isClosing = true;
    this.returns.ring(Infinity);
    this.reconsider();
  }

  /** Whether {@link close} was called. */
  get closing(): boolean {
    return this.#dispatcher.isClosing;
  }

  /** How many more calls may queue; below 1 when the queue is full. */
  get places(): number {
    return this.#options.maxQueue + this.#open - this.queue.queued;
  }

  /** How many more calls a lane takes, by its policy; 0 refuses them. */
  admits(lane: Lane<Item>, priority: number, now: number): number {
    return lane.admits(priority, this.slots, now);
  }

  /** How many more calls may queue in a lane where at most `most` may; below 1 when it is full. */
  placesIn(lane: Lane<Item>, most: number): number {
    return most + this.#open - lane.waiting - lane.away;
  }

  /** Forgets a call that has been answered. */
  release(call: Call): void {
    this.deadlines.release(call);
    call.batch = undefined;
  }

  /** Takes a call out of the queue, or detaches it from the batch that runs. */
  remove(call: Call, error: unknown): void {
    const batch = call.batch!;
    if (batch.hasLeft) batch.vacate(call.index);
    else this.queue.remove(call);
    this.release(call);
    // Not before: a handler that hears of it may abort the call.
    batch.run?.left(error);
  }

  /** The options have changed: what was decided is void. */
  reconsider(): void {
    this.#dispatcher.reconsider();
  }

  /** All lanes decide by this policy from now on. */
  follow(policy: Policy): void {
    this.queue.renew(policy);
    this.reconsider();
  }

  /**
   * Lets everything that waits leave as soon as there is a slot, or, `unbound`, without one. Calls that are
   * away come back.
   *
   * @param visit Hears of each call that waits.
   */
  flush(unbound: boolean, visit: (call: Call) => void): void {
    this.returns.ring(Infinity);
    const hurry = unbound ? "unbound" : "flush";
    for (const lane of this.queue.lanes) {
      lane.forEach((batch, index) => {
        const call = batch.callAt(index);
        call.isFlushed = true;
        this.queue.hasten(call, hurry);
        visit(call);
      });
    }
  }

  /** All calls that are not answered yet, as calls with demands of their own from now on. */
  calls(): Call[] {
    const { returns, queue, slots } = this;
    const calls: Call[] = [];
    for (
      const place of [...returns.batches, ...queue.lanes, ...slots.batches]
    ) {
      place.forEach((batch, index) => void calls.push(batch.callAt(index)));
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
    const { queue } = this;
    queue.grant(0);
    queue.now = now;
    this.slots.refill(now);
    const willReturn = this.returns.ring(now, endOfTurn);
    this.ring(now);
    const again = this.#dispatcher.look(endOfTurn) || willReturn;
    this.#wake(again);
    return again;
  }

  /** Alarms: calls and lanes that should leave by now, or should have been answered by now. */
  ring(now: number): void {
    this.#dispatcher.ring(now);
  }

  /** Frees the slot of a batch that was dispatched. */
  ended(batch: Batch<Item>, now: number, failed: boolean): void {
    const lane = laneOf<Item>(batch);
    lane.tell();
    const ms = this.slots.end(batch, now, failed);
    lane.ended(batch, ms, failed, now);
    this.queue.touch(lane);
  }

  /** How many calls the free slots take. */
  get #open(): number {
    const { free } = this.slots;
    return free > 0 ? free * this.#options.size : 0;
  }

  /** Asks for the next look, where another one follows at the end of this turn or not. */
  #wake(again: boolean): void {
    const { slots, queue } = this;
    let time = Math.min(
      this.#dispatcher.next,
      this.deadlines.next(again),
      again ? Infinity : this.returns.next,
    );
    if (queue.waiting > 0) time = Math.min(time, slots.allowedAt);
    if (time < Infinity) this.#port.wakeAt(time);
  }
}
