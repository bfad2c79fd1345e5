/**
 * Where the calls of a lane wait, by their priority and their age.
 *
 * @module
 */
import {
  Batch,
  type Call,
  type Entry,
  type Home,
  type LaneKey,
  type Visit,
} from "./call.ts";
import { Line } from "./line.ts";

/** With how much a batch may leave, and when. */
export interface Load {
  /** Most calls. */
  readonly calls: number;
  /** The heaviest batch. */
  readonly maxWeight: number;
  /** The time in ms. */
  readonly now: number;
  /** After waiting this long, in ms, a call counts as one priority higher; `NaN` or 0 when it never does. */
  readonly risesAfterMs: number;
}

/**
 * One {@link Line} for each priority, highest first. Most lanes have one, whose first batch leaves as it is; where
 * callers have left it or other lines have calls, a batch is gathered. Calls that are put back, or come to another
 * priority later than they came, stand in lines of their own.
 */
export class Lines<Item> implements Home {
  readonly key: LaneKey;
  readonly nested: boolean;
  /** Takes calls of no particular priority. */
  readonly plain: Line<Item>;
  /** All of them: those of a higher priority first, of one priority that of calls with a rank. */
  readonly lines: Line<Item>[];

  /** Makes one empty line. */
  constructor({ key, nested }: Home) {
    this.key = key;
    this.nested = nested;
    this.plain = new Line(this, 0);
    this.lines = [this.plain];
  }

  /** How many calls have come so far. */
  get came(): number {
    const { lines, plain } = this;
    if (lines.length === 1) return plain.came;
    return lines.reduce(
      (sum, line) => sum + (line.isRanked ? 0 : line.came),
      0,
    );
  }

  /** How many calls wait. */
  get waiting(): number {
    const { lines, plain } = this;
    if (lines.length === 1) return plain.waiting;
    let waiting = 0;
    for (const line of lines) waiting += line.waiting;
    return waiting;
  }

  /** What they weigh. */
  get weight(): number {
    const { lines, plain } = this;
    if (lines.length === 1) return plain.weight;
    let weight = 0;
    for (const line of lines) weight += line.weight;
    return weight;
  }

  /** What they have waited by `now`, summed up. */
  age(now: number): number {
    let age = 0;
    for (const line of this.lines) age += line.waiting * now - line.arrivals;
    return age;
  }

  /** When the oldest waiting call came, in ms; `NaN` when none waits. */
  get oldestAt(): number {
    return this.oldestLine?.oldestAt ?? NaN;
  }

  /** Calls of several priorities are all taken together. */
  together(calls: number): number {
    return this.lines.length > 1 ? this.waiting : this.plain.together(calls);
  }

  /** What so many calls weigh, a line after the other. */
  weightOf(calls: number): number {
    const { waiting, weight } = this;
    if (calls >= waiting) return weight;
    // Where nothing is weighed.
    if (weight === waiting) return calls;
    let [left, sum] = [calls, 0];
    this.forEach((batch, index) => {
      if (left-- <= 0) return false;
      sum += batch.weightAt(index);
    });
    return sum;
  }

  /** The call that waits longest, with demands of its own from now on; call with `waiting > 0` only. */
  oldestCall(): Call {
    return this.oldestLine!.oldestCall();
  }

  /** The line whose first call came first; none when none waits. */
  get oldestLine(): Line<Item> | undefined {
    const { lines, plain } = this;
    if (lines.length === 1) return plain.waiting > 0 ? plain : undefined;
    let oldest: Line<Item> | undefined;
    for (const line of lines) {
      if (line.waiting === 0) continue;
      if (!oldest || line.oldestAt < oldest.oldestAt) oldest = line;
    }
    return oldest;
  }

  /** How many calls of this priority or a higher one wait. */
  ahead(priority: number): number {
    let ahead = 0;
    for (const line of this.lines) {
      if (line.priority >= priority) ahead += line.waiting;
    }
    return ahead;
  }

  /** The line of this priority, of the calls that come or of those that have a rank. */
  lineOf(priority: number, isRanked = false): Line<Item> {
    if (priority === 0 && !isRanked) return this.plain;
    const index = this.lines.findIndex((line) =>
      line.priority < priority ||
      (line.priority === priority && (isRanked || !line.isRanked))
    );
    const line = this.lines[index];
    if (line?.priority === priority && line.isRanked === isRanked) return line;
    const made = new Line<Item>(this, priority, isRanked);
    this.lines.splice(index < 0 ? this.lines.length : index, 0, made);
    return made;
  }

  /** Takes a call out of the middle: O(1), nobody else moves. */
  remove(call: Call): Entry<Item> {
    const batch = call.batch as Batch<Item>;
    const line = this.#lineOf(call);
    const entry = batch.entryAt(call.index);
    line.vacate(batch, call.index);
    line.tidy(batch);
    return entry;
  }

  /** Gives a call a higher priority: it goes on to wait where it would be if it had come with that. */
  raise(call: Call, priority: number): void {
    const entry = this.remove(call);
    call.priority = priority;
    call.rank = 0;
    this.#lineOf(call).insert(entry);
  }

  /** Takes calls out as a batch, in the order of their priority and their age. */
  take(load: Load): Batch<Item> {
    const { calls, maxWeight } = load;
    const line = this.#next(load)!;
    const isOnly = line.waiting === this.waiting;
    const whole = isOnly ? line.takeWhole(calls, maxWeight) : undefined;
    return whole ?? this.#gathered(load);
  }

  /** Visits everything that waits, a line after the other; a line ends when a visit answers false. */
  forEach(visit: Visit): void {
    for (const line of this.lines) line.forEach(visit);
  }

  #lineOf({ priority, rank }: Call): Line<Item> {
    return this.lineOf(priority, rank < Infinity);
  }

  /** Calls from several batches; one that does not fit stays first in line. */
  #gathered(load: Load): Batch<Item> {
    const { calls, maxWeight } = load;
    const gathered = new Batch<Item>(this, calls);
    while (gathered.count < calls) {
      if (!this.#next(load)?.moveTo(gathered, maxWeight)) break;
    }
    gathered.seal();
    for (const line of this.lines) line.tidy(line.open);
    return gathered;
  }

  /** The line whose first call is due next: of the highest priority, or that has waited for it. */
  #next({ now, risesAfterMs }: Load): Line<Item> | undefined {
    const { lines, plain } = this;
    if (lines.length === 1) return plain.waiting > 0 ? plain : undefined;
    let best: Line<Item> | undefined;
    let bestRank = -Infinity;
    for (const line of lines) {
      if (line.waiting === 0) continue;
      const rises = risesAfterMs > 0
        ? Math.floor((now - line.oldestAt) / risesAfterMs)
        : 0;
      const rank = line.priority + rises;
      if (rank > bestRank) [best, bestRank] = [line, rank];
      else if (rank === bestRank && line.oldestAt < best!.oldestAt) best = line;
    }
    return best;
  }
}
