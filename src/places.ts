/**
 * Callers that wait for room before they call.
 *
 * @module
 */

interface Waiter {
  grant(): void;
  refuse(error: unknown): void;
}

/** First come, first served: each waiter gets one place, which is kept for its next call. */
export class Places {
  readonly #waiters = new Set<Waiter>();
  /** How many places are kept for callers that were told to come. */
  kept = 0;

  /** Waits for a place. A signal that aborts gives up the wait. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener("abort", abort);
      };
      const waiter: Waiter = {
        grant: () => (leave(), resolve()),
        refuse: (error) => (leave(), reject(error)),
      };
      const abort = () => waiter.refuse(signal!.reason);
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener("abort", abort);
      this.#waiters.add(waiter);
    });
  }

  /** Hands out as many places as there are. */
  grant(places: number): void {
    for (const waiter of this.#waiters) {
      if (this.kept >= places) return;
      this.kept++;
      waiter.grant();
    }
  }

  /** A call takes a place that is kept, if one is. */
  claim(): boolean {
    if (this.kept === 0) return false;
    this.kept--;
    return true;
  }

  /** There will be no more places. */
  close(error: unknown): void {
    this.kept = 0;
    for (const waiter of this.#waiters) waiter.refuse(error);
  }
}
