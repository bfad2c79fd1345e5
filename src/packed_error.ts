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
import { isError, isOf } from "./outcome.ts";

/** An error on its way: structured clones keep neither class nor name nor fields. */
export type PackedError =
  | { readonly raw: unknown }
  | {
    readonly name: string;
    readonly message: string;
    readonly stack: string | undefined;
    readonly cause: PackedError | undefined;
    /** What an `AggregateError` gathers. */
    readonly errors?: readonly PackedError[] | undefined;
    /** Its own fields, as far as they are primitives. */
    readonly fields: Readonly<Record<string, unknown>>;
  };

/** Causes of causes are followed this far; some go round in a circle. */
const DEEPEST = 8;

type ErrorClass = new (message: string, options: never) => Error;

/** Classes that a batch or its caller asks for; all others arrive as an `Error` with their name. */
const CLASSES: ReadonlyMap<string, ErrorClass> = new Map(Object.entries({
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
}));

/**
 * Takes apart what was thrown, whatever it is. What is no error travels as it is.
 *
 * @param outer The errors on the way to it. One that gathers errors which lead back to it is opened once, as there
 * would be ever more of them.
 */
export function packError(
  error: unknown,
  outer: readonly unknown[] = [],
): PackedError {
  try {
    const isPart = outer.length <= DEEPEST && typeof error === "object" &&
      error !== null && isError(error);
    return isPart
      ? partsOf(error as Error, outer)
      : { raw: structuredClone(error) };
  } catch {
    return { raw: saidOf(error) };
  }
}

/** Puts together what {@link packError} took apart. */
export function unpackError(packed: PackedError): unknown {
  if ("raw" in packed) return packed.raw;
  const { name, stack, fields } = packed;
  const error = made(packed);
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

function partsOf(error: Error, outer: readonly unknown[]): PackedError {
  const { name, message, stack, cause } = error;
  const isPrimitive = ([, value]: [string, unknown]) =>
    value === null || !["object", "function", "symbol"].includes(typeof value);
  const path = [...outer, error];
  const pack = (inner: unknown) => packError(inner, path);
  return {
    name: String(name),
    message: String(message),
    stack: stack === undefined ? undefined : String(stack),
    cause: cause === undefined ? undefined : pack(cause),
    errors: isOf(error, AggregateError)
      ? Array.from(outer.includes(error) ? [] : error.errors, pack)
      : undefined,
    fields: Object.fromEntries(Object.entries(error).filter(isPrimitive)),
  };
}

function made(
  { name, message, cause, errors }: Exclude<PackedError, { raw: unknown }>,
): Error {
  const options = cause === undefined ? {} : { cause: unpackError(cause) };
  return errors === undefined
    ? new (CLASSES.get(name) ?? Error)(message, options as never)
    : new AggregateError(errors.map(unpackError), message, options);
}

/** What can be said of a value that cannot travel. */
function saidOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a value of type ${typeof value} that cannot be read`;
  }
}
