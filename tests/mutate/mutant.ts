/**
 * Bugs that are planted on purpose.
 *
 * @module
 */

/** A bug of one line, and who should notice it. */
export interface Mutant {
  /** What is wrong then. */
  readonly name: string;
  /** Where. */
  readonly file: string;
  /** What stands there; must occur exactly once. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
  /** The tests, files or folders, that should notice first. */
  readonly tests: readonly string[];
}

/** Those of one idea, with the tests that all of them have in common: theirs come first. */
export function mutants(
  tests: readonly string[],
  list: readonly (Omit<Mutant, "tests"> & Partial<Mutant>)[],
): Mutant[] {
  return list.map((mutant) => ({
    ...mutant,
    tests: [...mutant.tests ?? [], ...tests],
  }));
}

/**
 * The text of a file with the bug in it.
 *
 * @throws {Error} If the place of the bug is not there, or there is more than one.
 */
export function planted(
  text: string,
  { name, file, find, replace }: Mutant,
): string {
  const [before, after, ...more] = text.split(find);
  if (after === undefined || more.length > 0) {
    const places = after === undefined
      ? "no place"
      : `${more.length + 1} places`;
    throw new Error(
      `Cannot plant "${name}": ${file} has ${places} with ${find}`,
    );
  }
  return before + replace + after;
}
