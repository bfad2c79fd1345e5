/**
 * Where calls wait: all lanes and their accounts.
 *
 * @module
 */
import type { Batch, Call, Entry, Hurry, LaneKey } from "./call.ts";
import { type Lane, laneOf } from "./lane.ts";
import { LaneMap, type LaneOptions } from "./lane_map.ts";
import type { Line } from "./line.ts";
import type { Load } from "./lines.ts";
import type { Policy } from "./policy.ts";

/** What calls are compared with must be a small number. */
const MOST_ROOM = 2 ** 30;

/**
 * The lanes of a batcher, and which of them the next look is to see to. Calls enter by {@link put}, without a
 * decision.
 */
export class Queue<Item> {
  /** How many calls hold places though they are away; {@link miss} counts. */
  away = 0;

  /** The lane of calls that are of no particular one. */
  readonly default: Lane<Item>;

  /** Where most of them wait. */
  readonly #plain: Line<Item>;
  readonly #options: LaneOptions;
  /** The heaviest batch. */
  readonly #maxWeight: number;
  readonly #lanes: LaneMap<Item>;
  #touched: Lane<Item>[] = [];
  #now = 0;
  /** How many calls may have come before the next one has to ask. */
  #granted = 0;
  /** How many calls have come to other lanes than the default one. */
  #placedElsewhere = 0;
  /** How many of all that have come do not wait any more. */
  #gone = 0;
  /** How many wait in nested lanes. */
  #nested = 0;

  /** Makes an empty queue, which reports what policies throw. */
  constructor(options: LaneOptions, report: (error: unknown) => void) {
    this.#options = options;
    this.#maxWeight = options.maxWeight ?? Infinity;
    this.#lanes = new LaneMap(options, report);
    this.default = this.#lanes.default;
    this.#plain = this.default.plain;
  }

  /** When the calls come that come now, in ms. The batcher sets it once a turn. */
  get now(): number {
    return this.#now;
  }

  set now(time: number) {
    if (time !== this.#now) this.#plain.open.room = 0;
    this.#now = time;
  }

  /** How many calls have come so far. */
  get placed(): number {
    return this.#placedElsewhere + this.default.came;
  }

  /** The lanes in which calls wait. */
  get lanes(): Lane<Item>[] {
    return this.#lanes.all().filter((lane) => lane.waiting > 0);
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.placed - this.#gone + this.away;
  }

  /** How many of them hold a place; nested ones need none. */
  get queued(): number {
    return this.waiting - this.#nested;
  }

  /** Whether a call may come without being asked. */
  get hasRoom(): boolean {
    return this.placed < this.#granted;
  }

  /** Lets so many calls come without being asked, till the next look or another word. */
  grant(calls: number): void {
    this.#plain.open.room = 0;
    this.#granted = calls > 0 ? this.placed + Math.min(calls, MOST_ROOM) : 0;
  }

  /** When the call came that has waited longest, in ms; `Infinity` when none waits. */
  get oldestAt(): number {
    return this.lanes.reduce(
      (oldestAt, lane) => Math.min(oldestAt, lane.oldestAt),
      Infinity,
    );
  }

  /** The lane with this key, made when it is not there. */
  laneOf(key: LaneKey, nested: boolean): Lane<Item> {
    return this.#lanes.at(key, nested);
  }

  /** A lane is given up if it is empty and idle, and the next look does not see to it. */
  forgetIdle(lane: Lane<Item>): void {
    this.#lanes.forgetIdle(lane);
  }

  /** A call is to come to this lane. Its policy hears of those who came before this turn, and may call or abort as it does. */
  expect(lane: Lane<Item>): void {
    this.touch(lane);
    if (lane.freshAt !== this.#now) lane.tell();
  }

  /** Takes an item into a line of a lane; its ticket is missing in the batch that is returned. */
  put(
    item: Item,
    weight = 1,
    lane: Lane<Item> = this.default,
    line: Line<Item> = lane.plain,
  ): Batch<Item> {
    let { open } = line;
    if (weight === 1 && open.room > 0) {
      open.append(item);
      return open;
    }
    this.expect(lane);
    open = line.open;
    const fits = open.size < this.#options.size &&
      open.weight + weight <= this.#maxWeight;
    if (!fits) open = line.seal();
    lane.freshAt = this.#now;
    if (lane !== this.default) this.#placedElsewhere++;
    if (lane.nested) this.#nested++;
    open.put(item, this.#now, weight);
    // Whoever comes elsewhere may have taken the room that was granted there.
    this.#plain.open.room = line === this.#plain ? this.#roomIn(open) : 0;
    return open;
  }

  /** How many calls that weigh 1 may come to a batch at this time without another word. */
  #roomIn(open: Batch<Item>): number {
    if (!this.hasRoom) return 0;
    const most = Math.min(
      this.#options.size - open.size,
      this.#maxWeight - open.weight,
    );
    return Math.min(most, this.#granted - this.placed) | 0;
  }

  /** So many calls of a lane are away, and hold their places; a negative number: they are not any more. */
  miss(lane: Lane<Item>, calls: number): void {
    lane.away += calls;
    this.away += calls;
    if (lane.nested) this.#nested += calls;
  }

  /** Puts a call that was away back into a line of calls that have a rank. */
  restore(line: Line<Item>, entry: Entry<Item>): void {
    const lane = line.home as Lane<Item>;
    this.miss(lane, -1);
    line.insert(entry);
    this.#part(lane, -1);
    this.touch(lane);
  }

  /** Takes calls of a lane out, as a batch. */
  take(lane: Lane<Item>, load: Load): Batch<Item> {
    const batch = lane.take(load);
    this.#part(lane, batch.count);
    return batch;
  }

  /** Takes one call out. */
  remove(call: Call): void {
    const lane = laneOf<Item>(call.batch!);
    lane.remove(call);
    this.#part(lane, 1);
    this.touch(lane);
  }

  /** So many calls of a lane do not wait any more; a negative number: they do again. */
  #part(lane: Lane<Item>, calls: number): void {
    this.#gone += calls;
    if (lane.nested) this.#nested -= calls;
  }

  /** Gives a call a higher priority, whether or not it waits. */
  raise(call: Call, priority: number): void {
    if (call.batch?.hasLeft === false) {
      laneOf<Item>(call.batch).raise(call, priority);
    } else call.priority = priority;
  }

  /** A call that waits must leave soon. */
  hasten(call: Call, hurry: Hurry): void {
    const lane = laneOf<Item>(call.batch!);
    lane.hasten(call, hurry);
    this.touch(lane);
  }

  /** Something has happened in this lane: the next look sees to it. */
  touch(lane: Lane<Item>): void {
    if (lane.isTouched) return;
    lane.isTouched = true;
    this.#touched.push(lane);
  }

  /** How many lanes the next look sees to. */
  get touched(): number {
    return this.#touched.length;
  }

  /** Hands them out; from now on none is touched. */
  takeTouched(): Lane<Item>[] {
    const lanes = this.#touched;
    this.#touched = [];
    this.#plain.open.room = 0;
    for (const lane of lanes) lane.isTouched = false;
    return lanes;
  }

  /** Gives all lanes another policy, which hears of what waits as if that came now. */
  renew(policy: Policy): void {
    this.#lanes.follow(policy, this.#now);
  }
}
