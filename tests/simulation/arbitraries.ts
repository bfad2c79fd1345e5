/**
 * What scripts are made of.
 *
 * @module
 */
import fc from "fast-check";

/** A record as it would be written. */
export function record<T>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}

/** Mostly the first one; one of `every` is of the second kind. */
export function rarely<T, U>(
  usual: T,
  rare: fc.Arbitrary<U>,
  every = 4,
): fc.Arbitrary<T | U> {
  return fc.oneof(
    { weight: every - 1, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: rare },
  );
}
