/**
 * The plainest way to batch: one line of items and a rule. Oracles and rivals are
 * rules.
 *
 * @module
 */
import type { Backend, Batching, Contender, Item } from "./backend.ts";
import { Line } from "./line.ts";

/** What a rule may know. */
export interface View {
  readonly now: number;
  /** How many items wait; at least 1. */
  readonly waiting: number;
  /** When the oldest of them came, in ms. */
  readonly oldestAt: number;
  /** When the last item came, in ms. */
  readonly lastAt: number;
  /** How many batches run; fewer than there are slots. */
  readonly running: number;
  /** When the last batch was started, in ms. */
  readonly startedAt: number;
  /** Since when a slot has been free, in ms. */
  readonly freeSince: number;
}

/** Says with how many items to leave, or, negative, to ask again at that time with its sign turned; `-Infinity` for never. */
export type Rule = (view: View) => number;

/** Batches by a rule that is asked whenever something has happened and a slot is free. */
export function plain(makeRule: (backend: Backend) => Rule): Contender {
  return (backend) => new Plain(makeRule(backend), backend);
}

class Plain implements Batching, View {
  now = 0;
  lastAt = -Infinity;
  running = 0;
  startedAt = -Infinity;
  freeSince = 0;
  readonly #line = new Line<Item>();
  readonly #rule: Rule;
  readonly #backend: Backend;

  constructor(rule: Rule, backend: Backend) {
    this.#rule = rule;
    this.#backend = backend;
  }

  get waiting(): number {
    return this.#line.length;
  }

  get oldestAt(): number {
    return this.#line.first.arrivedAt;
  }

  arrive(item: Item, now: number): void {
    this.lastAt = now;
    this.#line.push(item);
  }

  ended(_tag: unknown, now: number): void {
    if (this.running === this.#backend.slots) this.freeSince = now;
    this.running--;
  }

  turn(now: number): number {
    this.now = now;
    while (this.running < this.#backend.slots && this.waiting > 0) {
      const count = this.#rule(this);
      if (count <= 0) return -count;
      this.running++;
      this.startedAt = now;
      const most = Math.min(count, this.#backend.size);
      this.#backend.start(this.#line.take(most), undefined);
    }
    return Infinity;
  }
}
