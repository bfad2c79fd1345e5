/**
 * Which lane goes next where several may and slots are scarce.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/**
 * The position of the lane whose calls have waited longest in sum: that serves most callers
 * soonest. Lanes that were passed over as often as there are lanes to choose from come
 * first, and among them the one with the oldest call, so that no load starves another.
 * Lanes whose calls are older may come to be among these again and again; so whoever could
 * otherwise be passed over more than twice as often comes before all. Of equals the last one.
 */
export function next<Item>(lanes: readonly Lane<Item>[], now: number): number {
  const patience = lanes.length;
  let most = 2 * patience;
  for (const lane of lanes) if (lane.passed >= patience) most--;
  const isBefore = (a: Lane<Item>, b: Lane<Item>): boolean => {
    const isStarved = a.passed >= patience;
    if (isStarved !== b.passed >= patience) return isStarved;
    if (!isStarved) return a.age(now) > b.age(now);
    const isUrgent = a.passed > most || b.passed > most;
    if (isUrgent && a.passed !== b.passed) return a.passed > b.passed;
    return a.oldestAt < b.oldestAt ||
      (a.oldestAt === b.oldestAt && a.passed > b.passed);
  };
  let best = lanes.length - 1;
  for (let i = best - 1; i >= 0; i--) {
    if (isBefore(lanes[i]!, lanes[best]!)) best = i;
  }
  return best;
}
