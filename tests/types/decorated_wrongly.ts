/**
 * Methods that must not compile when batched. Compiled under both decorator protocols,
 * never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import { Batched, batched, type CallOptions, done } from "../../mod.ts";
import type {
  HandlerCheck,
  MethodCheck,
  TwinCheck,
} from "../../src/decorator/twin.ts";

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

  // @ts-expect-error a getter is no method
  @Batched({ handler: "many" })
  get property(): Promise<number> {
    return Promise.resolve(1);
  }

  // @ts-expect-error a field is no method
  @Batched({ handler: "many" })
  field = async (row: Row): Promise<number> => await row.x;
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

/** Handlers that do not fit. */
export class WrongHandlers {
  // @ts-expect-error it answers other results
  @Batched({ handler: (rows) => rows.map((row) => row.kind) })
  async results(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error it takes other items
  @Batched({ handler: (texts: string[]) => texts.map(Number) })
  async items(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error done() says nothing of a number
  @Batched({ handler: () => done() })
  async read(row: Row): Promise<number> {
    return await row.x;
  }

  @Batched({
    // @ts-expect-error it answers no array
    handler: (rows: Row[]) => rows.length,
  })
  async number(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error the object is of another class
  @Batched({
    handler(this: WrongOptions, rows: Row[]) {
      return this.many(rows);
    },
  })
  async onObject(row: Row): Promise<number> {
    return await row.x;
  }
}

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

type Lost = MethodCheck<"options", WrongMethods["options"], Row>;
assertType<
  IsExact<
    keyof Lost,
    "Cannot batch options(): its second parameter must be call?: CallOptions, anything else would be lost in a batch"
  >
>(true);

type Items = MethodCheck<"lane", WrongOptions["lane"], string>;
assertType<
  IsExact<keyof Items, "Cannot batch lane(): its options must take its items">
>(true);

type Answers = HandlerCheck<"read", WrongHandlers["read"], void>;
assertType<
  IsExact<
    keyof Answers,
    "Cannot batch read(): its handler must answer an array of its results"
  >
>(true);
