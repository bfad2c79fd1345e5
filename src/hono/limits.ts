/**
 * Limits to what clients may send: those of an app, and of an endpoint in it.
 *
 * @module
 */
import {
  COUNT,
  COUNT_OR_0,
  isObject,
  type Rule,
  type Rules,
  SPAN,
} from "../core/check.ts";

/** What a client may send. */
export interface Limits {
  /**
   * Most bytes in the body of one item, or in a line of a bulk.
   *
   * @default {1_048_576}
   */
  bodyBytes: number;
  /**
   * Most bytes in the body of a bulk.
   *
   * @default {16_777_216}
   */
  bulkBytes: number;
  /**
   * Most items in a bulk.
   *
   * @default {10_000}
   */
  bulkItems: number;
  /**
   * How deep the JSON of an item may nest.
   *
   * @default {64}
   */
  depth: number;
  /**
   * Longest time that the body of one item may take to come, or that a bulk may pause, in
   * ms, > 0.
   *
   * @default {30_000}
   */
  bodyMs: number;
}

/** The limits that are given, and for those that are left out the others. */
export function limitsOf(
  own: Partial<Limits> | undefined,
  otherwise: Limits = DEFAULTS,
): Limits {
  return {
    bodyBytes: own?.bodyBytes ?? otherwise.bodyBytes,
    bulkBytes: own?.bulkBytes ?? otherwise.bulkBytes,
    bulkItems: own?.bulkItems ?? otherwise.bulkItems,
    depth: own?.depth ?? otherwise.depth,
    bodyMs: own?.bodyMs ?? otherwise.bodyMs,
  };
}

const DEFAULTS: Limits = {
  bodyBytes: 2 ** 20,
  bulkBytes: 2 ** 24,
  bulkItems: 10_000,
  depth: 64,
  bodyMs: 30_000,
};

const LIMITS: Rules<Limits> = {
  bodyBytes: COUNT,
  bulkBytes: COUNT,
  bulkItems: COUNT,
  depth: COUNT_OR_0,
  bodyMs: SPAN,
};

/** What an option that gives limits must be. */
export const LIMITED: Rule = {
  wanted: "be an object",
  is: isObject,
  parts: LIMITS,
};
