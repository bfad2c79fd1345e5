/**
 * Whether there is room for one more call, and who makes it.
 *
 * @module
 */
import type { Call, LaneKey } from "./core/call.ts";
import type { Lane } from "./core/lane.ts";
import { lowestCallIn, oldestCallIn } from "./victims.ts";
import type { Engine } from "./engine.ts";

/** Keeps the limits of a queue. */
export class Admission<In, Out> {
  readonly #engine: Engine<In, Out>;

  /** Makes one for the queue of this engine. */
  constructor(engine: Engine<In, Out>) {
    this.#engine = engine;
  }

  /** Whether a call would find the queue full. */
  get isFull(): boolean {
    const { room: { places }, scheduler } = this.#engine;
    if (places.kept > 0) places.lapse(this.#engine.now());
    this.#engine.relax();
    return scheduler.places - places.kept < 1;
  }

  /** Sees that there is room for a call in this turn, or throws. Nobody is dropped for one that is refused. */
  admit(key: LaneKey, priority: number): void {
    const { room: { places }, queue } = this.#engine;
    const hasPlace = places.claim();
    this.#admitToLane(key, priority);
    if (hasPlace || !this.isFull) return;
    this.#makeRoom(queue.lanes, priority, "maxQueue", () => this.isFull);
  }

  #admitToLane(key: LaneKey, priority: number): void {
    const { queue, room } = this.#engine;
    if (!room.limitsLanes) return;
    const lane = queue.laneOf(key, false);
    try {
      this.#ask(lane, priority);
      const isFull = () => this.#isFull(key);
      if (isFull()) this.#makeRoom([lane], priority, "maxQueuePerLane", isFull);
    } finally {
      queue.forgetIdle(lane);
    }
  }

  /** A policy that sees the call come too late refuses it now. */
  #ask(lane: Lane<In>, priority: number): void {
    const { scheduler, queue } = this.#engine;
    if (scheduler.admits(lane, priority, queue.now) >= 1) return;
    const { refusals } = this.#engine;
    throw this.#engine.refused(refusals.refused(this.#engine.retryAfterMs));
  }

  #isFull(key: LaneKey): boolean {
    const { scheduler, queue, settings } = this.#engine;
    this.#engine.relax();
    const lane = queue.laneOf(key, false);
    return scheduler.placesIn(lane, settings.maxQueuePerLane) < 1;
  }

  /**
   * Drops a call that waits in one of these lanes, or refuses the one that comes; that, too, where a hook that hears of
   * the drop has called and taken the place.
   */
  #makeRoom(
    lanes: Iterable<Lane<In>>,
    priority: number,
    limit: "maxQueue" | "maxQueuePerLane",
    isFull: () => boolean,
  ): void {
    const { queue, settings, refusals } = this.#engine;
    const error = refusals.full(
      limit,
      settings[limit],
      this.#engine.retryAfterMs,
    );
    const victim = this.#victimIn(lanes, priority);
    if (victim === undefined) throw this.#engine.refused(error);
    const { placed } = queue;
    this.#engine.departures.leave(victim, "dropped", error);
    // Otherwise one call is let in for one that has left, however full the queue is.
    if (queue.placed > placed && isFull()) throw this.#engine.refused(error);
  }

  #victimIn(lanes: Iterable<Lane<In>>, priority: number): Call | undefined {
    const { overflow } = this.#engine.settings;
    if (overflow === "drop-oldest") return oldestCallIn(lanes);
    if (overflow === "reject") return undefined;
    const lowest = lowestCallIn(lanes);
    return lowest && lowest.priority < priority ? lowest : undefined;
  }
}
