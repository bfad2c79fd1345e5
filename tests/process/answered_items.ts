// Keeps batchers that are idle, and counts how many of their items are collected.
import { Batcher, type BatcherOptions } from "../../mod.ts";
import { countCollected } from "./collect.ts";

/** Many, with few items each: whatever looks as if it were in use holds a whole batch. */
const BATCHERS = 50;
const ITEMS = 2;

const uses: Record<string, BatcherOptions<object>> = {
  "plain calls": { size: ITEMS },
  "calls that are held": { maxWaitMs: 5 },
  "calls of lanes": { lane: () => 1 },
  "calls with deadlines": { deadlineMs: 60_000 },
  "calls that share places": { dedupe: (item) => item },
};

for (const [use, options] of Object.entries(uses)) {
  const batchers = Array.from(
    { length: BATCHERS },
    () => new Batcher((items: object[]) => items.map(() => 1), options),
  );
  const items = [];
  for (const batcher of batchers) items.push(...await answered(batcher));
  const collected = await countCollected(items);
  const idle = batchers.filter(({ pending }) => pending === 0);
  console.log(`${use}: ${collected} of ${idle.length * ITEMS}`);
}

async function answered(
  batcher: Batcher<object, number>,
): Promise<WeakRef<object>[]> {
  const items = Array.from({ length: ITEMS }, () => ({}));
  await Promise.all(items.map((item) => batcher.run(item)));
  return items.map((item) => new WeakRef(item));
}
