/**
 * Twins that are given as functions, and methods named by symbols.
 * Compiled under both decorator protocols, never run.
 *
 * @module
 */
import { Batched, type CallOptions, done, failed } from "../../mod.ts";

interface Row {
  kind: string;
  x: number;
}

const symbol = Symbol("many");

class RowError extends Error {
  constructor(readonly x: number) {
    super("There is something wrong with the row");
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

  @Batched({
    handler: (rows) => rows.map(({ x }) => x > 0 ? x : new RowError(x)),
  })
  async ownErrors(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: (rows) => rows.map((row) => new RowError(row.x)) })
  async errorsAsResults(row: Row): Promise<RowError> {
    return await new RowError(row.x);
  }

  @Batched({ handler: (rows) => rows.map(({ x }) => x ? done(x) : failed(0)) })
  async outcomes(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({ handler: (rows) => rows.map(async (row) => await row.x) })
  async promises(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({
    async *handler(rows) {
      for (const [index, row] of rows.entries()) yield [index, row.x];
    },
  })
  async streamed(row: Row): Promise<number> {
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
