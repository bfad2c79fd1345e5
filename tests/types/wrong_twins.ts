/**
 * Twins that must not compile. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import { Batched, done } from "../../mod.ts";
import type { TwinCheck } from "../../src/decorator/twin.ts";

interface Row {
  kind: string;
  x: number;
}

/** Twins that do not fit. */
export class WrongTwins {
  // @ts-expect-error there is no missingBatch()
  @Batched()
  async missing(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error there is no method of that name
  @Batched({ handler: "nowhere" })
  async misnamed(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error nobody but the class sees the twin
  @Batched()
  async hidden(row: Row): Promise<number> {
    return await this.hiddenBatch([row])[0]!;
  }
  private hiddenBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }

  // @ts-expect-error the twin is a number
  @Batched()
  async noMethod(row: Row): Promise<number> {
    return await row.x;
  }
  readonly noMethodBatch = 1;

  // @ts-expect-error the twin may be missing
  @Batched()
  async optional(row: Row): Promise<number> {
    return await row.x;
  }
  optionalBatch?: (rows: Row[]) => number[];

  // @ts-expect-error the twin may be undefined
  @Batched()
  async unset(row: Row): Promise<number> {
    return await row.x;
  }
  unsetBatch: ((rows: Row[]) => number[]) | undefined = undefined;

  // @ts-expect-error the twin may be one that takes other items
  @Batched()
  async either(row: Row): Promise<number> {
    return await row.x;
  }
  eitherBatch: ((rows: Row[]) => number[]) | ((texts: string[]) => number[]) = (
    rows: Row[],
  ) => rows.map(({ x }) => x);

  // @ts-expect-error the twin answers other results
  @Batched()
  async results(row: Row): Promise<number> {
    return await row.x;
  }
  resultsBatch(rows: Row[]): string[] {
    return rows.map(({ kind }) => kind);
  }

  // @ts-expect-error the twin takes other items
  @Batched()
  async items(row: Row): Promise<number> {
    return await row.x;
  }
  itemsBatch(texts: string[]): number[] {
    return texts.map(Number);
  }

  // @ts-expect-error the twin takes one item
  @Batched()
  async single(row: Row): Promise<number> {
    return await row.x;
  }
  singleBatch(row: Row): number[] {
    return [row.x];
  }

  // @ts-expect-error the twin answers no array
  @Batched()
  async map(row: Row): Promise<number> {
    return await row.x;
  }
  mapBatch(rows: Row[]): Map<Row, number> {
    return new Map(rows.map((row) => [row, row.x]));
  }

  // @ts-expect-error the twin wants a second argument that it does not get
  @Batched()
  async second(row: Row): Promise<number> {
    return await row.x;
  }
  secondBatch(rows: Row[], topK: number): number[] {
    return rows.map(({ x }) => x * topK);
  }

  // @ts-expect-error the twin streams other results
  @Batched()
  async streamed(row: Row): Promise<number> {
    return await row.x;
  }
  async *streamedBatch(rows: Row[]): AsyncGenerator<[number, string]> {
    for (const [index, { kind }] of rows.entries()) yield [index, kind];
  }

  // @ts-expect-error the twin streams no indices
  @Batched()
  async unpaired(row: Row): Promise<number> {
    return await row.x;
  }
  async *unpairedBatch(rows: Row[]): AsyncGenerator<number> {
    for (const { x } of rows) yield x;
  }

  // @ts-expect-error done() says nothing of a number
  @Batched()
  async read(row: Row): Promise<number> {
    return await row.x;
  }
  readBatch(_rows: Row[]): ReturnType<typeof done> {
    return done();
  }

  // @ts-expect-error a batch of writes answers done(), not undefined
  @Batched()
  async write(_row: Row): Promise<void> {}
  async writeBatch(_rows: Row[]): Promise<void> {}

  // @ts-expect-error the twin of a static method is static
  @Batched()
  static async ofAll(row: Row): Promise<number> {
    return await row.x;
  }
  ofAllBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }
}

class Symbols {
  // @ts-expect-error a twin cannot be found by such a name
  @Batched()
  async [Symbol.for("computed")](row: Row): Promise<number> {
    return await row.x;
  }
}

export const symbols: object = new Symbols();

// What the compiler says is the only key of a type that nothing fits.
type Missing = TwinCheck<
  WrongTwins,
  "missing",
  string,
  WrongTwins["missing"]
>;
assertType<
  IsExact<
    keyof Missing,
    "Cannot batch missing(): no public method missingBatch() beside it, add one or pass { handler }"
  >
>(true);

type Results = TwinCheck<
  WrongTwins,
  "results",
  string,
  WrongTwins["results"]
>;
assertType<
  IsExact<
    keyof Results,
    "Cannot batch results(): resultsBatch() must take an array of its items and answer an array of its results"
  >
>(true);
