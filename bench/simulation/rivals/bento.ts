/**
 * BentoML's dispatcher: learns what batches take, waits a little while that pays by what
 * it has learned, and cancels the oldest call when it would be late. It looks once a
 * millisecond, serves the newest first, and never fills the last place.
 *
 * @module
 */
import type { Backend, Batching, Contender, Item } from "../backend.ts";
import { BentoModel } from "./bento_model.ts";

/** How often it looks, in ms. */
const TICK_MS = 1;
/** How many may wait while it learns, by the size of the lesson, before it cancels any. */
const SPARED = [0, 6, 5, 3];
/** What it waited on average counts for less than it was. */
const DECAY = 0.95;

/** With its defaults: 100 items, and a minute until a call is late. */
export function bento(lateMs = 60_000, size = 100): Contender {
  return (backend) => new Bento(backend, lateMs, Math.min(size, backend.size));
}

/** A batch in work. */
interface Started {
  readonly count: number;
  readonly at: number;
  readonly waitMs: number;
}

class Bento implements Batching {
  readonly #backend: Backend;
  readonly #lateMs: number;
  readonly #size: number;
  readonly #model: BentoModel;
  /** Oldest first. */
  readonly #line: Item[] = [];
  #head = 0;
  #running = 0;
  #lookAt = 0;

  constructor(backend: Backend, lateMs: number, size: number) {
    this.#backend = backend;
    this.#lateMs = lateMs;
    this.#size = size;
    this.#model = new BentoModel(lateMs);
  }

  arrive(item: Item, now: number): void {
    // While nobody waited it was waiting for this.
    if (this.#waiting === 0) this.#lookAt = now;
    this.#line.push(item);
  }

  ended(tag: unknown, now: number): void {
    this.#running--;
    const { count, at, waitMs } = tag as Started;
    this.#model.learn({ count, ms: now - at, waitMs }, now);
  }

  turn(now: number): number {
    if (this.#waiting === 0) return Infinity;
    if (now < this.#lookAt) return this.#lookAt;
    while (this.#waiting > 0) {
      if (this.#isOldestLost(now)) this.#cancelOldest();
      else if (this.#running >= this.#backend.slots || this.#waits(now)) {
        return this.#lookAt = now + TICK_MS;
      } else this.#start(now);
    }
    return Infinity;
  }

  get #waiting(): number {
    return this.#line.length - this.#head;
  }

  get #oldestMs(): number {
    return this.#line[this.#head]!.arrivedAt;
  }

  /** Whether the oldest one is not worth serving. */
  #isOldestLost(now: number): boolean {
    const waitedMs = now - this.#oldestMs;
    const { each, fixed, lesson } = this.#model;
    const isLate = waitedMs >= this.#lateMs;
    if (lesson > 0) return this.#waiting > SPARED[lesson]! && isLate;
    const isBusy = this.#running >= this.#backend.slots;
    if (this.#waiting === 1) return isBusy && isLate;
    return waitedMs + each * this.#waiting + fixed >= this.#lateMs;
  }

  /** Whether it waits for more. */
  #waits(now: number): boolean {
    const { each, fixed, lesson, meanWaitMs } = this.#model;
    const waiting = this.#waiting;
    if (lesson > 1) {
      const patience = (2 * lesson + 1) * (each + fixed);
      const ms = lesson * each + fixed + now - this.#oldestMs;
      return waiting < lesson && ms <= Math.min(0.95 * this.#lateMs, patience);
    }
    if (lesson > 0 || waiting >= this.#size) return false;
    const newestMs = now - this.#line[this.#line.length - 1]!.arrivedAt;
    return waiting * (newestMs + TICK_MS + each) <= meanWaitMs * DECAY;
  }

  #cancelOldest(): void {
    const item = this.#line[this.#head++]!;
    if (this.#head > 1024 && 2 * this.#head > this.#line.length) {
      this.#line.splice(0, this.#head);
      this.#head = 0;
    }
    this.#backend.refuse(item);
  }

  #start(now: number): void {
    const most = this.#model.lesson || Math.max(this.#size - 1, 1);
    const count = Math.min(this.#waiting, most);
    const newest = this.#line.splice(this.#line.length - count).reverse();
    const waitMs = now - newest[count - 1]!.arrivedAt;
    this.#running++;
    this.#backend.start(newest, { count, at: now, waitMs } satisfies Started);
  }
}
