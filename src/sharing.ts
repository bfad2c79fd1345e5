/**
 * Calls that ask for the same at the same time, and are answered once.
 *
 *     item ─▶ key ─▶ is there a call of that key? ── yes ─▶ join it: no item, no place
 *                                                 └─ no ──▶ a place that others may join
 *
 * @module
 */
import type { Call, LaneKey } from "./core/call.ts";
import type { Scheduler } from "./core/scheduler.ts";
import type { Watch } from "./hooks.ts";
import { isOf } from "./outcome.ts";
import { Rejection } from "./rejection.ts";
import type { Settings } from "./settings.ts";
import { JoinedCall, SharedPlace, type Subject } from "./shared_place.ts";

/** Where calls share places. */
export interface SharingOwner<In> {
  readonly settings: Settings<In>;
  readonly scheduler: Scheduler<In>;
  readonly watch: Watch;
}

/** Knows the places that calls may join, and counts what the queue does not know of. */
export class Sharing<In> {
  /** How many calls have joined others so far. */
  joined = 0;
  /** How many calls are not answered yet, beyond one for each place. */
  pending = 0;
  /** How many of those have been fulfilled. */
  results = 0;
  /** How many of those have been rejected by the answer of their batch. */
  failures = 0;
  readonly #owner: SharingOwner<In>;
  readonly #places: Lanes = new Map();
  readonly #nestedPlaces: Lanes = new Map();

  /** Makes one without places. */
  constructor(owner: SharingOwner<In>) {
    this.#owner = owner;
  }

  /** How many calls wait, beyond one for each place. */
  get waiting(): number {
    const { returns, queue } = this.#owner.scheduler;
    let waiting = 0;
    // Not by key: a nested place that could not be joined has lost its own to another.
    for (const those of [...returns.batches, ...queue.lanes]) {
      those.forEach(({ tickets }, index) => {
        const ticket = tickets[index];
        if (ticket instanceof SharedPlace) waiting += ticket.calls.size - 1;
      });
    }
    return waiting;
  }

  /** What an item is about, unless `dedupe` says that it is to be shared with nobody. */
  subjectOf(item: In, lane: LaneKey, nested: boolean): Subject | undefined {
    const key = this.#owner.settings.dedupe?.(item);
    return key === undefined ? undefined : { lane, nested, key };
  }

  /** The place that a call may join, if there is one. */
  find({ lane, nested, key }: Subject): SharedPlace | undefined {
    const place = this.#lanesOf(nested).get(lane)?.get(key);
    if (place === undefined || place.isOver) return undefined;
    // A call from inside a batch must not wait for that batch, or one that waits for it.
    const isSafe = !nested || place.batch?.hasLeft === false;
    return isSafe ? place : undefined;
  }

  /** A place for a call, which others may join until it is over. */
  open(subject: Subject, call: JoinedCall): SharedPlace {
    const { watch, scheduler } = this.#owner;
    const place: SharedPlace = new SharedPlace(
      subject,
      (outcome) => this.#answer(place, outcome),
      call.priority,
      { watch, now: scheduler.queue.now },
    );
    this.#register(place);
    this.#add(place, call);
    return place;
  }

  /** A call shares a place from now on. */
  join(place: SharedPlace, call: JoinedCall): void {
    this.joined++;
    this.pending++;
    this.#add(place, call);
    if (call.priority > place.priority) {
      this.#owner.scheduler.queue.raise(place, call.priority);
    }
  }

  /** A call leaves; a place takes all of its calls along. Returns who leaves. */
  part(call: Call): Call[] {
    if (call instanceof JoinedCall) return this.#part(call.place, [call]);
    if (call instanceof SharedPlace) return this.#part(call, [...call.calls]);
    return [call];
  }

  #part(place: SharedPlace, leaving: JoinedCall[]): Call[] {
    const before = place.calls.size;
    // A hook that was told of one may have taken the next one out.
    const left = leaving.filter((joined) => place.delete(joined));
    const after = place.calls.size;
    this.pending -= before - Math.max(1, after);
    if (after === 0) place.isOver = true;
    else this.#adjust(place);
    return left;
  }

  #answer(place: SharedPlace, outcome: unknown): void {
    const others = place.calls.size - 1;
    place.isOver = true;
    this.pending -= others;
    if (isOf(outcome, Rejection)) this.failures += others;
    else this.results += others;
    for (const call of place.calls) call.resolve(outcome);
  }

  #add(place: SharedPlace, call: JoinedCall): void {
    place.add(call);
    this.#adjust(place);
  }

  /** The deadline of a place is the nearest one; that which all calls have in common does not apply to it. */
  #adjust(place: SharedPlace): void {
    const { scheduler } = this.#owner;
    const { nearest } = place;
    if (nearest === undefined) scheduler.deadlines.set(place, Infinity, 0);
    else if (nearest.deadlineAt !== place.deadlineAt) {
      const { deadlineMs, deadlineFrom } = nearest;
      scheduler.deadlines.set(place, deadlineMs!, deadlineFrom);
    }
  }

  #lanesOf(nested: boolean): Lanes {
    return nested ? this.#nestedPlaces : this.#places;
  }

  /** Until it has been answered or has left. */
  #register(place: SharedPlace): void {
    const { lane, nested, key } = place.subject;
    const lanes = this.#lanesOf(nested);
    const places = lanes.get(lane) ?? new Map<unknown, SharedPlace>();
    lanes.set(lane, places);
    places.set(key, place);
    const end = () => {
      for (const call of place.calls) call.end();
      if (places.get(key) === place) places.delete(key);
      if (places.size === 0 && lanes.get(lane) === places) lanes.delete(lane);
    };
    place.whenEnded({ end });
  }
}

type Lanes = Map<LaneKey, Map<unknown, SharedPlace>>;
