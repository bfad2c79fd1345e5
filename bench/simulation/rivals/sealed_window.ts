/**
 * A window that does not look at the back end: a batch is sealed when it is full or its
 * first item has waited, and then stands in line for a slot. What most hand-written
 * batchers do, and, with batches of 10, Ray Serve: its collecting loop never asks
 * whether anybody is free, and sealed batches wait at a semaphore.
 *
 * @module
 */
import type { Backend, Batching, Contender, Item } from "../backend.ts";
import { Line } from "../line.ts";

/** Seals batches of up to `size` after `waitMs`. */
export function sealedWindow(size: number, waitMs: number): Contender {
  return (backend) => new SealedWindow(backend, size, waitMs);
}

class SealedWindow implements Batching {
  readonly #backend: Backend;
  readonly #size: number;
  readonly #waitMs: number;
  readonly #sealed = new Line<Item[]>();
  #open: Item[] = [];
  #running = 0;

  constructor(backend: Backend, size: number, waitMs: number) {
    this.#backend = backend;
    this.#size = Math.min(size, backend.size);
    this.#waitMs = waitMs;
  }

  arrive(item: Item): void {
    this.#open.push(item);
    if (this.#open.length >= this.#size) this.#seal();
  }

  ended(): void {
    this.#running--;
  }

  turn(now: number): number {
    if (now >= this.#dueAt) this.#seal();
    while (this.#running < this.#backend.slots && this.#sealed.length > 0) {
      this.#running++;
      this.#backend.start(this.#sealed.shift(), undefined);
    }
    return this.#dueAt;
  }

  get #dueAt(): number {
    return (this.#open[0]?.arrivedAt ?? Infinity) + this.#waitMs;
  }

  #seal(): void {
    this.#sealed.push(this.#open);
    this.#open = [];
  }
}
