/**
 * A lane that takes no calls that it could not answer in time.
 *
 * @module
 */
import type { LaneView, SlotsView } from "../policy.ts";
import { AdaptiveLane } from "./adaptive_lane.ts";

/** Refuses on arrival what would be late. */
export class SheddingLane extends AdaptiveLane {
  /** Part of {@link LanePolicy}. */
  admits(
    ahead: number,
    lane: LaneView,
    slots: SlotsView,
    now: number,
  ): number {
    const calls = this.target.admits(ahead, slots, now);
    if (calls >= 1) return calls;
    // One call at a time is taken in any case: how else could it learn that it is wrong?
    if (lane.waiting + slots.running === 0) return 1;
    this.traffic.missed(now);
    return 0;
  }
}
