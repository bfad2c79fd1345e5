/**
 * Random numbers that come out the same on every runtime for the same seed.
 *
 * @module
 */

/** Gives numbers in [0, 1). */
export type Random = () => number;

/** Marsaglia's xorshift on 32 bits: small, and integer arithmetic only. */
export function seeded(seed: number): Random {
  // Spread apart, so that neighbouring seeds start far from each other; never 0.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 up to, not including, `end`. */
export function below(end: number, random: Random): number {
  return Math.floor(random() * end);
}

/** Brings `items` into a random order, in place. */
export function shuffle<T>(items: T[], random: Random): void {
  for (let index = items.length - 1; index > 0; index--) {
    const other = below(index + 1, random);
    [items[index], items[other]] = [items[other]!, items[index]!];
  }
}
