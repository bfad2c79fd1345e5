/**
 * One listener for each signal, however many calls it may abort.
 *
 * @module
 */
import type { Ending } from "./core/call.ts";

/** Hears that a signal has aborted: who wanted to know, and why it has. */
export type OnAbort<Subject> = (subject: Subject, reason: unknown) => void;

/** Calls `onAbort` when a signal aborts, which has not yet, until what is returned ends. */
export function listen<Subject>(
  signal: AbortSignal,
  onAbort: OnAbort<Subject>,
  subject: Subject,
): Ending {
  return new Listener(signal, onAbort as OnAbort<unknown>, subject);
}

/** Whether a value is a signal of the runtime's own. */
export function isNative(value: unknown): boolean {
  return typeof AbortSignal === "function" && value instanceof AbortSignal;
}

/** Gives back what it is given: a class that extends it adds its fields to that. */
const Given = function (object: object): object {
  return object;
} as unknown as new (object: object) => object;

/**
 * A signal that is listened to. It knows by a private field who does: a map of all signals would cost as much
 * as all the rest of a call with a signal of its own.
 */
class Heard extends Given {
  /** Who has come last. */
  #last: Listener | undefined = undefined;

  static of(signal: AbortSignal): Heard & AbortSignal {
    return (#last in signal ? signal : new Heard(signal)) as
      & Heard
      & AbortSignal;
  }

  static lastOf(signal: Heard): Listener | undefined {
    return signal.#last;
  }

  static setLast(signal: Heard, last: Listener | undefined): void {
    signal.#last = last;
  }
}

/** One of those who listen to a signal, in a circle in the order in which they came. */
class Listener implements Ending {
  readonly signal: Heard & AbortSignal;
  onAbort: OnAbort<unknown> | undefined;
  subject: unknown;
  /** What the signal was given: the first one, which tells all, after its own end, too. */
  readonly ear: EventListener | Listener;
  before: Listener | undefined = this;
  /** None when it has ended. */
  after: Listener | undefined = this;

  constructor(
    signal: AbortSignal,
    onAbort: OnAbort<unknown>,
    subject: unknown,
  ) {
    const heard = this.signal = Heard.of(signal);
    this.onAbort = onAbort;
    this.subject = subject;
    const last = Heard.lastOf(heard);
    this.ear = last?.ear ?? earOf(this);
    if (last === undefined) signal.addEventListener("abort", this.ear);
    else {
      const first = last.after!;
      this.before = last;
      this.after = first;
      last.after = first.before = this;
    }
    Heard.setLast(heard, this);
  }

  /** Called by the signal when it aborts. */
  handleEvent(): void {
    const { signal } = this;
    const last = Heard.lastOf(signal);
    let first: Listener | undefined;
    // No further: whoever hears of it may call again where the signal does not say yet that it has aborted.
    while (first !== last) {
      first = Heard.lastOf(signal)?.after;
      if (first === undefined) return;
      const { onAbort, subject } = first;
      first.end();
      try {
        onAbort!(subject, signal.reason);
      } catch (error) {
        // As where any listener throws; but others hear all the same, who may be of other batchers.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Part of {@link Ending}. */
  end(): void {
    const { before, after, signal } = this;
    if (after === undefined) return;
    // The signal may keep it as its ear: it must lead to nobody, neither a batcher nor who ended later.
    this.before =
      this.after =
      this.onAbort =
      this.subject =
        undefined;
    if (after === this) return this.#forget();
    before!.after = after;
    after.before = before;
    if (Heard.lastOf(signal) === this) Heard.setLast(signal, before);
  }

  /** Nobody listens any more. */
  #forget(): void {
    Heard.setLast(this.signal, undefined);
    try {
      this.signal.removeEventListener("abort", this.ear);
    } catch {
      // A signal that keeps its listener finds nobody to tell.
    }
  }
}

/** Signals that are not the runtime's own may know functions only. */
function earOf(listener: Listener): EventListener | Listener {
  return isNative(listener.signal) ? listener : () => listener.handleEvent();
}
