/**
 * Turns of the event loop.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** The second one is the first that surely reads. */
const FEWEST = 2;
/** However many come, whoever was accepted is not kept waiting by more. */
const MOST = 8;
/** A turn that takes longer has seen to more than a few requests, and many more may have come meanwhile. */
const BUSY_MS = 0.5;

/**
 * Lets the event loop read what has come meanwhile: no more than some of it, as loops see to a
 * limited number of connections in a turn.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What {@link busyTurns} goes by. */
export interface Turning {
  /** Has a turn. */
  readonly turn: () => Promise<void>;
  /** The time in ms. */
  readonly now: () => number;
}

/** Lets the event loop read nearly all that has come: it has another turn as long as they are busy. */
export async function busyTurns(
  { turn, now }: Turning = EVENT_LOOP,
): Promise<void> {
  let before = now();
  for (let turns = 1; turns <= MOST; turns++) {
    await turn();
    const after = now();
    if (turns >= FEWEST && after - before < BUSY_MS) return;
    before = after;
  }
}

const EVENT_LOOP: Turning = { turn, now: () => performance.now() };
