/**
 * One listener for each signal, however many calls it may abort.
 *
 * @module
 */
import type { Ending } from "./core/call.ts";

/** Hears that a signal has aborted: who wanted to know, and why it has. */
export type OnAbort<Subject> = (subject: Subject, reason: unknown) => void;

/** The signals of all who are not answered yet. */
export class Signals {
  readonly #groups = new Map<AbortSignal, Group>();
  /** That of the call that came last: most often the next one has the same signal. */
  #latest: Group | undefined = undefined;

  /** Calls `onAbort` when a signal aborts, which has not yet, until what is returned ends. */
  add<Subject>(
    signal: AbortSignal,
    onAbort: OnAbort<Subject>,
    subject: Subject,
  ): Ending {
    let group = this.#latest;
    if (group === undefined || group.signal !== signal) {
      group = this.#latest = this.#groups.get(signal) ?? this.#listen(signal);
    }
    return new Member(group, onAbort as OnAbort<unknown>, subject);
  }

  #listen(signal: AbortSignal): Group {
    const group = new Group(signal, this);
    signal.addEventListener("abort", this.#listener);
    this.#groups.set(signal, group);
    return group;
  }

  /** Nobody wants to hear of this signal any more. */
  forget(group: Group): void {
    this.#groups.delete(group.signal);
    if (this.#latest === group) this.#latest = undefined;
    try {
      group.signal.removeEventListener("abort", this.#listener);
    } catch {
      // A signal that keeps its listener finds nobody to tell.
    }
  }

  /** One for all signals, as one for each costs as much as all the rest. */
  readonly #listener = (event?: Event): void => {
    const group = this.#groups.get(event?.target as AbortSignal);
    if (group !== undefined) return group.abort();
    // Signals that are not the runtime's own need not say that it was them.
    const aborted = [...this.#groups.values()].filter((group) =>
      group.signal.aborted
    );
    for (const group of aborted) group.abort();
  };
}

/** All who hear of one signal, in the order in which they came. */
class Group {
  readonly signal: AbortSignal;
  first: Member | undefined = undefined;
  last: Member | undefined = undefined;
  readonly #signals: Signals;

  constructor(signal: AbortSignal, signals: Signals) {
    this.signal = signal;
    this.#signals = signals;
  }

  remove({ before, after }: Member): void {
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    if (this.first === undefined) this.#signals.forget(this);
  }

  abort(): void {
    const { reason } = this.signal;
    for (let one = this.first; one !== undefined; one = this.first) {
      one.end();
      one.onAbort(one.subject, reason);
    }
  }
}

/** One of them, until it ends. */
class Member implements Ending {
  readonly onAbort: OnAbort<unknown>;
  readonly subject: unknown;
  before: Member | undefined;
  after: Member | undefined = undefined;
  #group: Group | undefined;

  constructor(group: Group, onAbort: OnAbort<unknown>, subject: unknown) {
    const { last } = group;
    this.#group = group;
    this.onAbort = onAbort;
    this.subject = subject;
    this.before = last;
    if (last === undefined) group.first = this;
    else last.after = this;
    group.last = this;
  }

  end(): void {
    const group = this.#group;
    this.#group = undefined;
    group?.remove(this);
  }
}
