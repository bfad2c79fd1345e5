/**
 * Scenarios that are simulated when somebody asks, and not twice.
 *
 * @module
 */
import type { Entrant, Wish } from "../entrants.ts";
import type { Result } from "../measurement.ts";
import { type Scenario, simulate } from "../simulation.ts";
import type { Case, Effort } from "./goal.ts";

/** A scenario that is run once for each entrant. */
export class Trial {
  readonly name: string;
  readonly scenario: Scenario;
  readonly #wish: Wish;
  readonly #results = new Map<Entrant, Result>();

  /** Asks all of them for the same. */
  constructor(name: string, scenario: Scenario, wish: Wish = {}) {
    this.name = name;
    this.scenario = scenario;
    this.#wish = wish;
  }

  /** What comes of it when this one batches. */
  of(entrant: Entrant): Result {
    let result = this.#results.get(entrant);
    if (result === undefined) {
      result = simulate(this.scenario, entrant.contender(this.#wish));
      this.#results.set(entrant, result);
    }
    return result;
  }
}

/** Computes something once, when it is first asked for. */
export function once<T>(compute: () => T): () => T {
  let value: { of: T } | undefined;
  return () => (value ??= { of: compute() }).of;
}

/** Makes something once for each effort, for all goals that need it. */
export function perEffort<T>(
  make: (effort: Effort) => T,
): (effort: Effort) => T {
  const made = new WeakMap<Effort, T>();
  return (effort) => {
    if (!made.has(effort)) made.set(effort, make(effort));
    return made.get(effort)!;
  };
}

/** Nothing can be said of those who know neither lanes nor priorities. */
export function ofKinds(value: (entrant: Entrant) => number): Case["value"] {
  return (entrant) => entrant.knowsKinds ? value(entrant) : NaN;
}
