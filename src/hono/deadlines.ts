/**
 * By when clients hear: when they ask to, and never later than the server has it.
 *
 * @module
 */
import type { Context } from "hono";
import { DeadlineError, withoutStack } from "../errors.ts";
import type { Serving } from "./options.ts";
import { came, Problem } from "./problems.ts";

/** The deadlines of those who call one method. */
export class Deadlines {
  /** By what header they ask for one. */
  readonly #header: string | undefined;
  /** The one of who asks for none; `Infinity`: its batcher knows better. */
  readonly #ownMs: number;
  /** The latest that can be asked for. */
  readonly #latestMs: number;

  /** Makes those of a method: of its endpoint, where that has one, and of its batcher. */
  constructor(
    { deadlineHeader, deadlineMs }: Serving,
    ownMs: number = deadlineMs,
    batcherMs: number = Infinity,
  ) {
    this.#header = deadlineHeader;
    this.#ownMs = ownMs;
    this.#latestMs = Math.min(ownMs, batcherMs);
  }

  /**
   * By when a client hears, in ms from its request; `undefined`: the batcher knows.
   *
   * @throws {Problem} If what it asks for cannot be read.
   */
  of(c: Context): number | undefined {
    const header = this.#header;
    const wanted = header === undefined ? undefined : c.req.header(header);
    if (wanted === undefined) {
      return this.#ownMs < Infinity ? this.#latestMs : undefined;
    }
    if (/^\d{1,15}$/.test(wanted)) {
      return Math.min(Number(wanted), this.#latestMs);
    }
    throw new Problem(
      400,
      `The header ${header} must be a whole number of ms, ${came(wanted)}`,
    );
  }
}

/**
 * What is left of a deadline after so long.
 *
 * @throws {DeadlineError} If it has passed.
 */
export function leftOf(deadlineMs: number, ageMs: number): number {
  if (ageMs < deadlineMs) return deadlineMs - ageMs;
  throw deadlineError(deadlineMs);
}

/** The error of a call that would come too late. */
export function deadlineError(deadlineMs: number): DeadlineError {
  return withoutStack(() =>
    new DeadlineError(
      `Cannot make the call: the deadline of ${deadlineMs} ms has passed`,
      { deadlineMs },
    )
  );
}
