/**
 * Calls of one request that wait together.
 *
 * @module
 */

import { ownPromise } from "../own_promise.ts";

/**
 * Keeps the request alive in which it is called until the promise is settled; `waitUntil` of
 * `cloudflare:workers`.
 */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** How often each request looks that waits. Most batches leave by a timer or hop, before. */
const TICK_MS = 10;

/**
 * Lives in the request that made it. Other requests may only leave word: what that is about is done
 * when the party's own timer rings or its own promise goes on, which both happen in its own request.
 * A timer must not be cleared from elsewhere: there, its number may be that of another.
 */
export class Party {
  readonly #waiting: Set<Party>;
  /** The looks of the batchers that its calls wait for, and how many calls wait for each. */
  readonly #looks = new Map<() => void, number>();
  readonly #tasks: (() => void)[] = [];
  #wake!: () => void;

  /** Begins to look. It is among those that wait as long as any of its calls does. */
  constructor(waiting: Set<Party>, waitUntil: WaitUntil) {
    this.#waiting = waiting;
    waitUntil(this.#ticking());
    this.#sleep();
  }

  /** A call waits, until it calls what is returned. */
  add(look: () => void): () => void {
    this.#looks.set(look, (this.#looks.get(look) ?? 0) + 1);
    this.#waiting.add(this);
    return () => this.#remove(look);
  }

  /** Runs this in its own request, as soon as that has its turn. */
  run(task: () => void): void {
    this.#tasks.push(task);
    this.#wake();
  }

  #remove(look: () => void): void {
    const others = this.#looks.get(look)! - 1;
    if (others > 0) this.#looks.set(look, others);
    else this.#looks.delete(look);
    if (this.#looks.size === 0) this.#waiting.delete(this);
  }

  /** A promise goes on in the request that made it, whoever resolves it. */
  #sleep(): void {
    ownPromise<void>((resolve) => this.#wake = resolve).then(() => {
      this.#sleep();
      for (const task of this.#tasks.splice(0)) task();
    });
  }

  #ticking(): Promise<void> {
    return ownPromise((resolve) => {
      const tick = setInterval(() => {
        if (this.#looks.size > 0) return this.#look();
        clearInterval(tick);
        resolve();
      }, TICK_MS);
    });
  }

  #look(): void {
    for (const look of [...this.#looks.keys()]) look();
  }
}
