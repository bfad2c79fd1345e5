/**
 * A host whose clock the test sets, whose timers ring when the test says so, and
 * whose timers and hops may die.
 *
 * @module
 */
import { defaultHost, type Host, type HostTimer } from "../../mod.ts";
import { turns } from "./watched.ts";

interface Timer {
  readonly run: () => void;
  readonly at: number;
}

/** Turns of the event loop are real ones. */
export class FrailHost implements Host {
  /** The time; a handler may set it, as one that works on this thread does. */
  time = 0;
  /** Whether timers that are set from now on never ring. */
  timersDie = false;
  /** Whether hops from now on never come. */
  hopsDie = false;
  /** How often the clock was read. */
  reads = 0;
  /** How many hops were asked for. */
  hops = 0;
  /** How many timers were set. */
  timersSet = 0;
  /** How many of them were cancelled. */
  timersCancelled = 0;
  readonly #timers = new Set<Timer>();

  /** How many timers stand that will ring. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    this.reads++;
    return this.time;
  }

  hop(run: () => void): void {
    this.hops++;
    if (!this.hopsDie) defaultHost.hop(run);
  }

  timer(run: () => void, ms: number): HostTimer {
    const timer = { run, at: this.time + ms };
    this.timersSet++;
    if (!this.timersDie) this.#timers.add(timer);
    return {
      cancel: () => {
        this.timersCancelled++;
        this.#timers.delete(timer);
      },
    };
  }

  neutral<T>(run: () => T): T {
    return defaultHost.neutral(run);
  }

  /** Rings every timer, though its time has not come. */
  async ringEarly(): Promise<void> {
    for (const timer of [...this.#timers]) {
      if (this.#timers.delete(timer)) timer.run();
    }
    await turns(3);
  }

  /** Sets the clock, rings what is due by then, and lets everything happen that follows. */
  async moveTo(time: number): Promise<void> {
    this.time = time;
    for (const timer of [...this.#timers]) {
      if (timer.at > time || !this.#timers.delete(timer)) continue;
      timer.run();
    }
    await turns(3);
  }
}
