/**
 * Options of decorated methods. Compiled under both decorator protocols, never run.
 *
 * @module
 */
import {
  Batched,
  type BatchedOptions,
  type BatcherOptions,
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
