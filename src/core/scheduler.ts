/**
 * Which calls leave together, and when.
 *
 * @module
 */
import type { Batch, Call } from "./call.ts";
import { Deadlines } from "./deadlines.ts";
import { Contenders } from "./fairness.ts";
import { Inquiry } from "./inquiry.ts";
import type { Lane } from "./lane.ts";
import type { Policy } from "./policy.ts";
import { laneOf, Queue, type QueueOptions } from "./queue.ts";
import { Returns } from "./returns.ts";
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
  /** Set by {@link close}. */
  closing = false;
  readonly #options: SchedulerOptions;
  readonly #port: Port<Item>;
  readonly #inquiry: Inquiry<Item>;
  /** The lanes that would leave, by what they said last. */
  readonly #contenders = new Contenders<Item>();
  /** Counts the looks, and the batches that leave: what a lane has said before is not the last word. */
  #moment = 0;
  /** Whether there was a free slot when lanes were asked last. */
  #hadFree = true;
  /** Set by a look that leaves something to do at the end of its turn. */
  #again = false;

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
    this.#inquiry = new Inquiry({ options, queue, slots, deadlines }, port);
  }

  /**
   * No call comes any more and everything that waits is to leave. Those who are away come back, but not at
   * once those who are sent away from now on: a back end that is busy would be asked without a pause.
   */
  close(): void {
    this.returns.ring(Infinity);
    this.closing = true;
    this.reconsider();
  }

  /** How many more calls may queue; below 1 when the queue is full. */
  get places(): number {
    return this.#options.maxQueue + this.#open - this.queue.queued;
  }

  /** How many more calls a lane takes, by its policy; 0 refuses them. */
  admits(lane: Lane<Item>, priority: number, now: number): number {
    const { policy } = lane;
    let calls = Infinity;
    if (policy.admits) {
      if (lane.freshAt !== now) this.queue.tell(lane);
      const ahead = lane.ahead(priority);
      this.#attempt(() => {
        calls = policy.admits!(ahead, lane, this.slots, now, priority);
      });
    }
    return calls >= 1 ? Math.floor(calls) : 0;
  }

  /** How many more calls may queue in a lane where at most `most` may; below 1 when it is full. */
  placesIn(lane: Lane<Item>, most: number): number {
    return most + this.#open - lane.waiting;
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
    this.queue.grant(0);
    this.queue.touchAll(this.#contenders);
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
        this.queue.hasten(call, hurry);
        visit(call);
      });
    }
  }

  /** All calls that are not answered yet, as calls with demands of their own from now on. */
  calls(): Call[] {
    const calls: Call[] = this.returns.calls();
    for (const lane of this.queue.lanes) {
      lane.forEach((batch, index) => void calls.push(batch.callAt(index)));
    }
    for (const batch of this.slots.batches) {
      batch.forEach((batch, index) => void calls.push(batch.callAt(index)));
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
    const { queue, slots } = this;
    queue.grant(0);
    queue.now = now;
    slots.refill(now);
    this.#again = this.returns.ring(now, endOfTurn);
    this.ring(now);
    if (slots.free > 0 && !this.#hadFree) queue.touchAll(this.#contenders);
    this.#moment++;
    this.#seeToTouched(endOfTurn);
    this.#send(endOfTurn);
    this.#hadFree = slots.free > 0;
    this.#wake();
    return this.#again;
  }

  /** Alarms: calls and lanes that should leave by now, or should have been answered by now. */
  ring(now: number): void {
    this.deadlines.ring(now);
    this.#inquiry.ring(now);
  }

  /** Frees the slot of a batch that was dispatched. */
  ended(batch: Batch<Item>, now: number, failed: boolean): void {
    const lane = laneOf<Item>(batch);
    const { policy } = lane;
    this.queue.tell(lane);
    const ms = this.slots.end(batch, now, failed);
    lane.running--;
    if (policy.ended && batch.policy === policy) {
      this.#attempt(() => policy.ended!(batch, ms, failed, now));
    }
    this.queue.touch(lane);
  }

  /** Asks the lanes in which something has happened; while no slot is free only those that need none, which leave. */
  #seeToTouched(endOfTurn: boolean): void {
    const { queue, slots } = this;
    const contenders = this.#contenders;
    for (const lane of queue.takeTouched()) {
      if (endOfTurn) queue.tell(lane);
      else if (slots.free > 0 && lane.isUnheard) this.#askAgain(lane);
      if (lane.isUnbound && this.#sendUnbound(lane, endOfTurn)) continue;
      if (lane.waiting === 0) {
        contenders.delete(lane);
        this.#inquiry.forget(lane);
        queue.forgetIdle(lane);
      } else if (slots.free <= 0) this.#inquiry.watch(lane, queue.now);
      else if (this.#ask(lane)) contenders.add(lane);
      else contenders.delete(lane);
    }
  }

  /** Sends a lane that needs no slot; returns whether that is all that can be done for it now. */
  #sendUnbound(lane: Lane<Item>, endOfTurn: boolean): boolean {
    const { queue, slots } = this;
    this.#contenders.delete(lane);
    while (lane.isUnbound && this.#ask(lane)) {
      // A look follows when the rate limit lets the next batch start.
      if (!slots.mayStart) queue.touch(lane);
      else if (!lane.isFull && !endOfTurn) this.#askAgain(lane);
      else if (this.#start(lane)) continue;
      return true;
    }
    return false;
  }

  /** Sends what is to leave of the lanes that would. */
  #send(endOfTurn: boolean): void {
    const { queue, slots } = this;
    const contenders = this.#contenders;
    /** Slots that become free meanwhile are for full batches only: callers just answered may join others. */
    let open = slots.free;
    for (;;) {
      const lane = contenders.next(slots.free, queue.now);
      if (lane === undefined) return contenders.releaseSlots();
      const isStale = lane.askedAt < this.#moment || lane.waiting < lane.offer;
      if (isStale && !this.#ask(lane)) contenders.delete(lane);
      else if (lane.isFull || (endOfTurn && open > 0)) {
        contenders.went(lane);
        open--;
        if (this.#start(lane)) contenders.add(lane);
      } else {
        contenders.keepSlot(lane);
        this.#askAgain(lane);
      }
    }
  }

  /** Whether a lane would leave now. */
  #ask(lane: Lane<Item>): boolean {
    lane.askedAt = this.#moment;
    return this.#inquiry.ask(lane, this.queue.now, this.closing);
  }

  /** A lane is to be asked at the end of this turn. */
  #askAgain(lane: Lane<Item>): void {
    this.queue.touch(lane);
    this.#again = true;
  }

  /** How many calls the free slots take. */
  get #open(): number {
    const { free } = this.slots;
    return free > 0 ? free * this.#options.size : 0;
  }

  /** Asks for the next look. */
  #wake(): void {
    const { slots, queue } = this;
    let time = Math.min(
      this.#inquiry.next,
      this.deadlines.next(this.#again),
      this.#again ? Infinity : this.returns.next,
    );
    if (queue.waiting > 0) time = Math.min(time, slots.allowedAt);
    if (time < Infinity) this.#port.wakeAt(time);
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
  #start(lane: Lane<Item>): boolean {
    const { now } = this.queue;
    const { isUnbound, policy, offer, reason } = lane;
    const { maxWeight = Infinity } = this.#options;
    const risesAfterMs = RISES_AFTER * this.slots.meanRunMs;
    const load = { calls: offer, maxWeight, now, risesAfterMs };
    // The handler of a batch that has left before may have called, and been granted room for more.
    this.queue.grant(0);
    const batch = this.queue.take(lane, load);
    const hasMore = lane.waiting > 0;
    batch.reason = batch.count < offer ? "weight" : reason;
    this.slots.start(batch, isUnbound, now);
    this.deadlines.started(batch);
    lane.running++;
    lane.passed = 0;
    if (!hasMore) this.#inquiry.forget(lane);
    batch.policy = policy;
    if (policy.started) {
      this.#attempt(() => {
        const ms = policy.started!(batch, now);
        if (ms !== undefined) batch.expectedEndAt = now + ms;
      });
    }
    this.#moment++;
    this.#port.dispatch(batch);
    this.#catchUp(now);
    return hasMore;
  }

  /** A handler that works on this thread takes its time, which the batcher has read when it ended. */
  #catchUp(since: number): void {
    const { now, touched } = this.queue;
    if (now > since) this.ring(now);
    if (this.queue.touched > touched) this.#again = true;
  }
}

/** A call rises by one priority when it has waited as long as so many batches take. */
const RISES_AFTER = 10;
