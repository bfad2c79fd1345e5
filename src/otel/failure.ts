/**
 * What is told of a failure.
 *
 * @module
 */

/** What kind of error it is: never what it says. */
export function typeOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** What is thrown may be anything, and some of that has no words. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return typeof thrown;
  }
}
