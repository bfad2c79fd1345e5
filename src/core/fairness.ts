/**
 * Which lane goes next where several may and slots are scarce.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/**
 * The position of the lane whose calls have waited longest in sum: that serves most callers
 * soonest. Lanes that were passed over as often as there are lanes to choose from come
 * first, and among them the one with the oldest call, so that no load starves another:
 * even if all lose patience at once, none is passed over twice as often.
 */
export function next<Item>(lanes: readonly Lane<Item>[], now: number): number {
  let best = 0;
  for (let i = 1; i < lanes.length; i++) {
    if (isBefore(lanes[i]!, lanes[best]!, now, lanes.length)) best = i;
  }
  return best;
}

function isBefore<Item>(
  a: Lane<Item>,
  b: Lane<Item>,
  now: number,
  patience: number,
): boolean {
  const isStarved = a.passed >= patience;
  if (isStarved !== b.passed >= patience) return isStarved;
  if (!isStarved) return a.age(now) > b.age(now);
  return a.oldestAt < b.oldestAt ||
    (a.oldestAt === b.oldestAt && a.passed > b.passed);
}
