/**
 * Calls that a batch could not answer yet, and that come back to their lane.
 *
 * @module
 */
import { Alarms } from "./alarms.ts";
import { Batch, type Call } from "./call.ts";
import type { Deadlines } from "./deadlines.ts";
import { laneOf } from "./lane.ts";
import type { Queue } from "./queue.ts";

/** The place of a call that is away: a batch of its own, that neither waits nor runs. */
class Absence<Item> extends Batch<Item> {
  /** Takes a call out of a batch that runs; `left` hears if its caller leaves. */
  constructor(source: Batch<Item>, place: number, left: () => void) {
    super(source.home, 1);
    source.callAt(place);
    this.add(source.entryAt(place));
    source.vacate(place);
    this.id = source.id;
    this.startedAt = source.startedAt;
    this.unbound = source.unbound;
    this.run = { results: 0, failures: 0, left, cancel: left };
  }

  /** The call. */
  get call(): Call {
    return this.callAt(0);
  }
}

/**
 * Those who are away keep their places in the queue and their deadlines. They come back in the
 * order in which they came, ahead of all who have come since.
 */
export class Returns<Item> {
  readonly #queue: Queue<Item>;
  readonly #deadlines: Deadlines;
  readonly #absences = new Alarms<Absence<Item>>();
  /** When the first of those comes back who have gone since the last look: full batches would not let the turn end. */
  #freshAt = Infinity;

  /** Makes one from whom nobody is away. */
  constructor(queue: Queue<Item>, deadlines: Deadlines) {
    this.#queue = queue;
    this.#deadlines = deadlines;
  }

  /** When the next call comes back, in ms. */
  get next(): number {
    return this.#absences.next;
  }

  /** When the one of those came who has waited longest, in ms; `Infinity` when nobody is away. */
  get oldestAt(): number {
    return this.#absences.members.reduce(
      (oldestAt, absence) => Math.min(oldestAt, absence.oldestAt),
      Infinity,
    );
  }

  /** Takes a call out of a batch that runs, until that time, in ms. */
  add(batch: Batch<Item>, place: number, time: number): void {
    const { spanMs } = this.#deadlines;
    const call = batch.callAt(place);
    if (call.deadlineMs === undefined) {
      this.#deadlines.set(call, spanMs, batch.timeAt(place));
    }
    // Calls leave for the first time in the order in which they came.
    if (call.rank === Infinity) call.rank = batch.id + place / batch.count;
    const lane = laneOf<Item>(batch);
    const left = () => {
      this.#queue.miss(lane, -1);
      this.#queue.touch(lane);
      this.#absences.remove(absence);
    };
    const absence: Absence<Item> = new Absence(batch, place, left);
    this.#queue.miss(lane, 1);
    // Its place was free as long as it ran, and may have been granted to others.
    this.#queue.grant(0);
    this.#absences.set(absence, time);
    this.#freshAt = Math.min(this.#freshAt, time);
  }

  /** Those that stand for the calls that are away, one for each. */
  get batches(): readonly Batch<Item>[] {
    return this.#absences.members;
  }

  /**
   * Puts back those whose time has come; `Infinity` all of them.
   *
   * @returns Whether there are some to be put back at the end of this turn.
   */
  ring(now: number, endOfTurn = true): boolean {
    let absence = this.#absences.due(now);
    while (absence && (endOfTurn || absence.alarmAt < this.#freshAt)) {
      this.#restore(absence);
      absence = this.#absences.due(now);
    }
    if (absence) return true;
    this.#freshAt = Infinity;
    return false;
  }

  /** Whoever is back has as little time as ever, needs no slot if it needed none, and is flushed if it was. */
  #restore(absence: Absence<Item>): void {
    const { call, unbound } = absence;
    const queue = this.#queue;
    this.#absences.remove(absence);
    const line = laneOf<Item>(absence).lineOf(call.priority, true);
    queue.restore(line, absence.entryAt(0));
    this.#deadlines.set(call, call.deadlineMs!, call.deadlineFrom);
    if (unbound) queue.hasten(call, "unbound");
    else if (call.isFlushed) queue.hasten(call, "flush");
  }
}
