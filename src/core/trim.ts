/**
 * Batches of sizes that the back end likes.
 *
 * @module
 */

/** A step is worth taking when this much of it would be used. */
const WORTH = 0.65;

/**
 * With how many of `calls` a batch should leave: with as many as the largest preferred size
 * that they fill, unless they all but fill the next one, or it is urgent. Fewer calls than the
 * smallest one leave as they are.
 */
export function trimmed(
  calls: number,
  preferredSizes: readonly number[],
  isUrgent = false,
): number {
  let below = 0;
  for (const size of preferredSizes) {
    if (size > calls) {
      const isWorth = isUrgent || calls - below >= WORTH * (size - below);
      return isWorth ? calls : below || calls;
    }
    below = size;
  }
  return below || calls;
}
