/**
 * Tells who asked of methods as they are decorated.
 *
 * @module
 */

/** A method that was decorated just now. */
export interface Decorated {
  /** The function that stands in its place. */
  readonly fn: object;
  /** Where it will stand, as far as is known: the protocol of the standard does not tell. */
  readonly target: object | undefined;
  /** The key that it will have there. */
  readonly name: string | symbol;
}

/** Who hears of decorated methods: entries that were imported add themselves, once. */
const listeners: ((decorated: Decorated) => void)[] = [];

/** Asks to hear of all methods that are decorated from now on. */
export function onDecorated(listener: (decorated: Decorated) => void): void {
  listeners.push(listener);
}

/** Tells those who asked. */
export function announce(decorated: Decorated): void {
  for (const listener of listeners) listener(decorated);
}
