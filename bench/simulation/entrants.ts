/**
 * Who is compared, under names.
 *
 * @module
 */
import { natural, type Policy, window } from "../../mod.ts";
import type { Contender } from "./backend.ts";
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
  /** Makes it do as asked, as far as it can. */
  contender(wish: Wish): Contender;
}

/** The policy that has to reach the goals. */
export const ours: Entrant = core("natural, for now", () => natural());

/** Whom it is compared with. */
export const others: readonly Entrant[] = [
  core("natural", () => natural()),
  core("window 10", ({ maxWaitMs = 10 }) => window(maxWaitMs)),
];

function core(name: string, policy: (wish: Wish) => Policy): Entrant {
  return { name, contender: (wish) => shipped(policy(wish)) };
}
