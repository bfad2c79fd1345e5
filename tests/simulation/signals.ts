/**
 * The signals of a script: calls name them by number, and an aborted one is followed by another.
 *
 * @module
 */
import { ListenedSignal } from "../batcher/listened_signal.ts";

/** All that have been handed out. */
export class Signals {
  /** The aborted ones included. */
  readonly all: ListenedSignal[] = [];
  readonly #live: (ListenedSignal | undefined)[] = [];

  /** The one with this number that has not aborted yet; none without a number. */
  at(index: number | undefined): ListenedSignal | undefined {
    if (index === undefined) return undefined;
    const live = this.#live[index];
    if (live) return live;
    const signal = new ListenedSignal();
    this.all.push(signal);
    return this.#live[index] = signal;
  }

  /** Aborts the one with this number, and returns it, if it was handed out. */
  abort(index: number): ListenedSignal | undefined {
    const signal = this.#live[index];
    this.#live[index] = undefined;
    signal?.abort(`abort ${this.all.length}.${index}`);
    return signal;
  }
}
