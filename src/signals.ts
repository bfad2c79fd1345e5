/**
 * One listener for each signal, however many calls it may abort.
 *
 * @module
 */

/** Hears the reason of a signal that aborts. */
export type OnAbort = (reason: unknown) => void;

interface Group {
  readonly members: Set<OnAbort>;
  readonly listener: () => void;
}

/** The signals of all who are not answered yet. */
export class Signals {
  readonly #groups = new Map<AbortSignal, Group>();

  /** Tells `onAbort` when a signal aborts, which has not yet, until it is removed. */
  add(signal: AbortSignal, onAbort: OnAbort): void {
    let group = this.#groups.get(signal);
    if (group === undefined) {
      group = { members: new Set(), listener: () => this.#abort(signal) };
      signal.addEventListener("abort", group.listener);
      this.#groups.set(signal, group);
    }
    group.members.add(onAbort);
  }

  /** Tells it no longer; the listener goes with the last one. */
  remove(signal: AbortSignal, onAbort: OnAbort): void {
    const group = this.#groups.get(signal);
    if (!group?.members.delete(onAbort) || group.members.size > 0) return;
    this.#groups.delete(signal);
    try {
      signal.removeEventListener("abort", group.listener);
    } catch {
      // A signal that keeps its listener finds nobody to tell.
    }
  }

  #abort(signal: AbortSignal): void {
    const group = this.#groups.get(signal);
    for (const onAbort of group?.members ?? []) onAbort(signal.reason);
  }
}
