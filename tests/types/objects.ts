/**
 * What is known of objects with batched methods. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import {
  Batched,
  type BatchedMethod,
  batchedMethods,
  type Batcher,
  batcherOf,
  batchersOf,
  closeAll,
} from "../../mod.ts";

interface Row {
  x: number;
}

class Model {
  @Batched()
  async predict(row: Row): Promise<number> {
    return await row.x;
  }
  predictBatch(rows: Row[]): number[] {
    return rows.map(({ x }) => x);
  }
  @Batched({ handler: (texts) => texts.map((text) => text.length) })
  static async measure(text: string): Promise<number> {
    return await text.length;
  }
  readonly size = 3;

  /** Inside the class, where `this` may be a subclass. */
  async stop(): Promise<number> {
    await batcherOf(this, "predict").close();
    return batcherOf(this, "predict").stats().calls;
  }
  static stop(): Promise<void> {
    return batcherOf(this, "measure").close();
  }
}

const model = new Model();
const batcher = batcherOf(model, "predict");
assertType<IsExact<typeof batcher, Batcher<Row, number>>>(true);
const run: Promise<number> = batcher.run({ x: 1 });
const onClass = batcherOf(Model, "measure");
assertType<IsExact<typeof onClass, Batcher<string, number>>>(true);

// @ts-expect-error an item is a row
batcher.run("text");
// @ts-expect-error there is no such method
batcherOf(model, "predikt");
// @ts-expect-error a property is not called, so nothing of a batcher is known
batcherOf(model, "size").close();
// @ts-expect-error undefined is no object
batcherOf(undefined, "predict");

const all = batchersOf(model);
assertType<IsExact<ReturnType<(typeof all)[number]["close"]>, Promise<void>>>(
  true,
);
const isThere: boolean = all.includes(batcher);

const closed: Promise<void> = closeAll(model, Model);
// @ts-expect-error a string is no object
closeAll("model");

const methods = batchedMethods(Model);
assertType<IsExact<typeof methods, BatchedMethod[]>>(true);
const [first] = methods;
const size: number | undefined = first?.options.size;

export { closed, isThere, run, size };
