/**
 * Virtual time on a machine that is blocked now and then, whose timers ring a little
 * early, and whose timers and hops may die.
 *
 * @module
 */
import type { Host, HostTimer } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";

/** By how much a timer or hop is late when it counts as lost, in ms (R15). */
const LOST_MS = 50;

interface Timer {
  readonly at: number;
  readonly run: () => void;
  inner: HostTimer | undefined;
}

/** Turns of the event loop are real ones, time is that of a {@link VirtualHost}. */
export class UnsteadyHost implements Host {
  /** Whether timers that are set from now on never ring. */
  timersDie = false;
  /** Whether hops from now on never come. */
  hopsDie = false;
  /** Grows with all that is asked of this host, and all that comes of it. */
  activity = 0;
  /** Counts the turns of the event loop in which anything happens. */
  turn = 0;
  /** Set by the world: whether the batcher has nothing to do. */
  isIdle: () => boolean = () => true;
  /** Set by the world: hears what must not be. */
  complain: (what: string) => void = () => {};
  readonly #virtual = new VirtualHost();
  readonly #earlyMs: number;
  readonly #timers = new Set<Timer>();
  readonly #deadHops = new Set<number>();
  #blockedMs = 0;
  /** The timer that was cancelled last, while there was something to do, and when in the course of things. */
  #cancelled = { at: -Infinity, activity: -1 };

  /** Timers ring up to that much early. */
  constructor(earlyMs: number) {
    this.#earlyMs = earlyMs;
  }

  now(): number {
    return this.#virtual.now() + this.#blockedMs;
  }

  /** How many timers stand, dead ones included. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Whether everything that was asked for has come or will. */
  get isSound(): boolean {
    if (this.#deadHops.size > 0) return false;
    for (const { inner } of this.#timers) if (inner === undefined) return false;
    return true;
  }

  hop(run: () => void): void {
    this.activity++;
    if (this.hopsDie) {
      this.#deadHops.add(this.now());
      return;
    }
    this.#virtual.hop(() => {
      this.activity++;
      this.turn++;
      run();
    });
  }

  timer(run: () => void, ms: number): HostTimer {
    const timer: Timer = { at: this.now() + ms, run, inner: undefined };
    this.#checkThatNoneIsMoved(timer.at);
    this.activity++;
    this.#timers.add(timer);
    if (this.#timers.size > 1) this.complain("R21 two timers stand");
    if (!this.timersDie) this.#wind(timer, ms > 1 ? ms - this.#earlyMs : ms);
    return { cancel: () => this.#cancel(timer) };
  }

  neutral<T>(run: () => T): T {
    return this.#virtual.neutral(run);
  }

  /** Lets time pass, and the timers ring that are due by then. */
  async pass(ms: number): Promise<void> {
    await this.#virtual.advance(ms);
  }

  /** Time passes, and nothing else can happen meanwhile. */
  block(ms: number): void {
    this.#blockedMs += ms;
    for (const timer of this.#timers) {
      if (timer.inner === undefined) continue;
      timer.inner.cancel();
      this.#wind(timer, timer.at - this.now());
    }
  }

  /** The timers and hops that are asked for from now on live. */
  revive(): void {
    this.timersDie = this.hopsDie = false;
  }

  /** A call comes in a turn in which nothing else has happened: what is long overdue is given up (R15). */
  heal(): void {
    for (const at of this.#deadHops) {
      if (this.now() - at > LOST_MS) this.#deadHops.delete(at);
    }
  }

  /** When the last of the dead may be given up, in ms. */
  get healsAt(): number {
    let last = -Infinity;
    for (const at of this.#deadHops) last = Math.max(last, at);
    for (const { at, inner } of this.#timers) {
      if (inner === undefined) last = Math.max(last, at);
    }
    return last + LOST_MS;
  }

  #wind(timer: Timer, ms: number): void {
    timer.inner = this.#virtual.timer(() => {
      this.#timers.delete(timer);
      this.activity++;
      this.turn++;
      timer.run();
    }, Math.max(ms, 0));
  }

  #cancel(timer: Timer): void {
    if (!this.#timers.delete(timer)) return;
    timer.inner?.cancel();
    this.activity++;
    const { at } = timer;
    const isLost = this.now() - at > LOST_MS;
    if (!isLost && !this.isIdle()) {
      this.#cancelled = { at, activity: this.activity };
    }
  }

  /** A timer is moved only forward. */
  #checkThatNoneIsMoved(at: number): void {
    const before = this.#cancelled;
    if (before.activity !== this.activity || at < before.at) return;
    this.complain(`R21 the timer is moved from ${before.at} to ${at}`);
  }
}
