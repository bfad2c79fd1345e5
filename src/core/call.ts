/**
 * The records that travel: a call, and the batch that calls leave with.
 *
 * @module
 */

/** Calls of equal lane key may share a batch. */
export type LaneKey =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined;

/** Why a batch left. */
export type LeaveReason =
  | "full"
  | "weight"
  | "window"
  | "idle"
  | "adaptive"
  | "deadline"
  | "flush"
  | "close";

/** Takes what became of a call; the whole of a call that wants nothing more. */
export type Resolve = (outcome: unknown) => void;

/** What a caller may hear of the batch that answered it. */
export interface SettleInfo {
  /** Counts the batches of a batcher from 1. */
  readonly batchId: number;
  /** How many calls the batch left with. */
  readonly size: number;
  /** Why it left. */
  readonly reason: LeaveReason;
  /** How long this call waited for it to leave, in ms. */
  readonly waitMs: number;
  /** How long it ran, in ms. */
  readonly runMs: number;
}

/** A call with demands of its own. It knows its place, so that it can leave early. */
export class Call {
  /** Takes what became of it. */
  readonly resolve: Resolve;
  /** The batch that it waits or runs in; `undefined` before and after. */
  batch: Batch<unknown> | undefined = undefined;
  /** Its position in that batch. */
  index = 0;
  /** When it must have been answered. */
  deadlineAt: number = Infinity;
  /** The span that ends then, in ms. */
  deadlineMs: number = Infinity;
  /** When {@link Deadlines} looks at it next; kept there. */
  alarmAt: number = Infinity;
  /** Its position among them; -1 when it has none; kept there. */
  alarmIndex: number = -1;
  /** Set when it must leave as soon as there is a slot: why. */
  hurry: "deadline" | "flush" | undefined = undefined;
  /** Whether it may leave without a slot. */
  unbound = false;
  /** Hears of its batch, unless it left before. */
  onSettle: ((info: SettleInfo) => void) | undefined = undefined;
  /** What the `onCall` hook said of it. */
  tag: unknown = undefined;
  #onEnd: (() => void)[] | undefined = undefined;

  /** Makes a call that waits nowhere yet. */
  constructor(resolve: Resolve) {
    this.resolve = resolve;
  }

  /** Asks to be told when it has been answered or has left. */
  whenEnded(run: () => void): void {
    (this.#onEnd ??= []).push(run);
  }

  /** Tells those who asked; once. */
  end(): void {
    const told = this.#onEnd;
    this.#onEnd = undefined;
    for (const run of told ?? []) run();
  }
}

/** What stands in a batch for each caller. */
export type Ticket = Resolve | Call;

/** What runs a batch, as far as the queue must know. */
export interface BatchRun {
  /** How many calls have been fulfilled so far. */
  readonly results: number;
  /** How many calls have been rejected by the answer so far. */
  readonly failures: number;
  /** Hears that the last caller has left. */
  abandon(error: unknown): void;
}

/**
 * Calls that leave together, as parallel arrays: `items[i]` is answered through
 * `tickets[i]`. Where a ticket is missing, its caller has left. The arrays that calls
 * are put into are the ones that the handler gets: nothing is copied on the way.
 */
export class Batch<Item> {
  /** Counts the batches of a batcher from 1; 0 until it leaves. */
  id = 0;
  /** The key that its calls have in common. */
  readonly lane: LaneKey;
  /** What the callers gave; as long as `count` once it has left, before that maybe longer. */
  readonly items: Item[];
  /** Who waits for the answers; as long as `items`. */
  readonly tickets: (Ticket | undefined)[];
  /** How many calls have been put into it, those included that have left. */
  count = 0;
  /** How many callers have left. */
  left = 0;
  /** Every index below is empty; grows as callers leave at the head. */
  head = 0;
  /** Why it left. */
  reason: LeaveReason = "full";
  /** When it left, in ms; `NaN` while it waits. */
  startedAt: number = NaN;
  /** Whether its calls were made from inside a running batch. The lane is told by key and this. */
  readonly nested: boolean;
  /** Whether it runs without a slot. */
  unbound = false;
  /** When it will probably end, in ms, by what its policy said as it left. */
  expectedEndAt: number = NaN;
  /** How many batches ran already when it left. */
  runningAtStart = 0;
  /** Where the running batches are listed. */
  position: number = -1;
  /** The batch that stands behind it in its lane. */
  next: Batch<Item> | undefined = undefined;
  /** What runs it, once it has left. */
  run: BatchRun | undefined = undefined;

  /** When the calls of the first turn came, in ms. */
  #firstTime: number = NaN;
  /** The later turns, in pairs: the index of its first call, and when that came. Most batches have none. */
  #laterTurns: number[] | undefined = undefined;

  /** Makes an empty batch of that lane, for as many calls as are to be expected. */
  constructor(lane: LaneKey, nested: boolean, expected = 0) {
    this.lane = lane;
    this.nested = nested;
    this.items = new Array(expected);
    this.tickets = new Array(expected);
  }

  /** What its calls weigh together. */
  get weight(): number {
    return this.count;
  }

  /** How many callers are still in it. */
  get size(): number {
    return this.count - this.left;
  }

  /** Whether it has left the queue. */
  get hasLeft(): boolean {
    return this.id > 0;
  }

  /** The calls that are put from now on come at this time, in ms. */
  beginTurn(time: number): void {
    if (this.count === 0) this.#firstTime = time;
    else if (time !== this.timeAt(this.count)) {
      (this.#laterTurns ??= []).push(this.count, time);
    }
  }

  /** When the call at this place came, in ms. */
  timeAt(index: number): number {
    const turns = this.#laterTurns;
    if (turns === undefined || index < turns[0]!) return this.#firstTime;
    let [turn, end] = [0, turns.length / 2];
    while (end - turn > 1) {
      const middle = (turn + end) >> 1;
      if (turns[2 * middle]! > index) end = middle;
      else turn = middle;
    }
    return turns[2 * turn + 1]!;
  }

  /** The sum of the times at which its calls came, gaps included. */
  get arrivals(): number {
    const turns = this.#laterTurns ?? [];
    let [sum, end] = [0, this.count];
    for (let turn = turns.length - 2; turn >= 0; turn -= 2) {
      sum += (end - turns[turn]!) * turns[turn + 1]!;
      end = turns[turn]!;
    }
    return sum + end * this.#firstTime;
  }

  /** Appends an item; its ticket follows at once. */
  put(item: Item): void {
    this.items[this.count++] = item;
  }

  /** Gives the ticket of the item that was put last. */
  hold(ticket: Ticket): void {
    const index = this.count - 1;
    this.tickets[index] = ticket;
    if (typeof ticket === "object") this.#seat(ticket, index);
  }

  /** Appends a call that came at this time. */
  add(item: Item, ticket: Ticket, time: number): void {
    this.beginTurn(time);
    this.put(item);
    this.hold(ticket);
  }

  /** Nothing is put any more. */
  seal(): void {
    if (this.items.length === this.count) return;
    this.items.length = this.tickets.length = this.count;
  }

  /** The call at this place, with demands of its own from now on. */
  callAt(index: number): Call {
    const ticket = this.tickets[index]!;
    if (typeof ticket === "object") return ticket;
    const call = new Call(ticket);
    this.tickets[index] = call;
    this.#seat(call, index);
    return call;
  }

  /** Lets the caller at this place go. */
  vacate(index: number): void {
    this.tickets[index] = undefined;
    this.left++;
  }

  /** Closes the gaps. */
  compact(): void {
    const { count, items, tickets } = this;
    const times = items.map((_, index) => this.timeAt(index));
    this.count = this.left = this.head = 0;
    this.#laterTurns = undefined;
    for (let index = 0; index < count; index++) {
      const ticket = tickets[index];
      if (ticket !== undefined) this.add(items[index]!, ticket, times[index]!);
    }
    this.seal();
  }

  /** The index of the first caller that is still in it; call with `size > 0` only. */
  first(): number {
    while (this.tickets[this.head] === undefined) this.head++;
    return this.head;
  }

  #seat(call: Call, index: number): void {
    call.batch = this;
    call.index = index;
  }
}
