/**
 * How many callers there are, and whether they are always the same.
 *
 * @module
 */
import { ArrivalProfile } from "./arrival_profile.ts";

/** Who was not there in so many batches has gone. */
const MEMORY_BATCHES = 64;

/** So many calls must have failed to come for a crowd to be closed. */
const LEAST_PROOF = 8;

/** Beyond so many, proof is forgotten, by halves. */
const MOST_PROOF = 64;

/** Compared with the calls that have failed to come, so many may come from strangers. */
const MOST_STRANGERS = 0.15;

/** Over how many calls absence is averaged. */
const MEMORY_CALLS = 100;

/**
 * The most calls that were under way at once, of late. Those who have called do not call meanwhile:
 * while the whole crowd is there, nobody else can come. When in fact nobody does, though by the usual
 * rate many should have, then the crowd is closed: it is always the same callers, such as
 * a pool of workers or a load generator, and each of them comes back.
 */
export class Crowd {
  /** How many callers there are. */
  size = 0;
  /** Which part of them is absent, on average. */
  absence = 0;
  /** Calls by the time since a batch has ended, for each caller who is absent. */
  readonly returns: ArrivalProfile = new ArrivalProfile();

  /** The most that were there in the last so many batches. */
  #most = 0;
  #batches = 0;
  #waiting = 0;
  #inFlight = 0;
  #endedAt: number = NaN;
  #toldAt: number = NaN;
  /** How many calls should have come while the whole crowd was there, and by how many callers it grew. */
  #expected = 0;
  #strangers = 0;

  /** Whether it is always the same callers who call. */
  get isClosed(): boolean {
    return this.#expected >= LEAST_PROOF &&
      this.#strangers <= MOST_STRANGERS * this.#expected;
  }

  /** How many callers are absent when so many calls wait. */
  absentWhen(waiting: number): number {
    // Some may have left early; those that have come in this turn are not told of yet.
    if (waiting < this.#waiting) this.#waiting = waiting;
    return this.size - waiting - this.#inFlight;
  }

  /** Calls have come, in one turn; `rate` is how many come in a ms on the whole. */
  arrived(calls: number, rate: number, now: number): void {
    this.#pass(rate, now);
    const strangers = Math.max(0, calls - this.#absent);
    // At first, while no rate is known, everybody is one.
    if (rate > 0) this.#strangers += strangers;
    this.size += strangers;
    this.#waiting += calls;
    this.#most = Math.max(this.#most, this.#waiting + this.#inFlight);
    if (this.#mayBeClosed && strangers < calls) {
      this.returns.come(now - this.#endedAt, calls - strangers);
    }
  }

  /** A call is refused: whose it is, nobody will know. */
  missed(): void {
    this.#strangers++;
  }

  /** A batch has left with so many calls. */
  started(calls: number): void {
    // Negative as long as some of them have not been told of: full batches leave before.
    this.#waiting -= calls;
    this.#inFlight += calls;
    if (++this.#batches % MEMORY_BATCHES > 0) return;
    this.size = this.#most;
    this.#most = this.#waiting + this.#inFlight;
  }

  /** A batch with so many calls has ended. */
  ended(calls: number, rate: number, now: number): void {
    this.#pass(rate, now);
    this.#inFlight -= calls;
    this.#waiting = Math.max(0, this.#waiting);
    this.#endedAt = now;
  }

  get #absent(): number {
    return this.absentWhen(this.#waiting);
  }

  get #mayBeClosed(): boolean {
    return this.#strangers <= MOST_STRANGERS * (this.#expected + LEAST_PROOF);
  }

  #pass(rate: number, now: number): void {
    const ms = now - this.#toldAt;
    this.#toldAt = now;
    if (!(ms > 0)) return;
    const absent = Math.max(0, this.#absent);
    if (absent < 0.5) {
      this.#expected += rate * ms;
      if (this.#expected > MOST_PROOF) {
        this.#expected /= 2;
        this.#strangers /= 2;
      }
    } else if (this.#mayBeClosed) {
      const age = now - this.#endedAt;
      const ofEach = rate / Math.max(1, this.absence * this.size);
      this.returns.pass(age - ms, age, ofEach, absent);
    }
    const share = Math.min(1, rate * ms / MEMORY_CALLS);
    // Calls that come back may be the first of which a lane knows.
    this.absence += share * (absent / Math.max(1, this.size) - this.absence);
  }
}
