/**
 * What becomes of a call, on its way out of a Durable Object.
 *
 * @module
 */
import { type PackedError, packError, unpackError } from "../packed_error.ts";

/** What became of a call, as plain data: RPC keeps neither the class nor, before 2026, the fields of errors. */
export type Packed<Out> = { readonly value: Out } | {
  readonly error: PackedError;
};

/**
 * Packs what becomes of a call: what a method of a Durable Object answers, so that its caller can tell
 * a full queue from a broken model.
 *
 * @param answer The promise of a call.
 * @returns A promise that never rejects, of what {@link unpacked} takes.
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import { packed, unpacked } from "@batched/batched/cloudflare";
 * import assert from "node:assert/strict";
 *
 * class LengthObject { // extends DurableObject of "cloudflare:workers"
 *   readonly #length = batched((texts: string[]) => texts.map((text) => text.length));
 *   length(text: string) {
 *     return packed(this.#length(text));
 *   }
 * }
 *
 * const stub = new LengthObject(); // env.LENGTH.getByName("length")
 * assert.equal(await unpacked(stub.length("four")), 4);
 * ```
 */
export async function packed<Out>(
  answer: PromiseLike<Out>,
): Promise<Packed<Out>> {
  try {
    return { value: await answer };
  } catch (error) {
    return { error: packError(error) };
  }
}

/**
 * Unpacks what a method of a Durable Object has answered.
 *
 * @param answer What the method returned.
 * @returns A promise of what became of the call there: it rejects with an error of the same class, if
 * that is one of JavaScript's or of this library's.
 * @example
 * ```ts
 * import { QueueFullError } from "@batched/batched";
 * import { packed, unpacked } from "@batched/batched/cloudflare";
 * import assert from "node:assert/strict";
 *
 * const full = Promise.reject(new QueueFullError("Cannot take the call", { retryAfterMs: 20 }));
 * const answer = structuredClone(await packed(full)); // what RPC does
 * await assert.rejects(unpacked(Promise.resolve(answer)), QueueFullError);
 * ```
 */
export async function unpacked<Out>(
  answer: PromiseLike<Packed<Out>>,
): Promise<Out> {
  const content = await answer;
  if ("error" in content) throw unpackError(content.error);
  return content.value;
}
