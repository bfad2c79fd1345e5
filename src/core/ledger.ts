/**
 * What a batch knows of its calls where they differ.
 *
 * @module
 */

/** When each call of a batch came and what it weighs, and the sums of both; most batches need none. */
export class Ledger {
  /** When each came, in ms. */
  readonly times: number[];
  /** What each weighs. */
  readonly weights: number[];
  /** What those weigh together that have not been removed. */
  weight: number;
  /** The sum of their times. */
  arrivals: number;

  /** Makes one of so many calls that came at that time and weigh 1, of which some are still there. */
  constructor(calls: number, present: number, time: number) {
    this.times = new Array<number>(calls).fill(time);
    this.weights = new Array<number>(calls).fill(1);
    this.weight = present;
    this.arrivals = present * time;
  }

  /** Another call has come. */
  add(time: number, weight: number): void {
    this.times.push(time);
    this.weights.push(weight);
    this.weight += weight;
    this.arrivals += time;
  }

  /** A call waits no more. */
  remove(index: number): void {
    this.weight -= this.weights[index]!;
    this.arrivals -= this.times[index]!;
  }
}
