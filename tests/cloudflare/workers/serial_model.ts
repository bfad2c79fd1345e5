/**
 * A model that works on one batch at a time, and counts.
 *
 * @module
 */

/** What it was asked for. */
export interface Counts {
  batches: number;
  items: number;
  largest: number;
}

/** Doubles numbers: 4 ms for a batch and 0.05 ms for each item in it, one batch after the other. */
export class SerialModel {
  counts: Counts = { batches: 0, items: 0, largest: 0 };
  #last: Promise<unknown> = Promise.resolve();

  /** Waits for its turn, in line with those before. */
  readonly double = (xs: number[]): Promise<number[]> => {
    const { counts } = this;
    counts.batches++;
    counts.items += xs.length;
    counts.largest = Math.max(counts.largest, xs.length);
    const answer = this.#last.then(() => after(4 + 0.05 * xs.length)).then(() =>
      xs.map((x) => 2 * x)
    );
    this.#last = answer;
    return answer;
  };

  /** What has been counted since it was asked last. */
  report(): Counts {
    const { counts } = this;
    this.counts = { batches: 0, items: 0, largest: 0 };
    return counts;
  }
}

/** A wait in real time. */
export function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
