/**
 * Writes protocol buffers, as far as a model file needs them. A message is its
 * fields one after the other, each with its number in front.
 *
 * @module
 */

const encoder = new TextEncoder();

/** A field with a whole number from 0 to 2^53. */
export function numberField(field: number, value: number): Uint8Array {
  return joined([varint(field * 8), varint(value)]);
}

/** A field with text, bytes or a message of its own. */
export function bytesField(
  field: number,
  content: string | Uint8Array,
): Uint8Array {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  return joined([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

/** A message of these fields. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Seven bits a byte, the lowest first; all bytes but the last have their high bit set. */
function varint(value: number): Uint8Array {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) {
    bytes.push(value % 128 + 128);
  }
  return Uint8Array.of(...bytes, value);
}
