/**
 * Where the model runs, and how images get there.
 *
 * @module
 */
import type { Probabilities } from "../../examples/predictions/digits/model.ts";
import { batched, one } from "../../mod.ts";
import { threads } from "../../src/threads/mod.ts";
import type { Images } from "./batch_worker.ts";
import { type EngineName, modelOn } from "./engines.ts";
import type { Image } from "./image_worker.ts";
import { packImages, unpackAnswers } from "./packing.ts";

/** Reads digits. */
export interface Contestant {
  readonly name: string;
  readonly classify: (image: Uint8Array) => Promise<Probabilities>;
  readonly close: () => Promise<void>;
}

/** All of them, in batches of `size` at most. */
export async function contestantsOn(
  engine: EngineName,
  size: number,
): Promise<Contestant[]> {
  return [
    await inline(engine, size),
    images(engine, size),
    packed(engine, size, 1),
    packed(engine, size, 2),
  ];
}

/** Here, on this thread. */
async function inline(engine: EngineName, size: number): Promise<Contestant> {
  const model = await modelOn(engine);
  const classify = batched(
    (images: Uint8Array[]) => model.classify(images),
    { size },
  );
  return { name: "inline", classify, close: () => classify.batcher.close() };
}

/** In a thread, each image for itself. */
function images(engine: EngineName, size: number): Contestant {
  const pool = threads<Image, Probabilities>(
    new URL("./image_worker.ts", import.meta.url),
  );
  const classify = batched(pool, { size });
  return {
    name: "1 thread, images",
    classify: (image) => classify({ engine, image }),
    close: () => pool.close(),
  };
}

/** In threads, the images of a batch as one buffer, which is handed over. */
function packed(
  engine: EngineName,
  size: number,
  workers: number,
): Contestant {
  const pool = threads<Images, ArrayBuffer>(
    new URL("./batch_worker.ts", import.meta.url),
    { workers },
  );
  const classify = batched(async (images: Uint8Array[], batch) => {
    const asked = { engine, images: packImages(images) };
    return unpackAnswers(await one(pool([asked], batch)));
  }, { size: size / workers, concurrency: workers });
  return {
    name: `${workers} thread${workers > 1 ? "s" : ""}, one buffer`,
    classify,
    close: () => pool.close(),
  };
}
