/**
 * Calls of one lane and one priority, in the order in which they came.
 *
 * @module
 */
import { Batch, type Home, type Ticket, type Visit } from "./call.ts";

/** Places made in advance cost memory, too. */
const MOST_EXPECTED = 1024;

/** A call on its way from one batch to another. */
export interface Entry<Item> {
  /** What its caller gave. */
  readonly item: Item;
  /** Who waits for the answer. */
  readonly ticket: Ticket;
  /** When it came, in ms. */
  readonly time: number;
  /** What it weighs. */
  readonly weight: number;
}

/**
 * A line of batches: calls enter the last one, `open`, and leave from the first one.
 *
 *     first ─▶ [ full ][ full ][ open ◀─ put
 *
 * As long as nobody leaves early, a batch in this line is the batch that leaves.
 */
export class Line<Item> {
  /** Calls of a higher one leave first. */
  readonly priority: number;
  /** Where the next call goes. */
  open: Batch<Item>;
  /** How many calls wait in it. The lane counts. */
  waiting = 0;

  readonly #home: Home;
  /** The batch that leaves first; each knows the next one. */
  #first: Batch<Item>;
  /** How many calls the next batch will probably have: as many as the last one. */
  #expected = 0;

  /** Makes an empty line. */
  constructor(home: Home, priority: number) {
    this.#home = home;
    this.priority = priority;
    this.#first = this.open = new Batch(home);
  }

  /** The first batch that still has a caller; call with `waiting > 0` only. */
  front(): Batch<Item> {
    while (this.#first.size === 0) this.#shift();
    return this.#first;
  }

  /** When the oldest call came, in ms; call with `waiting > 0` only. */
  get oldestAt(): number {
    const batch = this.front();
    return batch.timeAt(batch.first());
  }

  /** Starts a new open batch behind the one that is full. */
  seal(): void {
    this.open = this.open.next = this.#made(this.#expected);
  }

  /** The first batch, if it may leave as it is: with as many calls as wanted, or as fit. One that was put back may be larger. */
  takeWhole(calls: number, maxWeight: number): Batch<Item> | undefined {
    const batch = this.front();
    if (batch.left > 0 || batch.count > calls) return undefined;
    if (batch.weight > maxWeight) return undefined;
    if (batch.count < calls && !isLimited(batch, maxWeight)) return undefined;
    this.waiting -= batch.count;
    this.#expected = Math.min(batch.count, MOST_EXPECTED);
    this.#shift();
    batch.seal();
    return batch;
  }

  /** What the first call weighs; call with `waiting > 0` only. */
  nextWeight(): number {
    const batch = this.front();
    return batch.weightAt(batch.first());
  }

  /** Moves the first call to another batch. */
  moveTo(target: Batch<Item>): void {
    const batch = this.front();
    const index = batch.first();
    const [item, ticket] = [batch.items[index]!, batch.tickets[index]!];
    const [time, weight] = [batch.timeAt(index), batch.weightAt(index)];
    this.vacate(batch, index);
    target.add(item, ticket, time, weight);
  }

  /** Takes one call out and lets go of its item. */
  vacate(batch: Batch<Item>, index: number): void {
    this.waiting--;
    batch.vacate(index);
    batch.items[index] = undefined as Item;
  }

  /** Sees that the gaps in a batch never outnumber its calls by much. */
  tidy(batch: Batch<Item>): void {
    if (this.waiting === 0) {
      this.#first = this.open = this.#made(this.#expected);
    } else if (
      batch.left > batch.size && (batch.left > 32 || batch.size === 0)
    ) {
      batch.compact();
    }
  }

  /** Puts a call where it belongs by its age, and counts it. */
  insert(entry: Entry<Item>): void {
    const entries = [entry];
    while (this.waiting > 0 && this.oldestAt <= entry.time) {
      const batch = this.front();
      const older = entryAt(batch, batch.first());
      this.vacate(batch, batch.first());
      entries.splice(-1, 0, older);
    }
    const batch = this.#batchOf(entries);
    batch.next = this.#first;
    this.#first = batch;
    this.waiting += entries.length;
  }

  /**
   * Puts calls back to the head, in the order in which all came, among older and newer ones that are back already;
   * they are counted apart.
   */
  restore(entries: readonly Entry<Item>[]): void {
    const [oldest, newest] = [entries[0]!, entries.at(-1)!];
    let before: Batch<Item> | undefined;
    let next = this.#first;
    while (next !== this.open && !isAfter(lastIn(next), oldest)) {
      [before, next] = [next, next.next!];
    }
    const all = [...entries];
    while (next !== this.open && !isAfter(firstIn(next), newest)) {
      const batch = next;
      batch.forEach((_, index) => void all.push(entryAt(batch, index)));
      next = batch.next!;
    }
    const batch = this.#batchOf(all.sort(inOrder));
    batch.next = next;
    if (before === undefined) this.#first = batch;
    else before.next = batch;
  }

  /** Visits everything that waits, oldest first; ends when a visit answers false. */
  forEach(visit: Visit): void {
    let batch: Batch<Item> | undefined = this.#first;
    while (batch?.forEach(visit)) batch = batch.next;
  }

  /** The first batch is no longer ours, and must not keep those alive that follow. */
  #shift(): void {
    const gone = this.#first;
    this.#first = gone.next ?? this.#made(this.#expected);
    if (gone === this.open) this.open = this.#first;
    gone.next = undefined;
  }

  #batchOf(entries: readonly Entry<Item>[]): Batch<Item> {
    const batch = this.#made(entries.length);
    for (const { item, ticket, time, weight } of entries) {
      batch.add(item, ticket, time, weight);
    }
    batch.seal();
    return batch;
  }

  #made(expected: number): Batch<Item> {
    return new Batch(this.#home, expected);
  }
}

/** A call as it travels. */
export function entryAt<Item>(batch: Batch<Item>, index: number): Entry<Item> {
  return {
    item: batch.items[index]!,
    ticket: batch.tickets[index]!,
    time: batch.timeAt(index),
    weight: batch.weightAt(index),
  };
}

function firstIn<Item>(batch: Batch<Item>): Entry<Item> | undefined {
  return batch.size === 0 ? undefined : entryAt(batch, batch.first());
}

function lastIn<Item>(batch: Batch<Item>): Entry<Item> | undefined {
  let index = batch.count - 1;
  while (index >= 0 && batch.tickets[index] === undefined) index--;
  return index < 0 ? undefined : entryAt(batch, index);
}

/** Whether there is a call, and it came after the other one. */
function isAfter<Item>(
  entry: Entry<Item> | undefined,
  other: Entry<Item>,
): boolean {
  return entry !== undefined && inOrder(entry, other) > 0;
}

function inOrder<Item>(a: Entry<Item>, b: Entry<Item>): number {
  const [rank, other] = [rankOf(a), rankOf(b)];
  if (a.time !== b.time || rank === other) return a.time - b.time;
  return rank < other ? -1 : 1;
}

function rankOf<Item>({ ticket }: Entry<Item>): number {
  return typeof ticket === "object" ? ticket.rank : Infinity;
}

/** Whether the call behind this batch is too heavy for it. */
function isLimited<Item>(batch: Batch<Item>, maxWeight: number): boolean {
  const { next } = batch;
  if (batch.weights === undefined || !next || next.size === 0) return false;
  return batch.weight + next.weightAt(next.first()) > maxWeight;
}
