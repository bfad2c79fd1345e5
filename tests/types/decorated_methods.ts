/**
 * Methods that can be batched. Compiled under both decorator protocols, never run.
 *
 * @module
 */
import {
  type BatchContext,
  Batched,
  type BatchedOptions,
  type BatcherOptions,
  type CallOptions,
  done,
  failed,
  one,
  type Outcome,
  window,
} from "../../mod.ts";

interface Row {
  kind: string;
  x: number;
}

const shared: BatcherOptions = { size: 3, policy: window(2) };
const sharedOfRows: BatcherOptions<Row> = { lane: (row) => row.kind };
const unnamed: BatchedOptions = { size: 3 };
const named: BatchedOptions<Row, "byNameBatch"> = { handler: "byNameBatch" };
const symbol = Symbol("many");

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

/** The types of options come from the method that they stand on. */
export class Options {
  many(rows: readonly Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  @Batched(shared)
  async shared(row: Row): Promise<number> {
    return await row.x;
  }
  sharedBatch(rows: Row[]): number[] {
    return this.many(rows);
  }

  @Batched({ ...shared, ...sharedOfRows, handler: "many" })
  async sharedOfRows(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched(unnamed)
  async unnamed(row: Row): Promise<number> {
    return await row.x;
  }
  unnamedBatch(rows: Row[]): number[] {
    return this.many(rows);
  }

  @Batched(named)
  async named(row: Row): Promise<number> {
    return await row.x;
  }
  byNameBatch(rows: readonly Row[]): number[] {
    return this.many(rows);
  }

  @Batched({ handler: "many", lane: (row) => row.kind })
  async lane(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: "many", lane: (row: Row) => row.kind })
  async writtenLane(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ lane: (item) => typeof item })
  async anyLane(row: Row): Promise<number> {
    return await row.x;
  }
  anyLaneBatch(rows: Row[]): number[] {
    return this.many(rows);
  }

  @Batched({
    hooks: { onBatchEnd: ({ runMs }) => runMs },
    handler: "many",
    overflow: "drop-oldest",
  })
  async hooks(row: Row): Promise<number> {
    return await row.x;
  }
}

const ThreeAtOnce = Batched({ size: 3 });
const ByKind = Batched({ lane: (row: Row) => row.kind });
const OfKinds = Batched({ handler: (rows: Row[]) => rows.map((r) => r.kind) });

/** A decorator may be made once and used often. */
export class MadeBefore {
  @ThreeAtOnce
  async row(row: Row): Promise<number> {
    return await row.x;
  }
  rowBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  @ThreeAtOnce
  async text(text: string): Promise<string> {
    return await text;
  }
  textBatch(texts: string[]): string[] {
    return texts;
  }

  @ByKind
  async byKind(row: Row): Promise<number> {
    return await row.x;
  }
  byKindBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  @OfKinds
  async kind(row: Row): Promise<string> {
    return await row.kind;
  }
}

/** Functions that are given take their types from the method, too. */
export class Functions {
  readonly #factor = 2;
  protected scale(rows: readonly Row[]): number[] {
    return rows.map(({ x }) => this.#factor * x);
  }

  @Batched({ handler: (rows) => rows.map((row) => row.x) })
  async plain(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({
    size: 2,
    lane: (row) => row.kind,
    handler: async (rows, batch) => {
      batch.signal.throwIfAborted();
      return await rows.map((row) => row.x);
    },
  })
  async told(row: Row, call?: CallOptions): Promise<number> {
    call?.signal?.throwIfAborted();
    return await row.x;
  }

  @Batched({
    handler(this: Functions, rows) {
      return this.scale(rows);
    },
  })
  async onObject(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: (rows) => rows.map(({ x }) => x > 0 ? x : new Error()) })
  async errors(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: (rows) => rows.map(({ x }) => x ? done(x) : failed(0)) })
  async outcomes(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: (rows) => rows.map(async (row) => await row.x) })
  async promises(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: () => done() })
  async write(_row: Row): Promise<void> {}

  @Batched({ handler: (rows) => failed(rows.length) })
  async refuse(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: (rows) => rows.map((row) => row.x) })
  async widerResult(row: Row): Promise<number | undefined> {
    return await row.x;
  }

  @Batched({ handler: (items: unknown[]) => items.map((item) => typeof item) })
  async widerItems(row: Row): Promise<string> {
    return await row.kind;
  }

  @Batched({ handler: (rows) => rows.map((row) => row.x) })
  static async ofAll(row: Row): Promise<number> {
    return await row.x;
  }
}

/** Methods that have no name in words are given their twin. */
class Symbols {
  many(rows: readonly Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  @Batched({ handler: "many" })
  async [symbol](row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: (rows) => rows.map((row) => row.x) })
  async [Symbol.for("computed")](row: Row): Promise<number> {
    return await row.x;
  }
}

export const symbols: object = new Symbols();
