/**
 * Which lane goes next where several would and slots are scarce.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/** The lanes that would leave if they had a slot, in the order in which they said so. */
export class Contenders<Item> extends Set<Lane<Item>> {
  /** Those for which slots are kept till the end of this turn, if any are. */
  #kept: Set<Lane<Item>> | undefined = undefined;
  /** Whether the lane that was named last leaves others without a slot. */
  #isScarce = false;
  /** Whoever stands before that needs nothing more. */
  #rest: Iterator<Lane<Item>, undefined> | undefined = undefined;

  /** One of the free slots is kept for this lane. */
  keepSlot(lane: Lane<Item>): void {
    (this.#kept ??= new Set()).add(lane);
  }

  /** No slots are kept any more. */
  releaseSlots(): void {
    this.#kept = this.#rest = undefined;
  }

  /** The lane that goes next, if a slot is left for one, where so many are free. */
  next(free: number, now: number): Lane<Item> | undefined {
    const kept = this.#kept?.size ?? 0;
    const left = free - kept;
    if (left <= 0) return undefined;
    const rivals = this.size - kept;
    this.#isScarce = left < rivals;
    if (this.#isScarce) return this.#fairest(rivals, now);
    const rest = this.#rest ??= this.values();
    let lane = rest.next().value;
    while (lane && this.#kept?.has(lane)) lane = rest.next().value;
    return lane;
  }

  /** The lane that was named next goes; those who might have gone in its place are passed over. */
  went(lane: Lane<Item>): void {
    this.delete(lane);
    if (!this.#isScarce) return;
    for (const other of this) if (!this.#kept?.has(other)) other.passed++;
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
    for (const lane of this) {
      if (this.#kept?.has(lane)) continue;
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
    for (const lane of this) {
      if (lane.passed < patience || this.#kept?.has(lane)) continue;
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
