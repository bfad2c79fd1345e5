/**
 * Items and results that are bytes and no JSON.
 *
 * @module
 */
import type { Checked, Schema } from "./schema.ts";

/** How many bytes there must be. */
export interface BytesOptions {
  /** Exactly as many. Then a bulk may be one body with all items, one behind the other. */
  length?: number | undefined;
  /** At most as many. */
  maxLength?: number | undefined;
}

/** A schema of bytes. */
export interface Bytes extends Schema<Uint8Array, Uint8Array> {
  /** How many bytes there must be. */
  readonly bytes: Readonly<BytesOptions>;
}

/**
 * Says that an item is bytes: the body of a request as it is, of type `application/octet-stream`.
 * In a bulk of JSON the items are base64 strings. As `output` it does the same for results.
 *
 * @param options How many bytes there must be.
 * @returns The schema, for `input` or `output`.
 * @throws {RangeError} If a number of bytes is no integer >= 1.
 * @example
 * ```ts
 * import { Batched } from "@batched/batched";
 * import { bytes, endpoints } from "@batched/batched/hono";
 * import assert from "node:assert/strict";
 *
 * class Images {
 *   @Batched({ handler: (images) => images.map((image) => image.length) })
 *   async measure(image: Uint8Array): Promise<number> {
 *     return await image.length;
 *   }
 * }
 *
 * const app = endpoints(new Images(), { measure: { input: bytes({ maxLength: 784 }) } });
 * const answer = await app.request("/measure", {
 *   method: "POST",
 *   headers: { "content-type": "application/octet-stream" },
 *   body: new Uint8Array([1, 2, 3]),
 * });
 * assert.equal(await answer.json(), 3);
 * ```
 */
export function bytes(options: BytesOptions = {}): Bytes {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) {
      continue;
    }
    throw new RangeError(
      `Cannot describe bytes: "${name}" must be an integer >= 1, got ${value}`,
    );
  }
  const describe = () => ({
    type: "string",
    contentEncoding: "base64",
    ...amountOf(options),
  });
  return {
    bytes: options,
    "~standard": {
      version: 1,
      vendor: "batched",
      validate: (value) => validate(value, options),
      jsonSchema: { input: describe, output: describe },
    },
  };
}

/** Whether a schema is one of bytes. */
export function isBytes(schema: Schema | undefined): schema is Bytes {
  return schema !== undefined && "bytes" in schema;
}

/** How many bytes there must be, as a part of their JSON Schema: it can count no more than the letters of a text. */
export function amountOf(
  { length, maxLength }: BytesOptions,
): { description?: string } {
  if (length !== undefined) return { description: `${length} bytes` };
  if (maxLength === undefined) return {};
  return { description: `At most ${maxLength} bytes` };
}

/** Reads bytes from a base64 string; throws where it is none. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Writes bytes as a base64 string. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  // In pieces, as a function takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

function validate(
  value: unknown,
  { length, maxLength }: BytesOptions,
): Checked<Uint8Array> {
  if (!(value instanceof Uint8Array)) {
    return { issues: [{ message: "must be bytes" }] };
  }
  if (length !== undefined && value.length !== length) {
    const message = `must be ${length} bytes, not ${value.length}`;
    return { issues: [{ message }] };
  }
  if (maxLength !== undefined && value.length > maxLength) {
    const message = `must be at most ${maxLength} bytes, not ${value.length}`;
    return { issues: [{ message }] };
  }
  return { value };
}
