/**
 * A lane that takes no calls that it could not answer in time.
 *
 * @module
 */
import type { LaneView, SlotsView } from "../policy.ts";
import { AdaptiveLane } from "./adaptive_lane.ts";

/** Refuses on arrival what would be late. */
export class SheddingLane extends AdaptiveLane {
  /** The lowest priority of those who have come, and whether others had a higher one. */
  #lowest = Infinity;
  #hasPreferred = false;

  /** Part of {@link LanePolicy}. */
  admits(
    ahead: number,
    lane: LaneView,
    slots: SlotsView,
    now: number,
    priority: number,
  ): number {
    this.#lowest = Math.min(this.#lowest, priority);
    const isPreferred = priority > this.#lowest;
    this.#hasPreferred ||= isPreferred;
    const calls = this.target.admits(ahead, isPreferred, slots, now);
    if (calls >= 1) return calls;
    // One call at a time is taken in any case: how else could it learn that it is wrong?
    if (lane.waiting + slots.running === 0) return 1;
    this.traffic.missed(now);
    return 0;
  }

  /** Part of {@link LanePolicy}. */
  override fits(
    calls: number,
    lane: LaneView,
    _slots: SlotsView,
    now: number,
  ): number {
    return this.target.fits(calls, lane, now, this.#hasPreferred);
  }
}
