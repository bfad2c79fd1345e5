/**
 * Which lane goes next where several would and slots are scarce.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/** The lanes that would leave if they had a slot, in the order in which they said so. */
export class Contenders<Item> {
  /** How many there are. */
  size = 0;
  /** Where each of them stands; those that have gone leave gaps. */
  #lanes: (Lane<Item> | undefined)[] = [];
  /** For how many of them slots are kept till the end of this turn. */
  #kept = 0;
  /** Counts the times that slots were kept. */
  #time = 1;
  /** Whether the lane that was named last leaves others without a slot. */
  #isScarce = false;
  /** Whoever stands before that position needs nothing more. */
  #rest = 0;

  /** Whether this lane is one of them. */
  has(lane: Lane<Item>): boolean {
    return lane.position >= 0;
  }

  /** A lane would leave. */
  add(lane: Lane<Item>): void {
    if (this.has(lane)) return;
    lane.position = this.#lanes.length;
    this.#lanes.push(lane);
    this.size++;
  }

  /** A lane has gone, or would not leave any more. */
  delete(lane: Lane<Item>): void {
    if (!this.has(lane)) return;
    const lanes = this.#lanes;
    lanes[lane.position] = undefined;
    lane.position = -1;
    this.size--;
    while (lanes.length > 0 && !lanes[lanes.length - 1]) lanes.pop();
    this.#rest = Math.min(this.#rest, lanes.length);
  }

  /** One of the free slots is kept for this lane. */
  keepSlot(lane: Lane<Item>): void {
    lane.keptAt = this.#time;
    this.#kept++;
  }

  /** No slots are kept any more. */
  releaseSlots(): void {
    this.#time++;
    this.#kept = this.#rest = 0;
    if (this.#lanes.length > 2 * this.size) this.#closeGaps();
  }

  /** The lane that goes next, if a slot is left for one, where so many are free. */
  next(free: number, now: number): Lane<Item> | undefined {
    const left = free - this.#kept;
    if (left <= 0) return undefined;
    const rivals = this.size - this.#kept;
    this.#isScarce = left < rivals;
    if (this.#isScarce) return this.#fairest(rivals, now);
    while (this.#rest < this.#lanes.length) {
      const lane = this.#lanes[this.#rest++];
      if (lane && !this.#isKept(lane)) return lane;
    }
    return undefined;
  }

  /** The lane that was named next goes; those who might have gone in its place are passed over. */
  went(lane: Lane<Item>): void {
    this.delete(lane);
    if (!this.#isScarce) return;
    for (const other of this.#lanes) {
      if (other && !this.#isKept(other)) other.passed++;
    }
  }

  /** Whether a slot is kept for it. */
  #isKept(lane: Lane<Item>): boolean {
    return lane.keptAt === this.#time;
  }

  #closeGaps(): void {
    this.#lanes = this.#lanes.filter((lane) => lane !== undefined);
    this.#lanes.forEach((lane, index) => lane!.position = index);
  }

  /**
   * The lane whose calls have waited longest in sum: that serves most callers soonest. Lanes that
   * were passed over as often as there are lanes to choose from come first, so that no load
   * starves another. Of equals the first one.
   */
  #fairest(patience: number, now: number): Lane<Item> | undefined {
    let fairest: Lane<Item> | undefined;
    let most = -Infinity;
    let starved = 0;
    for (const lane of this.#lanes) {
      if (lane === undefined || this.#isKept(lane)) continue;
      if (lane.passed >= patience) starved++;
      const age = lane.age(now);
      if (age > most) [fairest, most] = [lane, age];
    }
    return starved > 0 ? this.#hungriest(patience, starved) : fairest;
  }

  /**
   * Of the lanes that were passed over too often the one with the oldest call. Lanes whose calls
   * are older may come to be among these again and again; so whoever could otherwise be passed over
   * more than twice as often comes before all.
   */
  #hungriest(patience: number, starved: number): Lane<Item> | undefined {
    const most = 2 * patience - starved;
    let hungriest: Lane<Item> | undefined;
    for (const lane of this.#lanes) {
      if (lane === undefined || this.#isKept(lane)) continue;
      if (lane.passed < patience) continue;
      if (!hungriest || isBefore(lane, hungriest, most)) hungriest = lane;
    }
    return hungriest;
  }
}

/** Whether the first of two lanes goes first, though nobody may be passed over more than so often. */
function isBefore<Item>(a: Lane<Item>, b: Lane<Item>, most: number): boolean {
  const isUrgent = a.passed > most || b.passed > most;
  if (isUrgent && a.passed !== b.passed) return a.passed > b.passed;
  return a.oldestAt < b.oldestAt ||
    (a.oldestAt === b.oldestAt && a.passed > b.passed);
}
