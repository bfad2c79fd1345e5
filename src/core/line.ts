/**
 * Calls of one lane and one priority, in the order in which they came.
 *
 * @module
 */
import { Batch, type Call, type Entry, type Home, type Visit } from "./call.ts";

/** Places made in advance cost memory, too. */
const MOST_EXPECTED = 1024;

/**
 * A line of batches: calls enter the last one, `open`, and leave from the first one.
 *
 *     first ─▶ [ full ][ full ][ open ◀─ put
 *
 * As long as nobody leaves early, a batch in this line is the batch that leaves.
 */
export class Line<Item> {
  /** The lane that it is of. */
  readonly home: Home;
  /** Calls of a higher one leave first. */
  readonly priority: number;
  /** Whether its calls have ranks, and stand where their age puts them. */
  readonly isRanked: boolean;
  /** Where the next call goes. */
  open: Batch<Item>;

  /** The batch that leaves first; each knows the next one. */
  #first: Batch<Item>;
  /** How many calls had come before the first one of the open batch; they are not counted where they have ranks. */
  #came = 0;
  /** What waits in the batches before that: calls, their weight, and the sum of the times at which they came. */
  #calls = 0;
  #weight = 0;
  #arrivals = 0;
  /** How many calls the next batch will probably have: as many as the last one. */
  #expected = 0;
  /** Whether calls were put in that do not stand yet where their age puts them. */
  #isUnsorted = false;

  /** Makes an empty line. */
  constructor(home: Home, priority: number, isRanked = false) {
    this.home = home;
    this.priority = priority;
    this.isRanked = isRanked;
    this.#first = this.open = new Batch(home);
  }

  /** How many calls have come so far. */
  get came(): number {
    return this.#came + this.open.count;
  }

  /** How many calls wait in it. */
  get waiting(): number {
    return this.#calls + this.open.size;
  }

  /** What they weigh. */
  get weight(): number {
    return this.#weight + this.open.weight;
  }

  /** The sum of the times at which they came, in ms. */
  get arrivals(): number {
    return this.#arrivals + this.open.arrivals;
  }

  /** The first batch that still has a caller; call with `waiting > 0` only. */
  front(): Batch<Item> {
    this.#sort();
    while (this.#first.size === 0) this.#shift();
    return this.#first;
  }

  /** The oldest call, with demands of its own from now on; call with `waiting > 0` only. */
  oldestCall(): Call {
    const batch = this.front();
    return batch.callAt(batch.first());
  }

  /** When the oldest call came, in ms; call with `waiting > 0` only. */
  get oldestAt(): number {
    const batch = this.front();
    return batch.timeAt(batch.first());
  }

  /** So many of the oldest calls, and those that came at the same time as the last of them: how many that are. */
  together(calls: number): number {
    let [all, last] = [0, NaN];
    this.forEach((batch, index) => {
      const time = batch.timeAt(index);
      if (all >= calls && time !== last) return false;
      last = time;
      return ++all > 0;
    });
    return all;
  }

  /** Starts a new open batch behind the one that is full, and returns it. */
  seal(): Batch<Item> {
    const { open } = this;
    open.next = this.#reopen();
    this.#account(open, open.size, open.weight, open.arrivals);
    return open.next;
  }

  /** Puts a call in, in a line that takes no others; who asks for the first one finds it where it belongs by its age. */
  insert(entry: Entry<Item>): void {
    this.open.add(entry);
    this.#isUnsorted = true;
  }

  /** The first batch, if it may leave as it is: with as many calls as wanted, or as fit. */
  takeWhole(calls: number, maxWeight: number): Batch<Item> | undefined {
    const batch = this.front();
    if (batch.left > 0 || batch.count > calls) return undefined;
    if (batch.weight > maxWeight) return undefined;
    if (batch.count < calls && !isLimited(batch, maxWeight)) return undefined;
    this.#account(batch, -batch.count, -batch.weight, -batch.arrivals);
    this.#expected = Math.min(batch.count, MOST_EXPECTED);
    this.#shift();
    batch.seal();
    return batch;
  }

  /** Moves the first call to another batch, unless it is too heavy to share that; returns whether it has. */
  moveTo(target: Batch<Item>, maxWeight: number): boolean {
    const batch = this.front();
    const index = batch.first();
    const entry = batch.entryAt(index);
    const weight = target.weight + entry.weight;
    if (target.count > 0 && weight > maxWeight) return false;
    this.vacate(batch, index);
    target.add(entry);
    return true;
  }

  /** Takes one call out and lets go of its item: O(1), nobody else moves. */
  vacate(batch: Batch<Item>, index: number): void {
    this.#account(batch, -1, -batch.weightAt(index), -batch.timeAt(index));
    batch.vacate(index);
    batch.items[index] = undefined as Item;
  }

  /** Sees that the gaps in a batch never outnumber its calls by much. */
  tidy(batch: Batch<Item>): void {
    if (this.waiting === 0) {
      this.#first = this.#reopen();
    } else if (batch.left > batch.size && batch.left > 32) {
      if (batch === this.open) this.#came += batch.left;
      batch.compact();
    }
  }

  /** Visits everything that waits, oldest first; ends when a visit answers false. */
  forEach(visit: Visit): void {
    this.#sort();
    let batch: Batch<Item> | undefined = this.#first;
    while (batch?.forEach(visit)) batch = batch.next;
  }

  /** All of them stand in the open batch. */
  #sort(): void {
    if (!this.#isUnsorted) return;
    this.#isUnsorted = false;
    const all = this.open.entries().sort(inOrder);
    this.#first = this.#reopen();
    for (const entry of all) this.open.add(entry);
  }

  /** Another batch becomes the open one. */
  #reopen(): Batch<Item> {
    this.#came += this.open.count;
    return this.open = new Batch(this.home, this.#expected);
  }

  /** Calls come to wait in a batch, or do so no more; the open one counts for itself. Sums of fractions would drift. */
  #account(
    batch: Batch<Item>,
    calls: number,
    weight: number,
    arrivals: number,
  ): void {
    if (batch === this.open) return;
    this.#calls += calls;
    this.#weight = this.#calls === 0 ? 0 : this.#weight + weight;
    this.#arrivals = this.#calls === 0 ? 0 : this.#arrivals + arrivals;
  }

  /** The first batch is no longer ours, and must not keep those alive that follow. */
  #shift(): void {
    const gone = this.#first;
    this.#first = gone.next ?? this.#reopen();
    gone.next = undefined;
  }
}

/** The call that came first, of those that came at once the one that left first. */
function inOrder<Item>(a: Entry<Item>, b: Entry<Item>): number {
  return a.time - b.time || rankOf(a) - rankOf(b);
}

function rankOf<Item>({ ticket }: Entry<Item>): number {
  return (ticket as Call).rank;
}

/** Whether the call behind this batch is too heavy for it. */
function isLimited<Item>(batch: Batch<Item>, maxWeight: number): boolean {
  const { next } = batch;
  if (!next || next.size === 0) return false;
  return batch.weight + next.weightAt(next.first()) > maxWeight;
}
