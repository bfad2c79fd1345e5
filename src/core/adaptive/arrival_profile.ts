/**
 * How likely a call is to come, by the time since something has happened.
 *
 * @module
 */

/** Where the spans of a profile end, in ms: each is 1.6 times as long as the one before. */
const ENDS: readonly number[] = [
  ...Array.from({ length: 13 }, (_, index) => 0.125 * 1.6 ** index),
  Infinity,
];

/** What happened longer ago is forgotten, by halves: beyond so many turns with calls, or so many that were to be expected. */
const MOST_TURNS = 256;
const MOST_EXPECTED = 1024;

/** With fewer turns than that a span says nothing. */
const LEAST_TURNS = 8;

/** How many deviations below what was measured a rate is taken to be. */
const CAUTION = 2;

/**
 * Rates of arrival by age: the time since the last call, or the last end of a batch.
 * Where calls come independently of that, all spans show the same rate; where they
 * come in groups, or because their callers were answered, some show a higher one.
 */
export class ArrivalProfile {
  /** By span: how long it was watched, how many calls came, in how many turns. */
  readonly #ms: number[] = ENDS.map(() => 0);
  readonly #calls: number[] = ENDS.map(() => 0);
  readonly #turns: number[] = ENDS.map(() => 0);

  /** The span of this age. */
  spanOf(age: number): number {
    let span = 0;
    while (age >= ENDS[span]!) span++;
    return span;
  }

  /** The age at which a span ends; `Infinity` for the last one, after which there is none. */
  endOf(span: number): number {
    return ENDS[span]!;
  }

  /**
   * Time has passed from one age to another, in which `callers` might have called.
   *
   * @param rate How many calls come in a ms on the whole, by each of them.
   */
  pass(from: number, to: number, rate: number, callers = 1): void {
    const most = MOST_EXPECTED / rate;
    for (let span = this.spanOf(from); from < to; span++) {
      const end = Math.min(to, ENDS[span]!);
      this.#ms[span]! += callers * (end - from);
      // Calls of one turn are one proof: turns are remembered, however many come in each.
      const callsOfTurn = this.#calls[span]! / this.#turns[span]! || 1;
      if (this.#ms[span]! > most * callsOfTurn) this.#forget(span);
      from = end;
    }
  }

  /** Calls have come at this age, in one turn. */
  come(age: number, calls: number): void {
    const span = this.spanOf(age);
    this.#calls[span]! += calls;
    this.#turns[span]!++;
    if (this.#turns[span]! > MOST_TURNS) this.#forget(span);
  }

  /** At least how many calls come in so many ms of this span by each caller, in at most so many turns, as far as it is known. */
  leastCalls(span: number, ms: number, most: number = Infinity): number {
    const turns = this.#turns[span]!;
    if (turns < LEAST_TURNS) return 0;
    const sure = 1 - CAUTION / Math.sqrt(turns);
    const share = Math.min(sure * ms / this.#ms[span]!, most / turns);
    return share * this.#calls[span]!;
  }

  /** How many calls have usually come by this age. */
  callsBefore(age: number): number {
    let calls = 0;
    let from = 0;
    for (let span = 0; from < age; span++) {
      const to = Math.min(age, ENDS[span]!);
      const ms = this.#ms[span]!;
      if (ms > 0) calls += (to - from) / ms * this.#calls[span]!;
      from = to;
    }
    return calls;
  }

  #forget(span: number): void {
    this.#ms[span]! /= 2;
    this.#calls[span]! /= 2;
    this.#turns[span]! /= 2;
  }
}
