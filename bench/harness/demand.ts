/**
 * What must hold.
 *
 * @module
 */

/** Something that must hold of a figure. */
export interface Demand {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly wanted: "at most" | "at least";
  readonly isMet: boolean;
}

/** Demands that a figure is no larger. */
export function atMost(what: string, value: number, limit: number): Demand {
  return { what, value, limit, wanted: "at most", isMet: value <= limit };
}

/** Demands that a figure is no smaller. */
export function atLeast(what: string, value: number, limit: number): Demand {
  return { what, value, limit, wanted: "at least", isMet: value >= limit };
}

/** A line for people. */
export function lineOf({ what, value, limit, wanted, isMet }: Demand): string {
  const mark = isMet ? "met   " : "MISSED";
  return `${mark} ${what}: ${short(value)}, wanted ${wanted} ${limit}`;
}

/** A figure with as many digits as say something. */
export function short(value: number): string {
  return value.toFixed(
    Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0,
  );
}
