/**
 * Handlers that must not compile. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import { Batched, done } from "../../mod.ts";
import type { HandlerCheck } from "../../src/decorator/twin.ts";

interface Row {
  kind: string;
  x: number;
}

/** Handlers that do not fit. */
export class WrongHandlers {
  // @ts-expect-error it answers other results
  @Batched({ handler: (rows) => rows.map((row) => row.kind) })
  async results(row: Row): Promise<number> {
    return await row.x;
  }

  // @ts-expect-error what has the members of an error need not be one
  @Batched({ handler: (rows) => rows.map(() => ({ name: "", message: "" })) })
  async messages(row: Row): Promise<number> {
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
    handler(this: Scaler, rows: Row[]) {
      return this.scale(rows);
    },
  })
  async onObject(row: Row): Promise<number> {
    return await row.x;
  }
}

interface Scaler {
  scale(rows: Row[]): number[];
}

// What the compiler says is the only key of a type that nothing fits.
type Answers = HandlerCheck<"read", WrongHandlers["read"], void>;
assertType<
  IsExact<
    keyof Answers,
    "Cannot batch read(): its handler must answer an array of its results"
  >
>(true);
