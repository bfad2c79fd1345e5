/**
 * What a batch knows of its calls where they differ.
 *
 * @module
 */

/**
 * When each of the first calls of a batch came and what it weighs, and the sums of both. Most batches need none; those
 * who come after the ones that it knows come at once and weigh 1.
 */
export class Ledger {
  /** When each came, in ms. */
  readonly times: number[] = [];
  /** What each weighs. */
  readonly weights: number[] = [];
  /** How many of them have not been removed. */
  present = 0;
  /** What those weigh together. */
  weight = 0;
  /** The sum of their times. */
  arrivals = 0;

  /**
   * From now on the first `calls` of the batch are known, `present` of whom are still there: those who were not
   * came at this time, and weigh 1.
   */
  cover(calls: number, present: number, time: number): void {
    const more = present - this.present;
    this.present = present;
    this.weight += more;
    this.arrivals += more * time;
    while (this.times.length < calls) {
      this.times.push(time);
      this.weights.push(1);
    }
  }

  /** Another call has come. */
  add(time: number, weight: number): void {
    this.times.push(time);
    this.weights.push(weight);
    this.present++;
    this.weight += weight;
    this.arrivals += time;
  }

  /** A call waits no more. */
  remove(index: number): void {
    if (index >= this.times.length) return;
    this.present--;
    this.weight -= this.weights[index]!;
    this.arrivals -= this.times[index]!;
  }
}
