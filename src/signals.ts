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
      group = this.#latest = this.#groupOf(signal);
    }
    const member = new Member(group, onAbort as OnAbort<unknown>, subject);
    group.add(member);
    return member;
  }

  #groupOf(signal: AbortSignal): Group {
    let group = this.#groups.get(signal);
    if (group === undefined) {
      group = new Group(signal, (group) => this.#remove(group));
      this.#groups.set(signal, group);
    }
    return group;
  }

  #remove(group: Group): void {
    this.#groups.delete(group.signal);
    if (this.#latest === group) this.#latest = undefined;
  }
}

/** All who hear of one signal, in the order in which they came; it listens while there are any. */
class Group {
  readonly signal: AbortSignal;
  readonly #onEmpty: (group: Group) => void;
  readonly #listener = (): void => this.#abort();
  first: Member | undefined = undefined;
  last: Member | undefined = undefined;

  constructor(signal: AbortSignal, onEmpty: (group: Group) => void) {
    this.signal = signal;
    this.#onEmpty = onEmpty;
    signal.addEventListener("abort", this.#listener);
  }

  add(member: Member): void {
    const { last } = this;
    this.last = member;
    member.before = last;
    if (last === undefined) this.first = member;
    else last.after = member;
  }

  remove({ before, after }: Member): void {
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    if (this.first === undefined) this.#end();
  }

  #abort(): void {
    const { reason } = this.signal;
    for (let one = this.first; one !== undefined; one = this.first) {
      one.end();
      one.onAbort(one.subject, reason);
    }
  }

  #end(): void {
    this.#onEmpty(this);
    try {
      this.signal.removeEventListener("abort", this.#listener);
    } catch {
      // A signal that keeps its listener finds nobody to tell.
    }
  }
}

/** One of them, until it ends. */
class Member implements Ending {
  readonly onAbort: OnAbort<unknown>;
  readonly subject: unknown;
  before: Member | undefined = undefined;
  after: Member | undefined = undefined;
  #group: Group | undefined;

  constructor(group: Group, onAbort: OnAbort<unknown>, subject: unknown) {
    this.#group = group;
    this.onAbort = onAbort;
    this.subject = subject;
  }

  end(): void {
    const group = this.#group;
    this.#group = undefined;
    group?.remove(this);
  }
}
