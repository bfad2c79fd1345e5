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

/** Posts a message; what is not said to be transferable, and turns out not to be, is copied. */
export function post<T>(
  port: Port,
  message: unknown,
  values: readonly T[],
  transfer: Transfer<T> | undefined,
): void {
  if (transfer) return port.postMessage(message, transfer(values));
  const buffers = buffersIn(values);
  if (buffers.length === 0) return port.postMessage(message);
  try {
    port.postMessage(message, buffers);
  } catch {
    port.postMessage(message);
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype ||
    prototype === null;
}
