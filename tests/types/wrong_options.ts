/**
 * Options and decorators that must not compile. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import { Batched, batched } from "../../mod.ts";
import type { MethodCheck } from "../../src/decorator/twin.ts";

interface Row {
  kind: string;
  x: number;
}

/** Decorators that are none. */
export class WrongDecorators {
  // @ts-expect-error it must be called
  @Batched
  async bare(row: Row): Promise<number> {
    return await row.x;
  }
  bareBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  // @ts-expect-error batched() makes functions
  @batched((rows: Row[]) => rows.map(({ x }) => x))
  async made(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error batched() takes a handler
  @batched({ size: 64 })
  async optionsOnly(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error batched() is no decorator
  @batched
  async bareFunction(row: Row): Promise<number> {
    return await row.x;
  }
}

/** Options that are wrong, or do not fit the method. */
export class WrongOptions {
  many(rows: readonly Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  // @ts-expect-error there is no such option
  @Batched({ handler: "many", sise: 3 })
  async typo(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error a size is a number
  @Batched({ handler: "many", size: "3" })
  async text(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error its items have no such key
  @Batched({ handler: "many", lane: (row) => row.nowhere })
  async key(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error its items are no strings
  @Batched({ handler: "many", lane: (text: string) => text })
  async lane(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error a lane is a primitive
  @Batched({ handler: "many", lane: (row) => [row.kind] })
  async lanes(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error a handler is no number
  @Batched({ handler: 7 })
  async handler(row: Row): Promise<number> {
    return await row.x;
  }
}

// What the compiler says is the only key of a type that nothing fits.
type Items = MethodCheck<"lane", WrongOptions["lane"], string>;
assertType<
  IsExact<keyof Items, "Cannot batch lane(): its options must take its items">
>(true);
