import assert from "node:assert/strict";
import { type Batch, Call, type LaneKey } from "../../src/core/call.ts";
import { natural } from "../../src/core/policy.ts";
import type { Port } from "../../src/core/port.ts";
import { Scheduler, type SchedulerOptions } from "../../src/core/scheduler.ts";
import { placeIn } from "./place_in.ts";

/** What a call may want in a script. */
export interface Demands {
  lane?: LaneKey;
  nested?: boolean;
  priority?: number;
  weight?: number;
  deadlineMs?: number;
}

/** A scheduler that is driven by hand, with all that it has decided. */
export class Driven implements Port<string> {
  readonly scheduler: Scheduler<string>;
  /** All batches that have left. */
  readonly batches: Batch<string>[] = [];
  /** The calls that were too late. */
  readonly expired: Call[] = [];
  /** The calls that policies have given up. */
  readonly dropped: Call[] = [];
  /** What policies have thrown. */
  readonly errors: unknown[] = [];
  /** The nearest time at which the last look wants another; `Infinity` for none. */
  wake: number = Infinity;
  /** Runs inside of `dispatch`, like a handler before its first `await`. */
  handler: (batch: Batch<string>) => void = () => {};

  /** Natural, one slot, batches of up to 4, unless told otherwise. */
  constructor(options: Partial<SchedulerOptions> = {}) {
    const defaults: SchedulerOptions = {
      size: 4,
      concurrency: 1,
      maxQueue: Infinity,
      policy: natural(),
    };
    // Not copied: what a getter answers may change, as by `configure`.
    const settings = Object.setPrototypeOf(options, defaults);
    this.scheduler = new Scheduler<string>(settings, this);
  }

  dispatch(batch: Batch<string>): void {
    this.batches.push(batch);
    this.handler(batch);
  }

  wakeAt(time: number): void {
    assert.ok(time < Infinity, `Who wants no look asks for none, got ${time}`);
    this.wake = Math.min(this.wake, time);
  }

  drop(call: Call): void {
    this.dropped.push(call);
    this.scheduler.remove(call, "dropped");
  }

  expire(call: Call): void {
    this.expired.push(call);
    this.scheduler.remove(call, "expired");
  }

  report(error: unknown): void {
    this.errors.push(error);
  }

  /** What has left so far, a word per call: `["a b", "c"]`. */
  get sent(): string[] {
    return this.batches.map((batch) => batch.items.join(" "));
  }

  /** Why the batches left. */
  get reasons(): string[] {
    return this.batches.map((batch) => batch.reason);
  }

  /** A call for each of the words comes at this time. */
  place(now: number, words: string, demands: Demands = {}): Call[] {
    const { scheduler } = this;
    scheduler.queue.now = now;
    return words.split(" ").map((word) => {
      const { deadlineMs, ...spot } = demands;
      const call = new Call(() => {}, spot.priority);
      placeIn(scheduler.queue, word, call, spot);
      if (deadlineMs !== undefined) {
        scheduler.deadlines.set(call, deadlineMs, scheduler.queue.now);
      }
      return call;
    });
  }

  /** The look that follows in the turn; answers whether it wants the end of it. */
  look(now: number): boolean {
    this.wake = Infinity;
    return this.scheduler.look(now, false);
  }

  /** The end of a turn. */
  endTurn(now: number): void {
    this.wake = Infinity;
    this.scheduler.look(now, true);
  }

  /** A turn that begins with calls: both looks, the second only if it is wanted. */
  turn(now: number, words: string, demands: Demands = {}): Call[] {
    const calls = this.place(now, words, demands);
    if (this.look(now)) this.endTurn(now);
    return calls;
  }

  /** The oldest running batch has been answered. Nobody looks yet. */
  end(now: number, failed = false): void {
    const running = [...this.scheduler.slots.batches];
    const [batch] = running.sort((a, b) => a.id - b.id);
    for (const ticket of batch!.tickets) {
      if (typeof ticket === "object") this.scheduler.release(ticket);
    }
    this.scheduler.ended(batch!, now, failed);
  }

  /** A batch has been answered, and the turn in which that happens runs to its end. */
  endAndTurn(now: number): void {
    this.end(now);
    if (this.look(now)) this.endTurn(now);
  }
}
