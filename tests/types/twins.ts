/**
 * Twins beside their methods. Compiled under both decorator protocols, never run.
 *
 * @module
 */
import {
  type BatchContext,
  Batched,
  type CallOptions,
  done,
  failed,
  one,
  type Outcome,
  retryLater,
} from "../../mod.ts";

interface Row {
  kind: string;
  x: number;
}

/** A twin may take and answer whatever the method's items and results allow. */
export abstract class Twins<Item> {
  @Batched()
  async byName(row: Row): Promise<number> {
    return await one(this.byNameBatch([row]));
  }
  byNameBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  @Batched({ size: 8, maxWaitMs: 4, handler: undefined })
  async withCall(row: Row, call?: CallOptions): Promise<number> {
    call?.signal?.throwIfAborted();
    return await row.x;
  }
  async withCallBatch(rows: readonly Row[]): Promise<readonly number[]> {
    return await rows.map(({ x }) => x);
  }

  @Batched()
  async withSignal(row: Row, call?: { signal?: AbortSignal }): Promise<number> {
    call?.signal?.throwIfAborted();
    return await row.x;
  }
  async withSignalBatch(rows: Row[], batch: BatchContext): Promise<number[]> {
    return await rows.map(({ x }) => x + batch.id);
  }

  @Batched()
  async errors(row: Row): Promise<number> {
    return await row.x;
  }
  errorsBatch(rows: Row[]): (number | Error)[] {
    return rows.map(({ x }) => x > 0 ? x : new Error());
  }

  @Batched()
  async outcomes(row: Row): Promise<number> {
    return await row.x;
  }
  async outcomesBatch(
    rows: Row[],
  ): Promise<(number | Error | Outcome<number>)[]> {
    return await rows.map(({ x }) => x > 0 ? done(x) : failed("small"));
  }

  @Batched()
  async promises(row: Row): Promise<number> {
    return await row.x;
  }
  promisesBatch(rows: Row[]): Promise<number>[] {
    return rows.map(async ({ x }) => await x);
  }

  @Batched()
  streamed(row: Row): Promise<number> {
    return one(this.streamedBatch([row]));
  }
  async *streamedBatch(rows: Row[]): AsyncGenerator<[number, number]> {
    for (const [index, { x }] of rows.entries()) yield [index, x];
  }

  @Batched()
  async streamedOutcomes(row: Row): Promise<number> {
    return await row.x;
  }
  async *streamedOutcomesBatch(
    rows: readonly Row[],
    batch: BatchContext,
  ): AsyncIterable<readonly [number, number | Outcome<number>]> {
    for (const [index, { x }] of rows.entries()) {
      yield [index, x > batch.id ? done(x) : failed("small")];
    }
  }

  @Batched({ retry: { attempts: 3 }, isolate: "each" })
  retried(row: Row): Promise<number> {
    return one(this.retriedBatch([row]));
  }
  retriedBatch(rows: Row[]): (number | Outcome<never>)[] {
    return rows.map(({ x }) => x > 0 ? x : retryLater());
  }

  @Batched()
  async write(_row: Row): Promise<void> {}
  async writeBatch(_rows: Row[]): Promise<Outcome<void>> {
    return await done();
  }

  @Batched()
  async refuse(row: Row): Promise<number> {
    return await row.x;
  }
  refuseBatch(_rows: Row[]): Outcome<never> {
    return failed("closed on Sundays");
  }

  @Batched()
  async union(item: Row | string): Promise<string | number> {
    return await typeof item;
  }
  unionBatch(items: readonly (Row | string)[]): (string | number)[] {
    return items.map((item) => typeof item);
  }

  @Batched()
  async tuple(pair: [number, string]): Promise<readonly [number]> {
    return await [pair[0]];
  }
  tupleBatch(pairs: [number, string][]): [number][] {
    return pairs.map(([x]) => [x]);
  }

  @Batched()
  async ofClass(item: Item): Promise<Item> {
    return await item;
  }
  async ofClassBatch(items: Item[]): Promise<Item[]> {
    return await items;
  }

  @Batched()
  async generic<T>(item: T): Promise<T> {
    return await item;
  }
  async genericBatch<T>(items: T[]): Promise<T[]> {
    return await items;
  }

  @Batched()
  async optional(row?: Row): Promise<number> {
    return await (row?.x ?? 0);
  }
  optionalBatch(rows: (Row | undefined)[]): number[] {
    return rows.map((row) => row?.x ?? 0);
  }

  @Batched()
  async wider(row: Row): Promise<number | string> {
    return await row.x;
  }
  widerBatch(items: unknown[]): number[] {
    return items.map(() => 0);
  }

  @Batched()
  async abstract(row: Row): Promise<number> {
    return await row.x;
  }
  abstract abstractBatch(rows: Row[]): Promise<number[]>;

  @Batched()
  protected async guarded(row: Row): Promise<number> {
    return await row.x;
  }
  guardedBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  @Batched()
  static async ofAll(row: Row): Promise<number> {
    return await row.x;
  }
  static ofAllBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }
}
