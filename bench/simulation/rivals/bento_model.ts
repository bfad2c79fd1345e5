/**
 * What BentoML's dispatcher learns: what a batch takes, as a line through the last ones,
 * and how long the oldest call of a batch waited. Nothing keeps it from learning
 * nonsense where all batches have about the same size.
 *
 * @module
 */

/** A batch that has ended. */
interface Lesson {
  readonly count: number;
  readonly ms: number;
  readonly waitMs: number;
}

/** How many batches are remembered. */
const KEPT = 50;
/** How many at the beginning tell nothing. */
const SKIPPED = 2;
/** How often it makes up its mind, in ms. */
const REFRESH_MS = 5000;

/** Its mind. */
export class BentoModel {
  /** What an item takes, in ms. */
  each: number;
  /** What a batch takes besides, in ms. */
  fixed: number;
  meanWaitMs = 10;
  #ended = 0;
  #refreshedAt = -Infinity;
  readonly #lessons: Lesson[] = [];

  /** Knows nothing but when a call is late. */
  constructor(lateMs: number) {
    this.each = Math.min(2000, lateMs * 2 / 30);
    this.fixed = Math.min(1000, lateMs / 30);
  }

  /** The size of the batch by which it wants to learn next; 0 when it has learned. */
  get lesson(): number {
    if (this.#ended > SKIPPED + 3) return 0;
    return Math.max(1, this.#ended - SKIPPED);
  }

  /** A batch has ended. */
  learn(lesson: Lesson, now: number): void {
    const before = this.lesson;
    this.#ended++;
    if (this.#ended <= SKIPPED) return;
    this.#lessons.push(lesson);
    if (this.#lessons.length > KEPT) this.#lessons.shift();
    const isLearning = before > 0 && before !== this.lesson;
    if (!isLearning && now - this.#refreshedAt < REFRESH_MS) return;
    this.#refreshedAt = now;
    this.#refresh();
  }

  /** Least squares, the shortest solution where there are many. */
  #refresh(): void {
    let [n, x, y, xx, xy, wait] = [0, 0, 0, 0, 0, 0];
    for (const { count, ms, waitMs } of this.#lessons) {
      n++;
      x += count;
      y += ms;
      xx += count * count;
      xy += count * ms;
      wait += waitMs;
    }
    const determinant = n * xx - x * x;
    const count = x / n;
    const isVaried = determinant > 1e-9 * n * xx;
    const each = isVaried
      ? (n * xy - x * y) / determinant
      : y / n * count / (count * count + 1);
    const fixed = isVaried ? (y - each * x) / n : y / n / (count * count + 1);
    this.each = Math.max(0.001, each);
    this.fixed = Math.max(0, fixed);
    this.meanWaitMs = wait / n;
  }
}
