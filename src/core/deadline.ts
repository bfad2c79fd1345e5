/**
 * By when somebody must have been answered.
 *
 * @module
 */
import type { Alarmed } from "./alarms.ts";

/** The deadline of one alone. */
export class Deadline<Owner> implements Alarmed {
  /** Whose it is. */
  readonly of: Owner;
  /** How long the answer may take, in ms. */
  readonly spanMs: number;
  /** Since when, in ms. */
  readonly from: number;
  alarmAt: number = Infinity;
  alarmIndex: number = -1;

  /** Makes one that waits for nothing yet. */
  constructor(of: Owner, spanMs: number, from: number) {
    this.of = of;
    this.spanMs = spanMs;
    this.from = from;
  }

  /** When it passes, in ms. */
  get at(): number {
    return this.from + this.spanMs;
  }
}
