/**
 * Methods that not every runtime can decorate: see the test beside.
 *
 * @module
 */
import { Batched, one } from "../../mod.ts";

/** Its method for one item is nobody's business. */
export class Vault {
  readonly batches: string[][] = [];

  read(key: string): Promise<string> {
    return this.#read(key);
  }

  readMany(keys: string[]): string[] {
    this.batches.push(keys);
    return keys.map((key) => `${key}!`);
  }

  /** The method's name and length. */
  get signature(): [string, number] {
    return [this.#read.name, this.#read.length];
  }

  // @ts-ignore the legacy protocol knows no private methods; its runs never load this file
  @Batched({ handler: "readMany" })
  #read(key: string): Promise<string> {
    return one(this.readMany([key]));
  }
}
