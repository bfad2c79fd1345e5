/**
 * Where calls wait: all lanes and their accounts.
 *
 * @module
 */
import { type Batch, Call, type LaneKey, type Ticket } from "./call.ts";
import { Lane, type Load } from "./lane.ts";
import type { Entry, Line } from "./line.ts";
import { News, type Tell } from "./news.ts";
import type { Limits, Policy } from "./policy.ts";
import { Roll } from "./roll.ts";
import { Soiled } from "./soiled.ts";

/** What a {@link Queue} obeys. */
export interface QueueOptions extends Limits {
  /** Makes the state of each lane that decides when it leaves. */
  readonly policy: Policy;
  /** By when every call must be answered, in ms from when it came; none when left out. */
  readonly deadlineMs?: number | undefined;
}

/** Where a call goes, unless to the default lane with no particular priority. */
export interface Spot {
  /** The key of its lane. */
  readonly lane?: LaneKey;
  /** Whether it was made from inside a running batch of this batcher. */
  readonly nested?: boolean | undefined;
  /** Calls of a higher one leave first; 0 when left out. */
  readonly priority?: number | undefined;
  /** What it weighs; 1 when left out. */
  readonly weight?: number | undefined;
}

/** A countdown must be a number that counts down. */
const MOST_ROOM = 2 ** 30;

/** A lane gets one of so many parts of what is granted: others want some, too. */
const SHARES = 8;

/**
 * The lanes of a batcher. A call enters by {@link place} or {@link add}, or in the most common
 * case by {@link put}: no accounts, only a countdown of the room in the open batch of its
 * lane; the accounts follow when the room is settled.
 */
export class Queue<Item> {
  /** When the calls come that come now, in ms. The batcher sets it once a turn. */
  now = 0;
  /** How many calls hold places though they are away; {@link Returns} count. */
  away = 0;
  /** What policies are told of the calls that come. */
  readonly news: News<Item>;
  /** The lanes whose policies are to be asked. */
  readonly soiled: Soiled<Item> = new Soiled();

  /** The lane of calls that are of no particular one. */
  readonly default: Lane<Item>;

  readonly #options: QueueOptions;
  /** The heaviest batch. */
  readonly #maxWeight: number;
  readonly #lanes = new Map<LaneKey, Lane<Item>>();
  readonly #nestedLanes = new Map<LaneKey, Lane<Item>>();
  readonly #filled = new Roll<Lane<Item>>();
  /** How many calls may be put, beyond those for which lanes have room already. */
  #grant = 0;
  /** The lanes that have room, or had. */
  readonly #roomy: Lane<Item>[] = [];
  /** The lanes that were idle when one of their batches ended. */
  readonly #resting: Lane<Item>[] = [];
  #placed = 0;
  #queued = 0;
  #nested = 0;

  /** Makes an empty queue. */
  constructor(options: QueueOptions, tell: Tell = (tell) => tell()) {
    this.#options = options;
    this.#maxWeight = options.maxWeight ?? Infinity;
    this.news = new News(tell);
    this.default = this.#made(undefined, false);
  }

  /** The lanes in which calls wait. */
  get lanes(): Iterable<Lane<Item>> {
    this.settle();
    return this.#filled;
  }

  /** How many calls have come so far. */
  get placed(): number {
    return this.#placed + this.#put;
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.queued + this.#nested;
  }

  /** How many of them hold a place; nested ones need none. */
  get queued(): number {
    return this.#queued + this.#put + this.away;
  }

  /** How many calls wait that were made from inside running batches. */
  get nested(): number {
    return this.#nested;
  }

  /** Lets that many calls be {@link put} without being asked. */
  grant(calls: number): void {
    this.settle();
    this.#grant = Math.min(calls, MOST_ROOM);
  }

  /** How many calls may be {@link put} into the default lane until {@link hasRoom} is asked again. */
  get room(): number {
    return this.default.room;
  }

  /** The batch that they are put into. */
  get open(): Batch<Item> {
    return this.default.plain.open;
  }

  /** Whether a call of this weight may be put: turns what was granted into room in the open batch of its lane. */
  hasRoom(lane: Lane<Item> = this.default, weight = 1): boolean {
    const { room, plain } = lane;
    if (room > 0 && plain.open.weight + weight <= this.#maxWeight) return true;
    lane.granted -= room;
    lane.room = 0;
    this.#grant += room;
    return this.#grant > 0 && this.#giveRoom(lane, weight);
  }

  #giveRoom(lane: Lane<Item>, weight: number): boolean {
    const open = this.#opened(lane.plain, weight);
    open.beginTurn(this.now);
    const isAlone = lane === this.default;
    const most = isAlone ? this.#grant : Math.ceil(this.#grant / SHARES);
    const room = Math.min(this.#options.size - open.size, most);
    if (!lane.isRoomy) this.#roomy.push(lane);
    lane.isRoomy = true;
    lane.granted += room;
    lane.room = room;
    this.#grant -= room;
    return true;
  }

  /** Puts an item into the open batch, only while there is room; returns the place where its ticket is missing. */
  put(item: Item): number {
    return this.default.put(item, 1).count - 1;
  }

  /** Counts the calls that were put, and ends what was granted. */
  settle(): void {
    this.#grant = 0;
    const roomy = this.#roomy;
    if (roomy.length === 0) return;
    for (const lane of roomy) {
      const { granted, room, putWeight } = lane;
      lane.isRoomy = false;
      lane.granted = lane.room = lane.putWeight = 0;
      const calls = granted - room;
      if (calls > 0) this.#arrive(lane, lane.plain, calls, putWeight);
      else this.forgetIdle(lane);
    }
    while (roomy.length > 0) roomy.pop();
  }

  /** Takes a call. */
  place(item: Item, ticket: Ticket, spot: Spot = {}): void {
    this.settle();
    const { lane: key, nested = false, priority = 0, weight = 1 } = spot;
    const lane = this.laneOf(key, nested);
    const isKnown = priority === 0 || typeof ticket === "object";
    const held = isKnown ? ticket : new Call(ticket, priority);
    this.add(lane, lane.lineOf(priority), item, weight).hold(held);
  }

  /** Takes an item into a place that is known; its ticket is missing in the batch that is returned. */
  add(
    lane: Lane<Item>,
    line: Line<Item>,
    item: Item,
    weight: number,
  ): Batch<Item> {
    const open = this.#opened(line, weight);
    open.enter(item, this.now, weight);
    this.#arrive(lane, line, 1, weight);
    return open;
  }

  /** Puts calls of one lane and priority back to its head. */
  restore(lane: Lane<Item>, priority: number, entries: Entry<Item>[]): void {
    this.settle();
    lane.restore(priority, entries);
    this.#enter(lane, entries.length);
  }

  /** Takes calls of a lane out, as a batch. */
  take(lane: Lane<Item>, load: Load): Batch<Item> {
    this.settle();
    const batch = lane.take(load);
    this.#leave(lane, batch.count);
    return batch;
  }

  /** Takes one call out. */
  remove(call: Call): void {
    this.settle();
    const lane = laneOf<Item>(call.batch!);
    lane.remove(call);
    this.#leave(lane, 1);
    this.forgetIdle(lane);
  }

  /** Gives a call a higher priority, whether or not it waits. */
  raise(call: Call, priority: number): void {
    this.settle();
    if (call.batch?.hasLeft === false) {
      laneOf<Item>(call.batch).raise(call, priority);
    } else call.priority = priority;
  }

  /** When the call came that has waited longest, in ms; `Infinity` when none waits. */
  get oldestAt(): number {
    let oldestAt = Infinity;
    for (const lane of this.lanes) {
      if (lane.oldestAt < oldestAt) oldestAt = lane.oldestAt;
    }
    return oldestAt;
  }

  /** The lane with this key, made when it is not there. */
  laneOf(key: LaneKey, nested: boolean): Lane<Item> {
    if (key === undefined && !nested) return this.default;
    const lanes = nested ? this.#nestedLanes : this.#lanes;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = this.#made(key, nested);
      lanes.set(key, lane);
    }
    return lane;
  }

  /**
   * Gives all lanes another policy. It hears of what waits as if that came now, and of the batches
   * that leave behind the `last` one.
   */
  renew(policy: Policy, last: number): void {
    this.settle();
    const lanes = [
      this.default,
      ...this.#lanes.values(),
      ...this.#nestedLanes.values(),
    ];
    const states = lanes.map(() => policy.forLane(this.#options));
    lanes.forEach((lane, index) => {
      lane.policy = states[index]!;
      lane.policySince = last;
      lane.fresh = 0;
      if (lane.waiting > 0) this.news.add(lane, lane.waiting, this.now);
    });
  }

  /** A lane has become empty and idle. Its callers, who have just been answered, may come again at once. */
  rest(lane: Lane<Item>): void {
    if (lane !== this.default) this.#resting.push(lane);
  }

  /** Those who would have come again have: lanes that rest are forgotten. */
  forgetResting(): void {
    for (const lane of this.#resting) this.forgetIdle(lane);
    while (this.#resting.length > 0) this.#resting.pop();
  }

  /** A lane that is empty and idle costs nothing; the default lane stays. */
  forgetIdle(lane: Lane<Item>): void {
    if (lane.waiting > 0 || lane.running > 0 || lane.isRoomy) return;
    if (lane === this.default) return;
    const lanes = lane.nested ? this.#nestedLanes : this.#lanes;
    if (lanes.get(lane.key) === lane) lanes.delete(lane.key);
  }

  #made(key: LaneKey, nested: boolean): Lane<Item> {
    const { policy, deadlineMs } = this.#options;
    const state = policy.forLane(this.#options);
    return new Lane(key, state, nested, deadlineMs);
  }

  /** The open batch of a line, with room for a call of this weight. */
  #opened(line: Line<Item>, weight: number): Batch<Item> {
    if (!this.#takes(line.open, weight)) line.seal();
    return line.open;
  }

  #takes(open: Batch<Item>, weight: number): boolean {
    return open.size < this.#options.size &&
      open.weight + weight <= this.#maxWeight;
  }

  /** How many calls were put that are not counted yet. */
  get #put(): number {
    let calls = 0;
    for (const { granted, room } of this.#roomy) calls += granted - room;
    return calls;
  }

  #arrive(
    lane: Lane<Item>,
    line: Line<Item>,
    calls: number,
    weight: number,
  ): void {
    lane.count(line, calls, weight, this.now);
    this.#placed += calls;
    this.news.add(lane, calls, this.now);
    this.#enter(lane, calls);
  }

  #enter(lane: Lane<Item>, calls: number): void {
    if (lane.nested) this.#nested += calls;
    else this.#queued += calls;
    this.#filled.add(lane);
    this.soiled.add(lane);
  }

  #leave(lane: Lane<Item>, calls: number): void {
    if (lane.nested) this.#nested -= calls;
    else this.#queued -= calls;
    if (lane.waiting === 0) this.#filled.delete(lane);
  }
}

/** The lane of a batch. */
export function laneOf<Item>(batch: Batch<unknown>): Lane<Item> {
  return batch.home as Lane<Item>;
}
