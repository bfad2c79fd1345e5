/**
 * Who is compared, under names.
 *
 * @module
 */
import {
  adaptive,
  natural as naturalPolicy,
  type Policy,
  window,
} from "../../mod.ts";
import type { Contender } from "./backend.ts";
import { asyncBatcher } from "./rivals/async_batcher.ts";
import { bento } from "./rivals/bento.ts";
import { mixedbread } from "./rivals/mixedbread.ts";
import { sealedWindow } from "./rivals/sealed_window.ts";
import { shipped } from "./shipped.ts";

/** What is asked of those who batch, besides batching. */
export interface Wish {
  /** What is served later is worth nothing, in ms; what cannot be in time is to be refused. */
  readonly deadlineMs?: number;
  /** What a batch costs on top, in ms of an item's latency. */
  readonly price?: number;
  /** The longest time that may be spent on waiting for company, in ms. */
  readonly maxWaitMs?: number;
}

/** One who takes part. */
export interface Entrant {
  readonly name: string;
  /** Whether it knows lanes and priorities. */
  readonly knowsKinds: boolean;
  /** Makes it do as asked, as far as it can. */
  contender(wish: Wish): Contender;
}

/** The policy that has to reach the goals. */
export const ours: Entrant = core(
  "adaptive",
  ({ deadlineMs, price, maxWaitMs }) =>
    adaptive({
      maxWaitMs,
      targetMs: deadlineMs,
      shed: deadlineMs !== undefined,
      costPerBatchMs: price,
    }),
);

/** What needs no policy at all. */
export const natural: Entrant = core("natural", () => naturalPolicy());

/** Whom it is compared with. */
export const others: readonly Entrant[] = [
  natural,
  core("window 10 ms", ({ maxWaitMs = 10 }) => window(maxWaitMs)),
  other(
    "window, no limit",
    ({ maxWaitMs = 10 }) => sealedWindow(32, maxWaitMs),
  ),
  other("async-batcher", ({ maxWaitMs }) => asyncBatcher(maxWaitMs)),
  other("Ray Serve", ({ maxWaitMs = 10 }) => sealedWindow(10, maxWaitMs)),
  other("mixedbread", ({ maxWaitMs }) => mixedbread(32, maxWaitMs)),
  other(
    "BentoML",
    // Whoever has a deadline tells it, and how large batches may be.
    ({ deadlineMs }) => deadlineMs ? bento(deadlineMs, Infinity) : bento(),
  ),
];

function other(
  name: string,
  contender: (wish: Wish) => Contender,
): Entrant {
  return { name, contender, knowsKinds: false };
}

function core(name: string, policy: (wish: Wish) => Policy): Entrant {
  const contender = (wish: Wish) => shipped(policy(wish));
  return { name, contender, knowsKinds: true };
}
