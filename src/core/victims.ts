/**
 * Who leaves a full queue for those who come.
 *
 * @module
 */
import type { Call } from "./call.ts";
import type { Lane } from "./lane.ts";

/** The call that has held a place for longest in these lanes, if any does; nested ones hold none. */
export function oldestCallIn<Item>(
  lanes: Iterable<Lane<Item>>,
): Call | undefined {
  let oldest: Lane<Item> | undefined;
  for (const lane of lanes) {
    if (lane.nested || lane.waiting === 0) continue;
    if (!oldest || lane.oldestAt < oldest.oldestAt) oldest = lane;
  }
  return oldest?.oldestCall();
}

/** The oldest call of the lowest priority that holds a place in these lanes, if any does. */
export function lowestCallIn<Item>(
  lanes: Iterable<Lane<Item>>,
): Call | undefined {
  let lowest: Call | undefined;
  let priority = Infinity;
  for (const lane of lanes) {
    if (lane.nested || lane.lowest > priority) continue;
    const call = lane.waiting > 0 ? lane.lowestCall() : undefined;
    if (call === undefined) continue;
    const isLower = lane.lowest < priority;
    if (isLower || cameAt(call) < cameAt(lowest!)) lowest = call;
    priority = lane.lowest;
  }
  return lowest;
}

function cameAt(call: Call): number {
  return call.batch!.timeAt(call.index);
}
