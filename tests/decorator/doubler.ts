/**
 * What most tests of the decorator call.
 *
 * @module
 */
import { Batched, type CallOptions, one } from "../../mod.ts";

/** Doubles numbers, and remembers by which way. */
export class Doubler {
  /** What the twin was called with. */
  readonly batches: number[][] = [];
  /** What the method itself was called with. */
  readonly singles: number[] = [];

  @Batched({ size: 4 })
  double(x: number, _call?: CallOptions): Promise<number> {
    this.singles.push(x);
    return one([2 * x]);
  }

  doubleBatch(xs: number[]): Promise<number[]> {
    this.batches.push([...xs]);
    return Promise.resolve(xs.map((x) => 2 * x));
  }
}

/** Calls `double` for each number in one turn. */
export function doubleAll(
  doubler: { double(x: number): Promise<number> },
  xs: number[],
): Promise<number[]> {
  return Promise.all(xs.map((x) => doubler.double(x)));
}

/** The decorators of this run, by what they are called with. */
export const protocol: "standard" | "legacy" = probe();

function probe(): "standard" | "legacy" {
  let seen: "standard" | "legacy" | undefined;
  const look = (_target: unknown, context: unknown, _descriptor?: unknown) => {
    seen = typeof context === "object" ? "standard" : "legacy";
  };
  class Probe {
    @look
    method(): void {}
  }
  new Probe().method();
  return seen!;
}
