/**
 * How late a lane is looked at.
 *
 * @module
 */
import type { LaneView, SlotsView } from "../policy.ts";

/** So late timers are everywhere, in ms. */
const PUNCTUAL_MS = 1;

/** How much the last look that was due says of the next one. */
const SHARE = 1 / 4;

/** For about so many batches it is remembered: who never dares to wait does not hear that looks are punctual again. */
const MEMORY_BATCHES = 64;

/**
 * Where timers are throttled, or something else keeps the event loop, a lane is held for longer than it
 * was to be, unless calls come meanwhile. Looks that come before they are due tell nothing of that.
 */
export class Lateness {
  /** By how much a look that is due is late, on average, in ms; 0 where timers are as good as anywhere. */
  ms = 0;
  /** Until when the lane is held, or was. */
  heldUntil: number = Infinity;

  /** The lane is looked at. */
  looked({ oldestAt }: LaneView, { freeSince }: SlotsView, now: number): void {
    const lateMs = now - this.heldUntil;
    // Those who were held may have left, and others may have taken the slot.
    const isHeld = Math.max(oldestAt, freeSince) <= this.heldUntil;
    if (lateMs < 0 || !isHeld) return;
    this.heldUntil = Infinity;
    this.ms += SHARE * (Math.max(0, lateMs - PUNCTUAL_MS) - this.ms);
  }

  /** A batch has left. */
  forget(): void {
    this.ms -= this.ms / MEMORY_BATCHES;
  }
}
