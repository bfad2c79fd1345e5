/**
 * What policies are told of the calls that come.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/** Tells a policy something that it may throw at. */
export type Tell = (tell: () => void) => void;

/** Policies hear once a turn how many calls have come in their lanes. */
export class News<Item> {
  readonly #tell: Tell;
  /** The lanes whose policies have not heard of their latest calls yet. */
  readonly #lanes: Lane<Item>[] = [];

  /** Makes one without news. */
  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Whether there is something that policies have not heard yet. */
  get isDue(): boolean {
    return this.#lanes.length > 0;
  }

  /** Calls have come into a lane at this time, in ms. */
  add(lane: Lane<Item>, calls: number, now: number): void {
    if (!lane.policy.arrived) return;
    if (lane.freshAt !== now) this.tell(lane);
    if (!lane.isUnheard) this.#lanes.push(lane);
    lane.isUnheard = true;
    lane.fresh += calls;
    lane.freshAt = now;
  }

  /** Tells the policy of a lane which calls have come since it last heard. */
  tell(lane: Lane<Item>): void {
    const { fresh, freshAt } = lane;
    if (fresh === 0) return;
    lane.fresh = 0;
    this.#tell(() => lane.policy.arrived?.(fresh, freshAt));
  }

  /** Tells all policies. */
  tellAll(): void {
    for (const lane of this.#lanes) {
      lane.isUnheard = false;
      this.tell(lane);
    }
    this.#lanes.length = 0;
  }
}
