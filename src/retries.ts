/**
 * How often calls are tried, and how long they wait in between.
 *
 * @module
 */
import type { Batch, Call } from "./core/call.ts";
import { wrongReturn } from "./core/check.ts";
import type { Returns } from "./core/returns.ts";
import type { RetryOptions } from "./options.ts";
import type { RetryLater } from "./outcome.ts";
import type { Refusals } from "./refusals.ts";

/** The first wait is at most that long where nothing else is said, in ms. */
const FIRST_MS = 100;
/** And no wait is longer. */
const LONGEST_MS = 10_000;

/** Sees to calls whose outcome is that they are to be tried again. */
export class Retries<In> {
  readonly #options: RetryOptions | undefined;
  readonly #returns: Returns<In>;
  readonly #refusals: Refusals;
  /** How often calls have been tried that are tried for the second time or more. */
  readonly #attempts = new WeakMap<Call, number>();
  /** Calls of one batch that have been tried equally often wait equally long, so that they stay together. */
  readonly #delays = new WeakMap<Batch<In>, number[]>();

  /** Makes one that sends calls away for a while, or, without options, refuses all. */
  constructor(
    options: RetryOptions | undefined,
    returns: Returns<In>,
    refusals: Refusals,
  ) {
    this.#options = options;
    this.#returns = returns;
    this.#refusals = refusals;
  }

  /** Takes a call out of its batch to be tried again; returns why not, where it cannot be. */
  retry(
    batch: Batch<In>,
    place: number,
    outcome: RetryLater,
    now: number,
  ): { error: unknown } | undefined {
    const tried = this.#attempts.get(batch.tickets[place] as Call) ?? 1;
    try {
      if (this.#options === undefined || tried >= this.#options.attempts) {
        return { error: this.#refusals.untried(tried, outcome.error) };
      }
      const delayMs = outcome.afterMs ?? this.#delayOf(batch, tried);
      // Whoever told the delay may have aborted the call.
      if (batch.tickets[place] === undefined) return undefined;
      this.#attempts.set(batch.callAt(place), tried + 1);
      this.#returns.add(batch, place, now + delayMs);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  #delayOf(batch: Batch<In>, tried: number): number {
    const delays = this.#delays.get(batch) ?? [];
    this.#delays.set(batch, delays);
    return delays[tried] ??= this.#drawn(tried);
  }

  #drawn(tried: number): number {
    const { delayMs = jittered } = this.#options!;
    const ms: unknown = typeof delayMs === "function"
      ? delayMs(tried)
      : delayMs;
    if (typeof ms === "number" && ms >= 0) return ms;
    const wanted = "a number of ms >= 0";
    throw wrongReturn("retry later", "delayMs", wanted, ms, RangeError);
  }
}

/** Twice as long each time, and drawn from all that is below, so that retries from everywhere do not meet. */
function jittered(tried: number): number {
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (tried - 1));
}
