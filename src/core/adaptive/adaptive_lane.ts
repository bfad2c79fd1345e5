/**
 * One lane under the adaptive policy: what it learns, and how it decides.
 *
 * @module
 */
import type {
  LanePolicy,
  LaneView,
  Limits,
  RunningBatch,
  SlotsView,
  Verdict,
} from "../policy.ts";
import { Company } from "./company.ts";
import { CostModel } from "./cost_model.ts";
import { Pacing } from "./pacing.ts";
import { Price } from "./price.ts";
import { Regulars } from "./regulars.ts";
import { type Aim, Target } from "./target.ts";
import { Traffic } from "./traffic.ts";

/** What the adaptive policy has been asked for, complete. */
export interface AdaptiveSettings extends Aim {
  /** The longest time that a lane is held while a slot is free, in ms. */
  readonly maxWaitMs: number;
  /** What a batch costs, in ms of one call's waiting. */
  readonly costPerBatchMs: number;
}

/** So many batches must have ended before a lane does more than leave with all that waits. */
const LEAST_BATCHES = 8;

/**
 *     arrived, started, ended ─▶ traffic, cost
 *     decide ─▶ the latest of: pacing, price, company, regulars ─▶ now: leave, later: hold
 */
export class AdaptiveLane implements LanePolicy {
  /** Which calls can be in time. */
  protected readonly target: Target;
  /** How calls come. */
  protected readonly traffic: Traffic = new Traffic();
  readonly #cost: CostModel;
  readonly #settings: AdaptiveSettings;
  readonly #pacing: Pacing;
  readonly #price: Price;
  readonly #company: Company;
  readonly #regulars: Regulars;
  /** Whether the calls that wait have been held. */
  #isHeld = false;

  /** Makes a lane that knows nothing yet. */
  constructor(limits: Limits, settings: AdaptiveSettings) {
    const { traffic } = this;
    const { targetMs, costPerBatchMs } = settings;
    const cost = new CostModel(targetMs < Infinity ? 1 : 0, costPerBatchMs);
    this.#cost = cost;
    this.#settings = settings;
    this.target = new Target(settings, limits, cost, traffic);
    this.#pacing = new Pacing(limits, cost, traffic);
    this.#price = new Price(cost, traffic);
    this.#company = new Company(limits, cost, traffic);
    this.#regulars = new Regulars(limits, cost, traffic);
  }

  /** Part of {@link LanePolicy}. */
  arrived(calls: number, now: number): void {
    const spanMs = this.#cost.msOf(this.traffic.weightOfOne);
    this.traffic.arrived(calls, spanMs, now);
    this.#pacing.arrived(calls);
  }

  /** Part of {@link LanePolicy}. */
  started({ count, weight }: RunningBatch, now: number): number | undefined {
    this.#isHeld = false;
    this.traffic.started(count, now);
    this.#price.started(count);
    return this.#cost.batches > 0 ? this.#cost.msOf(weight) : undefined;
  }

  /** Part of {@link LanePolicy}. */
  ended(
    { count, weight }: RunningBatch,
    ms: number,
    failed: boolean,
    now: number,
  ): void {
    this.traffic.ended(count, weight, now);
    if (!failed) this.#cost.learn(weight, ms);
  }

  /** Part of {@link LanePolicy}. */
  fits(calls: number, lane: LaneView, _slots: SlotsView, now: number): number {
    return this.target.fits(calls, lane, now);
  }

  /** Part of {@link LanePolicy}. */
  decide(
    lane: LaneView,
    slots: SlotsView,
    now: number,
    verdict: Verdict,
  ): void {
    const { lateness } = this.traffic;
    lateness.looked(lane, slots, now);
    const until = this.#holdUntil(lane, slots, now);
    if (until > now) {
      this.#isHeld = true;
      lateness.heldUntil = until;
      verdict.holdUntil(until);
    } else {
      const calls = this.#knowsCost
        ? this.#pacing.callsOf(lane, slots)
        : lane.waiting;
      verdict.leave(calls, this.#isHeld ? "adaptive" : "idle");
    }
  }

  get #knowsCost(): boolean {
    return this.#cost.batches >= LEAST_BATCHES;
  }

  #holdUntil(lane: LaneView, slots: SlotsView, now: number): number {
    if (!this.#knowsCost) return now;
    if (lane.waiting >= this.target.bestCalls) return now;
    // What a batch takes is not known where some take no time, as far as the clock can tell.
    const isTimed = this.#cost.timed >= LEAST_BATCHES;
    const freeAt = Math.max(lane.oldestAt, slots.freeSince);
    const latest = Math.min(
      freeAt + this.#settings.maxWaitMs,
      this.target.leaveBy(lane),
    );
    const scarceUntil = this.target.scarceUntil(lane, now);
    return Math.min(
      latest,
      Math.max(
        this.#price.until(lane),
        this.#regulars.until(lane, slots, now, latest),
        isTimed ? this.#pacing.until(lane, scarceUntil) : now,
        isTimed ? this.#company.until(lane, slots, now, latest) : now,
      ),
    );
  }
}
