/**
 * What is to be looked at when.
 *
 * @module
 */
/** What waits for a time; an {@link Alarms} keeps it. */
export interface Alarmed {
  /** When it is to be looked at next, in ms. */
  alarmAt: number;
  /** Its position among the others; -1 when it waits for no time. */
  alarmIndex: number;
}

/**
 * Those that wait for a time, nearest first: a binary heap, O(log n) to set an alarm,
 * to move it and to take it out. One that comes after all others is appended and
 * sifts nowhere.
 */
export class Alarms<T extends Alarmed> {
  readonly #heap: T[] = [];

  /** When the next alarm rings, in ms; `Infinity` when there is none. */
  get next(): number {
    return this.#heap[0]?.alarmAt ?? Infinity;
  }

  /** All that wait for a time, in no order. */
  get members(): readonly T[] {
    return this.#heap;
  }

  /** Sets an alarm, or moves it. */
  set(member: T, time: number): void {
    const { alarmIndex } = member;
    member.alarmAt = time;
    this.#sift(member, alarmIndex < 0 ? this.#heap.length : alarmIndex);
  }

  /** Takes an alarm out, if there is one. */
  remove(member: T): void {
    const index = member.alarmIndex;
    if (index < 0) return;
    member.alarmIndex = -1;
    const last = this.#heap.pop()!;
    if (last !== member) this.#sift(last, index);
  }

  /** Whose alarm rings by `now`, if any; it stays until moved or removed. */
  due(now: number): T | undefined {
    const nearest = this.#heap[0];
    return nearest && nearest.alarmAt <= now ? nearest : undefined;
  }

  /** Finds the place of a member, from that which is empty: others move up or down to there. */
  #sift(member: T, index: number): void {
    const heap = this.#heap;
    const { alarmAt } = member;
    while (index > 0) {
      const above = heap[(index - 1) >> 1]!;
      if (above.alarmAt <= alarmAt) break;
      this.#place(above, index);
      index = (index - 1) >> 1;
    }
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      const below = right && right.alarmAt < left!.alarmAt ? right : left;
      if (below === undefined || below.alarmAt >= alarmAt) break;
      const next = below.alarmIndex;
      this.#place(below, index);
      index = next;
    }
    this.#place(member, index);
  }

  #place(member: T, index: number): void {
    this.#heap[index] = member;
    member.alarmIndex = index;
  }
}
