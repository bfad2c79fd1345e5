/**
 * mixedbread's batched: while fewer than a batch wait it sleeps, then takes as many
 * whole batches as there are, or what there is, and works them off one after another
 * before it looks again. It has one slot.
 *
 * @module
 */
import type { Backend, Batching, Contender, Item } from "../backend.ts";
import { Line } from "../line.ts";

/** With its defaults: 32 items, 5 ms. */
export function mixedbread(size = 32, sleepMs = 5): Contender {
  return (backend) => new Mixedbread(backend, size, sleepMs);
}

class Mixedbread implements Batching {
  readonly #backend: Backend;
  readonly #size: number;
  readonly #sleepMs: number;
  readonly #line = new Line<Item>();
  readonly #taken = new Line<Item[]>();
  #isRunning = false;
  /** When it fell asleep first since it last worked. */
  #asleepAt = 0;
  /** When it wakes up; `NaN` while it is awake. */
  #awakeAt = 0;

  constructor(backend: Backend, size: number, sleepMs: number) {
    this.#backend = backend;
    this.#size = Math.min(size, backend.size);
    this.#sleepMs = sleepMs;
  }

  arrive(item: Item, now: number): void {
    this.#line.push(item);
    if (this.#line.length === 1) this.#sleepOn(now);
  }

  ended(): void {
    this.#isRunning = false;
  }

  turn(now: number): number {
    if (this.#isRunning) return Infinity;
    if (this.#taken.length === 0) {
      if (Number.isNaN(this.#awakeAt)) this.#lookAgain(now);
      if (now < this.#awakeAt) {
        return this.#line.length > 0 ? this.#awakeAt : Infinity;
      }
      this.#takeAll();
    }
    if (this.#taken.length === 0) return Infinity;
    this.#isRunning = true;
    this.#awakeAt = NaN;
    this.#backend.start(this.#taken.shift(), undefined);
    return Infinity;
  }

  /** All that it took is done. */
  #lookAgain(now: number): void {
    this.#asleepAt = now;
    const isFull = this.#line.length >= this.#size;
    this.#awakeAt = isFull ? now : now + this.#sleepMs;
  }

  /** It has slept again and again while nobody came. */
  #sleepOn(now: number): void {
    const sleeps = Math.ceil((now - this.#asleepAt) / this.#sleepMs);
    const awakeAt = this.#asleepAt + Math.max(sleeps, 1) * this.#sleepMs;
    if (awakeAt > this.#awakeAt) this.#awakeAt = awakeAt;
  }

  #takeAll(): void {
    const batches = Math.floor(this.#line.length / this.#size);
    for (let i = 0; i < batches; i++) {
      this.#taken.push(this.#line.take(this.#size));
    }
    if (batches === 0 && this.#line.length > 0) {
      this.#taken.push(this.#line.take(this.#size));
    }
  }
}
