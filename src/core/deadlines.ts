/**
 * Who must hear by when.
 *
 * @module
 */
import type { Call } from "./call.ts";

/**
 * Calls with a deadline, nearest first. Each has an alarm: first at the time when
 * it should leave, then at its deadline. A call that is done is taken out, so
 * that nothing outlives its caller.
 *
 * A binary heap: O(log n) for a call with a deadline of its own. Calls that share
 * one span come in the order of their deadlines, so they are appended and sift
 * nowhere.
 */
export class Deadlines {
  readonly #heap: Call[] = [];

  /** When the next alarm rings, in ms; `Infinity` when there is none. */
  get next(): number {
    return this.#heap[0]?.alarmAt ?? Infinity;
  }

  /** Sets the alarm of a call, or moves it. */
  set(call: Call, time: number): void {
    call.alarmAt = time;
    if (call.alarmIndex < 0) {
      call.alarmIndex = this.#heap.length;
      this.#heap.push(call);
    }
    this.#down(this.#up(call));
  }

  /** Takes a call out; one that has no alarm is left alone. */
  remove(call: Call): void {
    const index = call.alarmIndex;
    if (index < 0) return;
    call.alarmIndex = -1;
    const last = this.#heap.pop()!;
    if (last === call) return;
    this.#place(last, index);
    this.#down(this.#up(last));
  }

  /** The call whose alarm rings by `now`, if any; it stays until moved or removed. */
  due(now: number): Call | undefined {
    const [nearest] = this.#heap;
    return nearest && nearest.alarmAt <= now ? nearest : undefined;
  }

  #up(call: Call): Call {
    let index = call.alarmIndex;
    while (index > 0) {
      const parent = this.#heap[(index - 1) >> 1]!;
      if (parent.alarmAt <= call.alarmAt) break;
      this.#place(parent, index);
      index = (index - 1) >> 1;
    }
    this.#place(call, index);
    return call;
  }

  #down(call: Call): void {
    let index = call.alarmIndex;
    for (;;) {
      const left = this.#heap[2 * index + 1];
      const right = this.#heap[2 * index + 2];
      if (left === undefined) break;
      const nearer = right !== undefined && right.alarmAt < left.alarmAt
        ? right
        : left;
      if (nearer.alarmAt >= call.alarmAt) break;
      const below = nearer.alarmIndex;
      this.#place(nearer, index);
      index = below;
    }
    this.#place(call, index);
  }

  #place(call: Call, index: number): void {
    this.#heap[index] = call;
    call.alarmIndex = index;
  }
}
