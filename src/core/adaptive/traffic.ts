/**
 * How calls come: how many, when, and from whom.
 *
 * @module
 */
import { ArrivalProfile } from "./arrival_profile.ts";
import { Crowd } from "./crowd.ts";
import { Lateness } from "./lateness.ts";

/** Of how many batches the long-run rate remembers most. */
const MEMORY_BATCHES = 80;

/** Of how many calls the recent gap remembers most. */
const MEMORY_CALLS = 64;

/** By more than this part calls come at another rate than before. */
const CHANGE = 0.3;

/** What is learned of the calls of one lane. */
export class Traffic {
  /** Who calls. */
  readonly crowd: Crowd = new Crowd();
  /** How late the lane is looked at while it waits for them. */
  readonly lateness: Lateness = new Lateness();
  /** Calls by the time since the last ones. */
  readonly sinceCall: ArrivalProfile = new ArrivalProfile();
  /** Calls by the time since a batch has ended: some callers come back. */
  readonly sinceEnd: ArrivalProfile = new ArrivalProfile();
  /** When the last call came, in ms. */
  calledAt: number = NaN;
  /** When a batch ended last, in ms. */
  endedAt: number = NaN;
  /** When a batch left last, in ms. */
  startedAt: number = NaN;
  /** How many batches run. */
  running = 0;
  /** When a call was refused last, in ms. */
  refusedAt: number = -Infinity;
  /** What a call weighs on average. */
  weightOfOne = 1;
  /** How many calls come in a ms, on the whole. */
  rate = 0;
  /** How far calls are apart of late, in ms. */
  gapMs: number = NaN;

  #missedAt = -Infinity;
  #calls = 0;
  #ms = 0;
  #newCalls = 0;
  /** Up to when time has been told to `sinceEnd`, as an age. */
  #passed = 0;
  #bustle = 0;
  #bustleAt = 0;

  /** How many calls come in a ms, of late if that differs clearly; a clock that stood still tells nothing of that. */
  get currentRate(): number {
    const recent = 1 / this.gapMs;
    const hasChanged = this.gapMs > 0 &&
      Math.abs(recent - this.rate) > CHANGE * this.rate;
    return hasChanged ? recent : this.rate;
  }

  /** How many calls came in a ms in about the last `spanMs`. */
  bustle(spanMs: number, now: number): number {
    return this.#bustle / spanMs * Math.exp((this.#bustleAt - now) / spanMs);
  }

  /**
   * How many more calls have come since a batch has ended than usually come by now. Those need not be waited for any
   * more: who calls again at once is there before anyone is waited for.
   */
  earlyCalls(now: number): number {
    const usual = this.sinceEnd.callsBefore(now - this.endedAt);
    return Math.max(0, this.#newCalls - usual);
  }

  /** Calls that come now are refused: nobody will know how many. */
  missed(now: number): void {
    this.refusedAt = now;
    if (!(this.#missedAt > this.calledAt)) this.#missedAt = now;
    this.crowd.missed();
  }

  /** Calls have come, in one turn; `spanMs` is how far {@link bustle} looks back. */
  arrived(calls: number, spanMs: number, now: number): void {
    const gap = now - this.calledAt;
    const isWhole = !(this.#missedAt > this.calledAt && this.#missedAt < now);
    if (gap >= 0 && isWhole) {
      this.sinceCall.pass(0, gap, this.rate);
      this.sinceCall.come(gap, calls);
      const each = gap / calls;
      if (this.gapMs >= 0) {
        this.gapMs += (each - this.gapMs) * calls / (MEMORY_CALLS + calls);
      } else this.gapMs = each;
    }
    const age = now - this.endedAt;
    if (age >= 0) {
      this.sinceEnd.pass(this.#passed, age, this.rate);
      this.sinceEnd.come(age, calls);
      this.#passed = age;
    }
    // Nothing, as long as no span is known.
    const left = this.bustle(spanMs, now) * spanMs || 0;
    this.#bustle = left + calls;
    this.#bustleAt = now;
    this.calledAt = now;
    this.#newCalls += calls;
    this.crowd.arrived(calls, this.rate, now);
  }

  /** A batch has left with so many calls. */
  started(calls: number, now: number): void {
    this.running++;
    this.startedAt = now;
    this.crowd.started(calls);
    this.lateness.forget();
  }

  /** A batch with so many calls, of that weight together, has ended. */
  ended(calls: number, weight: number, now: number): void {
    this.running--;
    this.weightOfOne += (weight / calls - this.weightOfOne) / MEMORY_BATCHES;
    this.crowd.ended(calls, this.rate, now);
    const age = now - this.endedAt;
    if (age >= 0) {
      this.sinceEnd.pass(this.#passed, age, this.rate);
      const keep = 1 - 1 / MEMORY_BATCHES;
      this.#calls = keep * this.#calls + this.#newCalls;
      this.#ms = keep * this.#ms + age;
      if (this.#ms > 0) this.rate = this.#calls / this.#ms;
    }
    this.endedAt = now;
    this.#passed = 0;
    this.#newCalls = 0;
  }
}
