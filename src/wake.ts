/**
 * When a batcher looks at its queue: soon, at the end of the turn, at a time.
 *
 * @module
 */
import type { Host, HostTimer } from "./host.ts";

/** A timer or hop that is so late has died, with the request that owned it or in a frozen process. */
const LOST_MS = 50;

/**
 * Runs one function, `look`, in a context that belongs to no caller. To enter that
 * context anew for each look would cost more than the look, so a promise stands
 * whose reaction was registered in it: to resolve it is to look, and the
 * reaction puts up the next one.
 *
 *     soon() ──────────────┐
 *     hop ──▶ endOfTurn ───┼──▶ resolve ──▶ (microtask) look, stand again
 *     timer ─▶ endOfTurn ──┘
 */
export class Wake {
  readonly #host: Host;
  readonly #look: (endOfTurn: boolean) => void;
  readonly #enter: (run: () => void) => void;
  #resolve: (() => void) | undefined;
  #isSoon = false;
  #isEndOfTurn = false;
  /** When the hop was asked for; `Infinity` when none is under way. */
  #hopAt = Infinity;
  #timer: { inner?: HostTimer } | undefined;
  /** When the timer is to ring; `Infinity` when there is none. */
  #timerAt = Infinity;

  /** Makes one that sleeps. `enter` runs a function in the context of the batcher. */
  constructor(
    host: Host,
    look: (endOfTurn: boolean) => void,
    enter: (run: () => void) => void,
  ) {
    this.#host = host;
    this.#look = look;
    this.#enter = enter;
    if (!host.join) enter(() => this.#stand());
  }

  /**
   * Whether a look is due in this turn, and something has come that read the clock. A timer that rings does
   * not, and calls may follow it before the look does where a fake clock rings several at once.
   */
  get isSoon(): boolean {
    return this.#isSoon && !this.#isEndOfTurn;
  }

  /** Whether a timer stands. */
  get isArmed(): boolean {
    return this.#timer !== undefined;
  }

  /** Looks as soon as the running code has returned. */
  soon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    if (this.#resolve) this.#resolve();
    else queueMicrotask(() => this.#enter(this.#ring));
  }

  /** Looks when callers have heard of their answers. */
  afterBatch(): void {
    // Where each caller has a request, that of the batch should end now, and another go on.
    if (this.#host.join) this.atEndOfTurn();
    else this.soon();
  }

  /** Looks at the end of this turn of the event loop. */
  atEndOfTurn(): void {
    if (this.#hopAt < Infinity) return;
    this.#hopAt = this.#host.now();
    this.#host.hop(() => {
      this.#hopAt = Infinity;
      this.endOfTurn();
    });
  }

  /** Looks by this time, if ever. A timer that stands is left alone unless it would ring too late. */
  at(time: number, now: number): void {
    if (time >= this.#timerAt) return;
    this.clear();
    this.#timerAt = time;
    // Not what the host answers: where the time has come it may ring before that.
    const timer: { inner?: HostTimer } = this.#timer = {};
    timer.inner = this.#host.timer(() => {
      if (this.#timer !== timer) return;
      this.#timer = undefined;
      this.#timerAt = Infinity;
      this.endOfTurn();
    }, time - now);
  }

  /** Looks now, this being the end of a turn. */
  readonly endOfTurn = (): void => {
    this.#isEndOfTurn = true;
    this.soon();
  };

  /** Looks at once; for callers with nothing on their stack, where microtasks may be lost with their request. */
  readonly look = (): void => {
    this.#isEndOfTurn = true;
    this.#enter(this.#ring);
  };

  /** Gives who waits for this promise looks of its own, as calls have, where the host wants that. */
  joined<T>(promise: Promise<T>): Promise<T> {
    const leave = this.#host.join?.(this.look);
    if (leave) promise.then(leave, leave);
    return promise;
  }

  /** Gives up a timer or hop that should long have come; the next look sets another. */
  heal(now: number): void {
    if (now - this.#hopAt > LOST_MS) this.#hopAt = Infinity;
    if (now - this.#timerAt > LOST_MS) this.clear();
  }

  /** Takes the timer down. */
  clear(): void {
    this.#timer?.inner?.cancel();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #stand(): void {
    new Promise<void>(this.#keep).then(this.#ring);
  }

  readonly #keep = (resolve: () => void): void => {
    this.#resolve = resolve;
  };

  readonly #ring = (): void => {
    const endOfTurn = this.#isEndOfTurn;
    this.#isSoon = this.#isEndOfTurn = false;
    if (this.#resolve) this.#stand();
    this.#look(endOfTurn);
  };
}
