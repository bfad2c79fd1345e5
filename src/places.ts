/**
 * Callers that wait for room before they call.
 *
 * @module
 */
import { ownPromise } from "./own_promise.ts";
import { listen } from "./signals.ts";

/** How long a place is kept for a caller who was told to come and does not, where others wait. */
const KEPT_MS = 1000;

/** A place that is kept. */
export interface Place {
  /** When it was granted, in ms. */
  readonly at: number;
  /** Whether its waiter knows of it; never, where that was a request that has died. */
  isAnnounced: boolean;
}

interface Waiter {
  readonly grant: (place: Place) => void;
  readonly refuse: (error: unknown) => void;
}

/** Its waiter hears of it: from now on a call can take it. */
export function announce(place: Place): void {
  place.isAnnounced = true;
}

/** Resolves for its waiter, whose handler follows right upon the announcement: nobody comes in between. */
export function announced(waiting: Promise<Place>): Promise<void> {
  let place: Place;
  const granted = waiting.then((kept) => void (place = kept));
  granted.then(() => announce(place), () => {});
  return granted;
}

/**
 * First come, first served: each waiter gets one place, which is kept for its next call.
 * Who that is nobody can tell, so a place counts as its waiter's from the moment when the
 * waiter hears of it; until then no call can take it.
 */
export class Places {
  readonly #waiters = new Set<Waiter>();
  /** Those that are kept, oldest first. */
  #kept: Place[] = [];

  /** How many places are kept for callers that were told to come, or are being told. */
  get kept(): number {
    return this.#kept.length;
  }

  /** Whether anybody waits. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  /** When the oldest of them is given to somebody else who waits, in ms; `Infinity` when nobody does. */
  get lapseAt(): number {
    const [oldest] = this.#kept;
    if (oldest === undefined || !this.isAwaited) return Infinity;
    return oldest.at + KEPT_MS;
  }

  /** Waits for a place, which is still to be announced. A signal that aborts ends the wait. */
  wait(signal: AbortSignal | undefined): Promise<Place> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return ownPromise<Place>((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        listening?.end();
      };
      const waiter: Waiter = {
        grant: (place) => (leave(), resolve(place)),
        refuse: (error) => (leave(), reject(error)),
      };
      const listening = signal &&
        listen(signal, (waiter, reason) => waiter.refuse(reason), waiter);
      this.#waiters.add(waiter);
      // A signal of the user's own may have done so as it was listened to.
      if (signal?.aborted) waiter.refuse(signal.reason);
    });
  }

  /** Hands out as many places as there are to those who wait. */
  grant(places: number, now: number): void {
    this.lapse(now);
    for (const waiter of this.#waiters) {
      if (this.kept >= places) return;
      const place = { at: now, isAnnounced: false };
      this.#kept.push(place);
      waiter.grant(place);
    }
  }

  /** Keeps a place for a call that comes at once, where there is one. */
  keep(now: number): void {
    this.#kept.push({ at: now, isAnnounced: true });
  }

  /** Gives up the places of those who were told to come long ago. */
  lapse(now: number): void {
    while (now >= (this.#kept[0]?.at ?? NaN) + KEPT_MS) this.#kept.shift();
  }

  /** A call takes a place that is kept, if one is announced. */
  claim(): boolean {
    const oldest = this.#kept.findIndex(({ isAnnounced }) => isAnnounced);
    if (oldest < 0) return false;
    this.#kept.splice(oldest, 1);
    return true;
  }

  /** There will be no more places. */
  close(error: unknown): void {
    this.#kept = [];
    for (const waiter of this.#waiters) waiter.refuse(error);
  }
}
