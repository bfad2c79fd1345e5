/**
 * Which lane goes next where several would and slots are scarce.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/**
 * Among how many lanes the fairest is looked for, where more would go: those who said so first. As one of them
 * goes the next one counts, so that it costs no more to choose among 100,000 lanes.
 */
const MOST_RIVALS = 256;

/** The lanes that would leave if they had a slot, in the order in which they said so. */
export class Contenders<Item> {
  /** How many there are, those left out for which slots are kept. */
  size = 0;
  /** Where each of them stands; those that have gone leave gaps, and so do those for which slots are kept. */
  readonly #lanes: (Lane<Item> | undefined)[] = [];
  /** Before that position there are only gaps. */
  #first = 0;
  /** Those for which slots are kept till the end of this turn. */
  readonly #kept: Lane<Item>[] = [];
  /** Among how many the lane was chosen that was named last; 0 where slots are for all. */
  #rivals = 0;

  /** Whether this lane is one of them, be it that a slot is kept for it. */
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

  /** A lane has gone, or would not leave any more; no slot is kept for it. */
  delete(lane: Lane<Item>): void {
    if (!this.has(lane)) return;
    this.#vacate(lane);
    // The last one leaves no gap: where only one goes again and again, it stands where it stood.
    if (lane.position === this.#lanes.length - 1) this.#lanes.pop();
    lane.position = -1;
  }

  /** One of the free slots is kept for this lane. */
  keepSlot(lane: Lane<Item>): void {
    this.#vacate(lane);
    this.#kept.push(lane);
  }

  /** No slots are kept any more: who had one stands where it stood. */
  releaseSlots(): void {
    const lanes = this.#lanes;
    for (let lane = this.#kept.pop(); lane; lane = this.#kept.pop()) {
      lanes[lane.position] = lane;
      this.#first = Math.min(this.#first, lane.position);
      this.size++;
    }
    if (lanes.length > 2 * this.size) this.#closeGaps();
  }

  /** The lane that goes next, if a slot is left for one, where so many are free. */
  next(free: number, now: number): Lane<Item> | undefined {
    const left = free - this.#kept.length;
    const rivals = this.size;
    if (left <= 0 || rivals === 0) return undefined;
    while (!this.#lanes[this.#first]) this.#first++;
    this.#rivals = left < rivals ? Math.min(rivals, MOST_RIVALS) : 0;
    return this.#rivals > 0 ? this.#fairest(now) : this.#lanes[this.#first];
  }

  /** The lane that was named next goes; those who might have gone in its place are passed over. */
  went(lane: Lane<Item>): void {
    this.delete(lane);
    const lanes = this.#lanes;
    let others = this.#rivals - 1;
    for (let at = this.#first; others > 0 && at < lanes.length; at++) {
      const other = lanes[at];
      if (other === undefined) continue;
      other.passed++;
      others--;
    }
  }

  #vacate(lane: Lane<Item>): void {
    this.#lanes[lane.position] = undefined;
    this.size--;
  }

  #closeGaps(): void {
    const lanes = this.#lanes;
    let position = 0;
    for (const lane of lanes) {
      if (lane === undefined) continue;
      lane.position = position;
      lanes[position++] = lane;
    }
    while (lanes.length > this.size) lanes.pop();
    this.#first = 0;
  }

  /**
   * The lane whose calls have waited longest in sum: that serves most callers soonest. Lanes that
   * were passed over as often as there are lanes to choose from come first, so that no load
   * starves another. Of equals the first one.
   */
  #fairest(now: number): Lane<Item> | undefined {
    const lanes = this.#lanes;
    const patience = this.#rivals;
    let fairest: Lane<Item> | undefined;
    let most = -Infinity;
    let starved = 0;
    let left = patience;
    for (let at = this.#first; left > 0; at++) {
      const lane = lanes[at];
      if (lane === undefined) continue;
      left--;
      if (lane.passed >= patience) starved++;
      const age = lane.age(now);
      if (age > most) [fairest, most] = [lane, age];
    }
    return starved > 0 ? this.#hungriest(starved) : fairest;
  }

  /**
   * Of the lanes that were passed over too often the one with the oldest call. Lanes whose calls
   * are older may come to be among these again and again; so whoever could otherwise be passed over
   * more than twice as often comes before all.
   */
  #hungriest(starved: number): Lane<Item> | undefined {
    const lanes = this.#lanes;
    const patience = this.#rivals;
    const most = 2 * patience - starved;
    let hungriest: Lane<Item> | undefined;
    let left = starved;
    for (let at = this.#first; left > 0; at++) {
      const lane = lanes[at];
      if (lane === undefined) continue;
      if (lane.passed < patience) continue;
      left--;
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
