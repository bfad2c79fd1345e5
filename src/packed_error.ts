/**
 * Takes errors apart for the way to another thread or isolate, and puts them together there.
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
} from "./errors.ts";

/** An error on its way: structured clones keep neither class nor name nor fields. */
export type PackedError =
  | { readonly raw: unknown }
  | {
    readonly name: string;
    readonly message: string;
    readonly stack: string | undefined;
    readonly cause: PackedError | undefined;
    /** Its own fields, as far as they are primitives. */
    readonly fields: Readonly<Record<string, unknown>>;
  };

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
