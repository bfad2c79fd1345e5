/**
 * The Durable Object in which the digits of all isolates meet.
 *
 * @module
 */

import { DurableObject } from "cloudflare:workers";
import { batched } from "../../mod.ts";
import { type Packed, packed } from "../../src/cloudflare/mod.ts";
import type { Probabilities } from "../predictions/digits/model.ts";
import { networkOf, shape } from "../predictions/digits/network.ts";
import { PlainModel } from "../predictions/digits/plain_model.ts";
// Bundlers for workerd make it a module of its own, an ArrayBuffer.
import weights from "../predictions/digits/weights/network.bin";

/** Reads handwritten digits. One object runs on one thread, wherever its callers are. */
export class DigitsObject extends DurableObject {
  readonly #model = new PlainModel(networkOf(shape, new Float32Array(weights)));
  // Inside of the object the default host is right. It is private, so that only what follows can be called by RPC.
  readonly #classify = batched(
    (images: Uint8Array[]) => this.#model.classify(images),
    { name: "classify", size: 64, maxWaitMs: 2, maxQueue: 1000 },
  );

  /** How probable each digit is; calls made within 2 ms share a batch, whoever makes them. */
  classify(image: Uint8Array): Promise<Packed<Probabilities>> {
    return packed(this.#classify(image));
  }

  /** How many images came in how many batches so far. */
  counts(): { images: number; batches: number } {
    const { results, batches } = this.#classify.batcher.stats();
    return { images: results, batches };
  }
}
