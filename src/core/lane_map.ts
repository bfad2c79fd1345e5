/**
 * The lanes that there are.
 *
 * @module
 */
import type { LaneKey } from "./call.ts";
import { Lane } from "./lane.ts";
import { type Limits, type Policy, stateOf } from "./policy.ts";

/** What lanes are made by. */
export interface LaneOptions extends Limits {
  /** Makes the state of each lane that decides when it leaves. */
  readonly policy: Policy;
  /** By when every call must be answered, in ms from when it came; none when left out. */
  readonly deadlineMs?: number | undefined;
}

/** The lanes of a batcher by their keys, those apart whose calls are made from inside running batches. */
export class LaneMap<Item> {
  /** The lane of calls that are of no particular one. */
  readonly default: Lane<Item>;

  readonly #options: LaneOptions;
  readonly #report: (error: unknown) => void;
  readonly #lanes = new Map<LaneKey, Lane<Item>>();
  readonly #nestedLanes = new Map<LaneKey, Lane<Item>>();

  /** Makes one with a default lane, which reports what policies throw. */
  constructor(options: LaneOptions, report: (error: unknown) => void) {
    this.#options = options;
    this.#report = report;
    this.default = this.#made(undefined, false);
    this.#lanes.set(undefined, this.default);
  }

  /** The lane with this key, made when it is not there. */
  at(key: LaneKey, nested: boolean): Lane<Item> {
    if (key === undefined && !nested) return this.default;
    const lanes = nested ? this.#nestedLanes : this.#lanes;
    let lane = lanes.get(key);
    if (lane === undefined) {
      const made = this.#made(key, nested);
      // A policy may call as it makes one, and that call may go there.
      lanes.set(key, lane = lanes.get(key) ?? made);
    }
    return lane;
  }

  /** All of them: in others than the default one calls wait or are away, or batches of them run, or a look will forget them. */
  all(): Lane<Item>[] {
    return [...this.#lanes.values(), ...this.#nestedLanes.values()];
  }

  /** A lane that is empty and idle costs nothing; the default lane stays, and so does one that the next look sees to. */
  forgetIdle(lane: Lane<Item>): void {
    if (lane === this.default || lane.isTouched) return;
    if (lane.waiting + lane.running + lane.away > 0) return;
    const lanes = lane.nested ? this.#nestedLanes : this.#lanes;
    if (lanes.get(lane.key) === lane) lanes.delete(lane.key);
  }

  /** Gives all of them another policy. It hears of what waits as if that came now, and of the batches that leave from now on. */
  follow(policy: Policy, now: number): void {
    const lanes = this.all();
    const states = lanes.map(() => stateOf(policy, this.#options));
    lanes.forEach((lane, index) => lane.follow(states[index]!, now));
  }

  #made(key: LaneKey, nested: boolean): Lane<Item> {
    const { policy, deadlineMs } = this.#options;
    return new Lane({ key, nested }, {
      policy: stateOf(policy, this.#options),
      deadlineMs,
      report: this.#report,
    });
  }
}
