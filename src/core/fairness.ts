/**
 * Which lane goes next where several may and slots are scarce.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/**
 * The lane whose calls have waited longest in sum: that serves most callers soonest. A lane
 * that was passed over more than twice for each lane of the choice comes before
 * that, the one with the oldest call first, so that no load starves another.
 */
export function next<Item>(
  lanes: readonly Lane<Item>[],
  now: number,
): Lane<Item> | undefined {
  let best = lanes[0];
  for (let i = 1; i < lanes.length; i++) {
    const lane = lanes[i]!;
    if (isBefore(lane, best!, now, 2 * lanes.length)) best = lane;
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
  return isStarved ? a.oldestAt < b.oldestAt : a.age(now) > b.age(now);
}
