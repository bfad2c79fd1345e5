/**
 * Methods that must not compile. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import { Batched, type CallOptions } from "../../mod.ts";
import type { MethodCheck } from "../../src/decorator/twin.ts";

interface Row {
  kind: string;
  x: number;
}

/** Methods that cannot be batched, whatever their twin. */
export class WrongMethods {
  many(rows: readonly Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  // @ts-expect-error topK would be lost in a batch
  @Batched({ handler: "many" })
  async options(row: Row, options?: { topK?: number }): Promise<number> {
    return await (row.x + (options?.topK ?? 0));
  }

  // @ts-expect-error topK would be lost in a batch, though signal would not
  @Batched({ handler: "many" })
  async moreOptions(
    row: Row,
    options?: { signal?: AbortSignal; topK?: number },
  ): Promise<number> {
    return await (row.x + (options?.topK ?? 0));
  }

  // @ts-expect-error a third argument would be lost in a batch
  @Batched({ handler: "many" })
  async third(row: Row, _call?: CallOptions, topK?: number): Promise<number> {
    return await (row.x + (topK ?? 0));
  }

  // @ts-expect-error more items would be lost
  @Batched({ handler: "many" })
  async rest(row: Row, ...more: Row[]): Promise<number> {
    return await (row.x + more.length);
  }

  // @ts-expect-error a batch of one may come without a deadline
  @Batched({ handler: "many" })
  async mustHave(row: Row, call: { deadlineMs: number }): Promise<number> {
    return await (row.x + call.deadlineMs);
  }

  // @ts-expect-error a number is no call
  @Batched({ handler: "many" })
  async number(row: Row, topK?: number): Promise<number> {
    return await (row.x + (topK ?? 0));
  }

  // @ts-expect-error its answer must be a promise
  @Batched({ handler: "many" })
  sync(row: Row): number {
    return row.x;
  }

  // @ts-expect-error topK would be lost, with a function as well
  @Batched({ handler: (rows: Row[]) => rows.map(({ x }) => x) })
  async given(row: Row, options?: { topK?: number }): Promise<number> {
    return await (row.x + (options?.topK ?? 0));
  }

  // @ts-expect-error its parentheses are missing
  @Batched
  async uncalled(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error a getter is no method
  @Batched({ handler: "many" })
  get property(): Promise<number> {
    return Promise.resolve(1);
  }

  // @ts-expect-error a field is no method
  @Batched({ handler: "many" })
  field = async (row: Row): Promise<number> => await row.x;
}

// What the compiler says is the only key of a type that nothing fits.
type Lost = MethodCheck<"options", WrongMethods["options"], Row>;
assertType<
  IsExact<
    keyof Lost,
    "Cannot batch options(): its second parameter must be call?: CallOptions, anything else would be lost in a batch"
  >
>(true);

type Sync = MethodCheck<"sync", WrongMethods["sync"], Row>;
assertType<
  IsExact<
    keyof Sync,
    "Cannot batch sync(): it must be a method that answers a promise"
  >
>(true);

// What the compiler says last where the parentheses are missing.
type Uncalled = Parameters<typeof Batched>[0];
assertType<
  IsExact<
    keyof Uncalled,
    "Cannot batch the method: write @Batched() in place of @Batched"
  >
>(true);
