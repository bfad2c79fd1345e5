/**
 * Takes errors apart for the way between threads, and puts them together again.
 *
 * @module
 */
import {
  BatchResultError,
  BatchTimeoutError,
  BatchTooLargeError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
} from "../errors.ts";
import type { PackedError } from "./messages.ts";

/** Causes of causes are followed this far; some go round in a circle. */
const DEEPEST = 8;

type ErrorClass = new (message: string, options: never) => Error;

/** Classes that a batch or its caller asks for; all others arrive as an `Error` with their name. */
const CLASSES: Readonly<Record<string, ErrorClass>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  BatchResultError,
  BatchTimeoutError,
  BatchTooLargeError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
};

/** Takes apart what was thrown. What is no error travels as it is. */
export function packError(error: unknown, depth = 0): PackedError {
  if (!(error instanceof Error) || depth > DEEPEST) {
    return { raw: copyable(error) };
  }
  const { name, message, stack, cause } = error;
  const isPrimitive = ([, value]: [string, unknown]) =>
    value === null || !["object", "function", "symbol"].includes(typeof value);
  return {
    name: String(name),
    message: String(message),
    stack: stack === undefined ? undefined : String(stack),
    cause: cause === undefined ? undefined : packError(cause, depth + 1),
    fields: Object.fromEntries(Object.entries(error).filter(isPrimitive)),
  };
}

/** Puts together what {@link packError} took apart. */
export function unpackError(packed: PackedError): unknown {
  if ("raw" in packed) return packed.raw;
  const { name, message, stack, cause, fields } = packed;
  const options = cause === undefined
    ? fields
    : { ...fields, cause: unpackError(cause) };
  const error = new (CLASSES[name] ?? Error)(message, options as never);
  Object.assign(error, fields);
  for (const [key, value] of Object.entries({ name, stack })) {
    if (Reflect.get(error, key) === value) continue;
    Object.defineProperty(error, key, {
      value,
      configurable: true,
      writable: true,
    });
  }
  return error;
}

/** The value if it can travel, or what can be said of it. */
function copyable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return String(value);
  }
}
