/**
 * What follows from the decisions of the core.
 *
 * @module
 */
import type { Batch, Call } from "./call.ts";

/** Where the decisions of a scheduler go. */
export interface Port<Item> {
  /** Run this batch. Its end is told by `Scheduler.ended`. */
  dispatch(batch: Batch<Item>): void;
  /** Look again at this time, in ms, at the latest. */
  wakeAt(time: number): void;
  /** Take this call out and tell its caller: its deadline has passed. */
  expire(call: Call): void;
  /** Take this call out and tell its caller: it cannot be served in time. */
  drop(call: Call): void;
  /** A policy has thrown this. */
  report(error: unknown): void;
}
