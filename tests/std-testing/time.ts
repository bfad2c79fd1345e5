/**
 * Stand-in for `@std/testing/time`: a clock that only tests move.
 *
 * @module
 */

/** The fake clock was used in a way that makes no sense. */
export class TimeError extends Error {
  override name = "TimeError";
}

interface Timer {
  readonly id: number;
  readonly run: () => void;
  /** Of an interval. */
  readonly everyMs: number | undefined;
  due: number;
}

const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};
const realSignalTimeout = AbortSignal.timeout;

let active: FakeTime | undefined;

/** Replaces the global clock and timers from construction until `restore()`. */
export class FakeTime {
  /** The time at which the clock stood first. */
  readonly start: number;
  #now: number;
  #lastId = 0;
  /** In the order in which they were set, an interval anew with each ring. */
  readonly #timers = new Map<number, Timer>();

  constructor(start?: number | string | Date | null) {
    if (active) throw new TimeError("Cannot fake time: it is faked already");
    this.start = startOf(start);
    if (Number.isNaN(this.start)) {
      throw new TypeError('Cannot fake time: "start" is no valid date');
    }
    this.#now = this.start;
    active = this;
    Object.assign(globalThis, {
      Date: fakeDate(this),
      ...this.#timerFunctions(),
    });
    AbortSignal.timeout = (ms) => this.#signal(ms);
  }

  get now(): number {
    return this.#now;
  }

  /** Rings what is due by then, each timer at its own time. */
  set now(value: number) {
    if (value < this.#now) {
      throw new RangeError("Cannot set the time: it must not run backwards");
    }
    let timer = this.#earliest();
    while (timer && timer.due <= value) {
      this.#now = Math.max(this.#now, timer.due);
      this.#ring(timer);
      timer = this.#earliest();
    }
    this.#now = value;
  }

  /** Moves the clock by so much. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Lets pending microtasks run, then moves the clock. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves to the next timer; false if there is none. */
  next(): boolean {
    const timer = this.#earliest();
    if (timer) this.now = timer.due;
    return timer !== undefined;
  }

  /** Lets pending microtasks run, then moves to the next timer. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves on until no timer is left. */
  runAll(): void {
    while (this.next());
  }

  /** Moves on until no timer is left, with microtasks in between. */
  async runAllAsync(): Promise<void> {
    while (this.#timers.size > 0) await this.nextAsync();
  }

  /** Lets pending microtasks run. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Waits in real time. */
  delay(ms: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const abort = () => {
        real.clearTimeout.call(undefined, id);
        reject(new DOMException("Delay was aborted", "AbortError"));
      };
      const id = real.setTimeout.call(undefined, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Gives the globals back. */
  restore(): void {
    if (!active) throw new TimeError("Cannot restore time: it is not faked");
    active = undefined;
    Object.assign(globalThis, real);
    AbortSignal.timeout = realSignalTimeout;
  }

  [Symbol.dispose](): void {
    this.restore();
  }

  /** Gives the globals back, whoever took them. */
  static restore(): void {
    if (!active) throw new TimeError("Cannot restore time: it is not faked");
    active.restore();
  }

  #timerFunctions() {
    type Callback = (...args: unknown[]) => void;
    const clear = (id: unknown) => void this.#timers.delete(id as number);
    return {
      setTimeout: (run: Callback, ms = 0, ...args: unknown[]) =>
        this.#set(() => run(...args), Math.max(0, Math.floor(ms)), false),
      setInterval: (run: Callback, ms = 0, ...args: unknown[]) =>
        this.#set(() => run(...args), Math.max(1, Math.floor(ms)), true),
      clearTimeout: clear,
      clearInterval: clear,
    };
  }

  #set(run: () => void, ms: number, repeat: boolean): number {
    const id = ++this.#lastId;
    const due = this.#now + ms;
    this.#timers.set(id, { id, run, due, everyMs: repeat ? ms : undefined });
    return id;
  }

  #signal(ms: number): AbortSignal {
    const controller = new AbortController();
    const reason = new DOMException("Signal timed out", "TimeoutError");
    this.#set(
      () => controller.abort(reason),
      Math.max(0, Math.floor(ms)),
      false,
    );
    return controller.signal;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (!earliest || timer.due < earliest.due) earliest = timer;
    }
    return earliest;
  }

  #ring(timer: Timer): void {
    this.#timers.delete(timer.id);
    if (timer.everyMs !== undefined) {
      timer.due += timer.everyMs;
      this.#timers.set(timer.id, timer);
    }
    timer.run();
  }
}

function startOf(start: number | string | Date | null | undefined): number {
  if (typeof start === "number") return Math.floor(start);
  return start == null ? real.Date.now() : new real.Date(start).valueOf();
}

function fakeDate(time: FakeTime): DateConstructor {
  return new Proxy(real.Date, {
    construct: (target, args) =>
      Reflect.construct(target, args.length === 0 ? [time.now] : args),
    apply: () => new real.Date(time.now).toString(),
    get: (target, key) =>
      key === "now" ? () => time.now : Reflect.get(target, key),
  });
}
