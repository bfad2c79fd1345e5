/**
 * What callers felt in a measured span of time.
 *
 * @module
 */
import type { Item } from "./backend.ts";
import { Latencies } from "./latencies.ts";

/** What came of a simulation. Counts and figures are of calls made in the measured span. */
export interface Result {
  /** How many calls were made. */
  readonly calls: number;
  /** How many were refused. */
  readonly refused: number;
  /** How many were answered after the deadline. */
  readonly late: number;
  /** Answered in time, per second. */
  readonly goodput: number;
  /** Answers in the measured span, whenever their calls were made, per second. */
  readonly throughput: number;
  /**
   * From call to answer, in ms; `Infinity` when the queue grows without bound, when
   * calls are refused though there is no deadline, and when calls made before are not
   * answered by the time all of these are.
   */
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** How many items a batch had on average. */
  readonly batch: number;
  /** How many items were simulated in all, and how many batches. */
  readonly items: number;
  readonly batches: number;
}

/** The span. */
export interface Span {
  /** For how long nothing is measured, in ms: queues fill, policies learn. */
  readonly warmUpMs: number;
  /** For how long calls are measured after that, in ms. */
  readonly ms: number;
  /** What is served later is worth nothing, in ms. @default Infinity */
  readonly deadlineMs?: number;
}

/** More callers than this in line: the queue grows without bound. */
const OVERFLOW = 200_000;

/** Counts. */
export class Measurement {
  readonly #span: Span;
  readonly #from: number;
  readonly #until: number;
  readonly #latencies = new Latencies();
  /** Calls that are not answered yet, of these such as were made before the span, and in it. */
  #open = 0;
  #openEarly = 0;
  #openMeasured = 0;
  #items = 0;
  #calls = 0;
  #refused = 0;
  #late = 0;
  #batches = 0;
  #measuredBatches = 0;
  #answers = 0;

  /** Has counted nothing yet. */
  constructor(span: Span) {
    this.#span = span;
    this.#from = span.warmUpMs;
    this.#until = span.warmUpMs + span.ms;
  }

  /** Whether more wait than ever could be served. */
  get isOverflown(): boolean {
    return this.#open > OVERFLOW;
  }

  /** Whether the span is over and all its calls have been answered. */
  isDone(now: number): boolean {
    return now >= this.#until && this.#openMeasured === 0;
  }

  /** A call has been made. */
  called({ arrivedAt, kind }: Item): void {
    this.#items++;
    this.#open++;
    if (kind.isMeasured === false) return;
    if (arrivedAt < this.#from) this.#openEarly++;
    else if (arrivedAt < this.#until) {
      this.#calls++;
      this.#openMeasured++;
    }
  }

  /** A call has been answered. */
  answered(item: Item, now: number): void {
    if (!this.#close(item)) return;
    const ms = now - item.arrivedAt;
    this.#latencies.add(ms);
    if (ms > (this.#span.deadlineMs ?? Infinity)) this.#late++;
  }

  /** A call has been refused. */
  refused(item: Item): void {
    if (this.#close(item)) this.#refused++;
  }

  /** A batch of that many has ended. */
  ended(count: number, now: number): void {
    this.#batches++;
    if (now < this.#from || now >= this.#until) return;
    this.#measuredBatches++;
    this.#answers += count;
  }

  /** What has come of it. */
  result(): Result {
    const latencies = this.#latencies;
    const { ms, deadlineMs } = this.#span;
    const isRefused = this.#refused > 0 && deadlineMs === undefined;
    const isStarved = this.#openEarly > 0;
    const isServed = !this.isOverflown && !isRefused && !isStarved;
    return {
      calls: this.#calls,
      refused: this.#refused,
      late: this.#late,
      goodput: 1000 * (latencies.count - this.#late) / ms,
      throughput: 1000 * this.#answers / ms,
      mean: isServed ? latencies.mean : Infinity,
      p50: isServed ? latencies.quantile(0.5) : Infinity,
      p95: isServed ? latencies.quantile(0.95) : Infinity,
      p99: isServed ? latencies.quantile(0.99) : Infinity,
      batch: this.#answers / this.#measuredBatches,
      items: this.#items,
      batches: this.#batches,
    };
  }

  /** It is not open any more; returns whether it is measured. */
  #close({ arrivedAt, kind }: Item): boolean {
    this.#open--;
    if (kind.isMeasured === false) return false;
    const isEarly = arrivedAt < this.#from;
    const isMeasured = !isEarly && arrivedAt < this.#until;
    if (isEarly) this.#openEarly--;
    if (isMeasured) this.#openMeasured--;
    return isMeasured;
  }
}
