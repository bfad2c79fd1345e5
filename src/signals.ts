/**
 * One listener for each signal, however many calls it may abort.
 *
 * @module
 */

interface Group<Call> {
  readonly calls: Set<Call>;
  readonly listener: () => void;
}

/** The signals of the calls that are not answered yet. */
export class Signals<Call> {
  readonly #groups = new Map<AbortSignal, Group<Call>>();
  readonly #onAbort: (call: Call, reason: unknown) => void;

  /** Makes an empty one; `onAbort` hears of each call whose signal aborts, and removes it. */
  constructor(onAbort: (call: Call, reason: unknown) => void) {
    this.#onAbort = onAbort;
  }

  /** Watches a signal, which has not aborted, for a call. */
  add(signal: AbortSignal, call: Call): void {
    let group = this.#groups.get(signal);
    if (group === undefined) {
      group = { calls: new Set(), listener: () => this.#abort(signal) };
      signal.addEventListener("abort", group.listener);
      this.#groups.set(signal, group);
    }
    group.calls.add(call);
  }

  /** The call is answered or has left; the listener goes with the last one. */
  remove(signal: AbortSignal, call: Call): void {
    const group = this.#groups.get(signal);
    if (!group?.calls.delete(call) || group.calls.size > 0) return;
    this.#groups.delete(signal);
    try {
      signal.removeEventListener("abort", group.listener);
    } catch {
      // A signal that keeps its listener finds no call to abort.
    }
  }

  #abort(signal: AbortSignal): void {
    const group = this.#groups.get(signal);
    for (const call of group?.calls ?? []) this.#onAbort(call, signal.reason);
  }
}
