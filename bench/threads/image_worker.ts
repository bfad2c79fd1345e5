/**
 * Reads digits, each image an item of its own.
 *
 * @module
 */
import { serve } from "../../src/threads/mod.ts";
import { type EngineName, modelOn } from "./engines.ts";

/** An image. */
export interface Image {
  readonly engine: EngineName;
  readonly image: Uint8Array;
}

serve(async (items: Image[]) => {
  const model = await modelOn(items[0]!.engine);
  return await model.classify(items.map(({ image }) => image));
});
