/**
 * Who leaves a full queue for those who come.
 *
 * @module
 */
import type { Call } from "./core/call.ts";
import type { Lane } from "./core/lane.ts";
import type { Line } from "./core/line.ts";

/** The call that has held a place for longest in these lanes, if any does; nested ones hold none. */
export function oldestCallIn<Item>(
  lanes: Iterable<Lane<Item>>,
): Call | undefined {
  return firstIn(lanes, isOlder);
}

/** The oldest call of the lowest priority that holds a place in these lanes, if any does. */
export function lowestCallIn<Item>(
  lanes: Iterable<Lane<Item>>,
): Call | undefined {
  return firstIn(lanes, (a, b) =>
    a.priority < b.priority ||
    (a.priority === b.priority && isOlder(a, b)));
}

function firstIn<Item>(
  lanes: Iterable<Lane<Item>>,
  isBefore: (line: Line<Item>, other: Line<Item>) => boolean,
): Call | undefined {
  let first: Line<Item> | undefined;
  for (const { nested, lines } of lanes) {
    if (nested) continue;
    for (const line of lines) {
      if (line.waiting === 0) continue;
      if (first === undefined || isBefore(line, first)) first = line;
    }
  }
  return first?.oldestCall();
}

function isOlder<Item>(line: Line<Item>, other: Line<Item>): boolean {
  return line.oldestAt < other.oldestAt;
}
