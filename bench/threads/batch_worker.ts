/**
 * Reads digits, a whole batch of images as one item.
 *
 * @module
 */
import { serve } from "../../src/threads/mod.ts";
import { type EngineName, modelOn } from "./engines.ts";
import { packAnswers, unpackImages } from "./packing.ts";

/** A batch of images. */
export interface Images {
  readonly engine: EngineName;
  readonly images: ArrayBuffer;
}

serve((batches: Images[]) =>
  Promise.all(batches.map(async ({ engine, images }) => {
    const model = await modelOn(engine);
    return packAnswers(await model.classify(unpackImages(images)));
  }))
);
