/**
 * Where calls wait: all lanes and their accounts.
 *
 * @module
 */
import type { Batch, Call, LaneKey, Ticket } from "./call.ts";
import { Lane } from "./lane.ts";
import type { Limits, Policy } from "./policy.ts";
import { Roll } from "./roll.ts";

/** What a {@link Queue} obeys. */
export interface QueueOptions extends Limits {
  /** Makes the state of each lane that decides when it leaves. */
  readonly policy: Policy;
}

/** A countdown must be a number that counts down. */
const MOST_ROOM = 2 ** 30;

/**
 * The lanes of a batcher. A call enters by {@link place}, or in the common case by
 * {@link put}: no look-up, no accounts, only a countdown of the `room` in the open
 * batch; the accounts follow when the room is settled.
 */
export class Queue<Item> {
  /** When the calls come that come now, in ms. The batcher sets it once a turn. */
  now = 0;
  /** How many calls may be {@link put} until {@link hasRoom} is asked again. */
  room = 0;

  readonly #options: QueueOptions;
  readonly #lanes = new Map<LaneKey, Lane<Item>>();
  readonly #nestedLanes = new Map<LaneKey, Lane<Item>>();
  readonly #default: Lane<Item>;
  readonly #filled = new Roll<Lane<Item>>();
  /** How many calls may come without being asked, beyond those for which there is room. */
  #credit = 0;
  #granted = 0;
  #placed = 0;
  #queued = 0;
  #nested = 0;

  /** Makes an empty queue. */
  constructor(options: QueueOptions) {
    this.#options = options;
    this.#default = this.#made(undefined, false);
  }

  /** The lanes in which calls wait. */
  get lanes(): Iterable<Lane<Item>> {
    this.settle();
    return this.#filled;
  }

  /** How many calls have come so far. */
  get placed(): number {
    return this.#placed + this.#granted - this.room;
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.queued + this.#nested;
  }

  /** How many of them hold a place; nested ones need none. */
  get queued(): number {
    return this.#queued + this.#granted - this.room;
  }

  /** The lane whose first call came first; of `held` ones only those with places. */
  oldest(held = false): Lane<Item> | undefined {
    let oldest: Lane<Item> | undefined;
    for (const lane of this.lanes) {
      if (held && lane.nested) continue;
      if (oldest === undefined || lane.oldestAt < oldest.oldestAt) {
        oldest = lane;
      }
    }
    return oldest;
  }

  /** The batch that calls are {@link put} into. */
  get open(): Batch<Item> {
    return this.#default.open;
  }

  /** Lets that many calls come to the default lane without being asked. */
  grant(calls: number): void {
    this.settle();
    this.#credit = Math.min(calls, MOST_ROOM);
  }

  /** Turns what was granted into room in the open batch; returns whether there is any. */
  hasRoom(): boolean {
    if (this.room > 0) return true;
    if (this.#credit <= 0) return false;
    const { open } = this.#opened(undefined, false);
    open.beginTurn(this.now);
    const room = Math.min(this.#options.size - open.size, this.#credit);
    this.#credit -= room;
    this.#granted += room;
    this.room = room;
    return true;
  }

  /** Puts an item into the open batch, which must be given its ticket at once; only while there is room. */
  put(item: Item): void {
    this.room--;
    this.#default.open.put(item);
  }

  /** Counts the calls that were put, and ends their room. */
  settle(): void {
    const calls = this.#granted - this.room;
    this.#credit = this.#granted = this.room = 0;
    if (calls > 0) this.#arrive(this.#default, calls);
  }

  /** Takes a call; a nested one was made from inside a running batch of this batcher. */
  place(item: Item, key: LaneKey, nested: boolean, ticket: Ticket): void {
    this.settle();
    const lane = this.#opened(key, nested);
    lane.open.add(item, ticket, this.now);
    this.#arrive(lane, 1);
  }

  /** Takes the oldest calls of a lane out, as a batch. */
  take(lane: Lane<Item>, calls: number): Batch<Item> {
    const batch = lane.take(calls);
    this.#leave(lane, calls);
    return batch;
  }

  /** Takes one call out. */
  remove(call: Call): void {
    this.settle();
    const batch = call.batch as Batch<Item>;
    const lane = this.laneOf(batch.lane, batch.nested);
    lane.remove(batch, call.index);
    this.#leave(lane, 1);
    this.forgetIdle(lane);
  }

  /** The call that has held a place for longest, if any does. */
  oldestCall(): Call | undefined {
    return this.oldest(true)?.oldestCall();
  }

  /** The lane with this key, made when it is not there. */
  laneOf(key: LaneKey, nested: boolean): Lane<Item> {
    if (key === undefined && !nested) return this.#default;
    const lanes = nested ? this.#nestedLanes : this.#lanes;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = this.#made(key, nested);
      lanes.set(key, lane);
    }
    return lane;
  }

  /** A lane that is empty and idle costs nothing; the default lane stays. */
  forgetIdle(lane: Lane<Item>): void {
    if (lane.waiting > 0 || lane.running > 0 || lane === this.#default) return;
    (lane.nested ? this.#nestedLanes : this.#lanes).delete(lane.key);
  }

  #made(key: LaneKey, nested: boolean): Lane<Item> {
    const policy = this.#options.policy.forLane(this.#options);
    return new Lane(key, policy, nested);
  }

  /** The lane with this key, ready to take a call. */
  #opened(key: LaneKey, nested: boolean): Lane<Item> {
    const lane = this.laneOf(key, nested);
    if (lane.open.size >= this.#options.size) lane.seal();
    return lane;
  }

  #arrive(lane: Lane<Item>, calls: number): void {
    lane.count(calls, this.now);
    this.#placed += calls;
    if (lane.nested) this.#nested += calls;
    else this.#queued += calls;
    this.#filled.add(lane);
  }

  #leave(lane: Lane<Item>, calls: number): void {
    if (lane.nested) this.#nested -= calls;
    else this.#queued -= calls;
    if (lane.waiting === 0) this.#filled.delete(lane);
  }
}
