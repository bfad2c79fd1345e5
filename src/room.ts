/**
 * How many calls may come, and who comes first where not all may.
 *
 * @module
 */
import type { Scheduler } from "./core/scheduler.ts";
import type { Nesting } from "./nesting.ts";
import { type Place, Places } from "./places.ts";
import type { Settings } from "./settings.ts";
import type { Wake } from "./wake.ts";

/** Where there is room, or not. */
export interface RoomOwner<In> {
  readonly settings: Settings<In>;
  readonly scheduler: Scheduler<In>;
  readonly wake: Wake;
  readonly nesting: Nesting;
  /** Whether a call that asks for nothing needs no more than a promise and a place. */
  readonly isPlain: boolean;
  /** Time is read, once a turn, and a look follows. */
  beginTurn(): void;
}

/** Hands out the room of a queue, to calls and to callers who wait for it. */
export class Room<In> {
  /** Who waits for it. */
  readonly places: Places = new Places();
  readonly #owner: RoomOwner<In>;

  /** Makes one for the queue of this owner. */
  constructor(owner: RoomOwner<In>) {
    this.#owner = owner;
  }

  /** Whether what a lane takes depends on the lane: only the default one is granted room then. */
  get limitsLanes(): boolean {
    const { settings, scheduler } = this.#owner;
    return settings.maxQueuePerLane < Infinity ||
      scheduler.queue.default.policy.admits !== undefined;
  }

  /** When there may be places for those who wait, in ms: as one lapses, or time allows more. */
  get dueAt(): number {
    if (!this.places.isAwaited) return Infinity;
    const { roomierAt } = this.#owner.scheduler.slots;
    return Math.min(this.places.lapseAt, roomierAt);
  }

  /** Lets as many calls that ask for nothing come without being asked as the queue has places for. */
  grant(): void {
    const { scheduler, settings, isPlain } = this.#owner;
    if (!isPlain || this.places.kept > 0) return;
    const { queue } = scheduler;
    let calls = scheduler.places;
    if (this.limitsLanes) {
      const lane = queue.default;
      calls = Math.min(
        calls,
        scheduler.placesIn(lane, settings.maxQueuePerLane),
        scheduler.admits(lane, 0, queue.now),
      );
    }
    queue.grant(calls);
  }

  /** Waits for a place in the queue, which is still to be announced. */
  wait(signal: AbortSignal | undefined): Promise<Place> {
    const { scheduler, wake, nesting } = this.#owner;
    this.#owner.beginTurn();
    scheduler.queue.grant(0);
    const place = this.places.wait(signal);
    nesting.tie(place);
    this.offer();
    // Who leaves the line may leave a timer behind.
    place.catch(() => this.#owner.beginTurn());
    return wake.joined(place);
  }

  /** Gives a place back that was kept. */
  decline(): void {
    this.places.claim();
    this.offer();
    // The last one in the line may leave a timer behind.
    this.#owner.beginTurn();
  }

  /** Callers who wait for room come before those who have just been answered. */
  offer(): void {
    if (!this.places.isAwaited) return;
    const { scheduler } = this.#owner;
    this.places.grant(scheduler.places, scheduler.queue.now);
  }
}
