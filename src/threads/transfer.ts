/**
 * What is handed over between threads instead of being copied.
 *
 * @module
 */
import type { Port } from "./messages.ts";

/** Says what of these values is handed over: buffers, ports and what else the runtime can transfer. */
export type Transfer<T> = (values: readonly T[]) => object[];

/**
 * Buffers that are values themselves, or a field or element of one. Views are copied: others
 * may look at the same buffer.
 */
export function buffersIn(values: readonly unknown[]): object[] {
  const found = new Set<object>();
  for (const value of values) {
    if (value instanceof ArrayBuffer) found.add(value);
    else if (isPlain(value)) {
      for (const field of Object.values(value)) {
        if (field instanceof ArrayBuffer) found.add(field);
      }
    }
  }
  return [...found];
}

/** Posts a message. Buffers that were found, and turn out not to be transferable, are copied. */
export function post<T>(
  port: Port,
  message: unknown,
  values: readonly T[],
  transfer: Transfer<T> | undefined,
): void {
  const given = transfer ? transfer(values) : buffersIn(values);
  // Node 20 would hand over an empty buffer in place of one that is gone; not named, it is an error everywhere.
  const objects = [...new Set(given)].filter((object) => !isEmpty(object));
  if (transfer) return port.postMessage(message, objects);
  if (objects.length === 0) return port.postMessage(message);
  try {
    port.postMessage(message, objects);
  } catch (error) {
    // Deno has taken them even if something else cannot be copied.
    if (objects.some(isEmpty)) throw error;
    port.postMessage(message);
  }
}

/** Whether a buffer has nothing to hand over, as after it was. Node 20 has no `detached`. */
function isEmpty(object: object): boolean {
  return object instanceof ArrayBuffer && object.byteLength === 0;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype ||
    prototype === null;
}
