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
    member.alarmAt = time;
    if (member.alarmIndex < 0) {
      member.alarmIndex = this.#heap.length;
      this.#heap.push(member);
    }
    this.#down(this.#up(member));
  }

  /** Takes an alarm out, if there is one. */
  remove(member: T): void {
    const index = member.alarmIndex;
    if (index < 0) return;
    member.alarmIndex = -1;
    const last = this.#heap.pop()!;
    if (last === member) return;
    this.#place(last, index);
    this.#down(this.#up(last));
  }

  /** Whose alarm rings by `now`, if any; it stays until moved or removed. */
  due(now: number): T | undefined {
    const nearest = this.#heap[0];
    return nearest && nearest.alarmAt <= now ? nearest : undefined;
  }

  #up(member: T): T {
    let index = member.alarmIndex;
    while (index > 0) {
      const parent = this.#heap[(index - 1) >> 1]!;
      if (parent.alarmAt <= member.alarmAt) break;
      this.#place(parent, index);
      index = (index - 1) >> 1;
    }
    this.#place(member, index);
    return member;
  }

  #down(member: T): void {
    let index = member.alarmIndex;
    for (;;) {
      const left = this.#heap[2 * index + 1];
      const right = this.#heap[2 * index + 2];
      if (left === undefined) break;
      const nearer = right !== undefined && right.alarmAt < left.alarmAt
        ? right
        : left;
      if (nearer.alarmAt >= member.alarmAt) break;
      const below = nearer.alarmIndex;
      this.#place(nearer, index);
      index = below;
    }
    this.#place(member, index);
  }

  #place(member: T, index: number): void {
    this.#heap[index] = member;
    member.alarmIndex = index;
  }
}
