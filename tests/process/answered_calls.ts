// Keeps batchers that are idle, and counts how many items and promises are collected of the calls that they have answered.
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
  const items: WeakRef<object>[] = [];
  const promises: WeakRef<object>[] = [];
  for (const batcher of batchers) await answer(batcher, items, promises);
  const collected = {
    items: await countCollected(items),
    promises: await countCollected(promises),
  };
  const idle = batchers.filter(({ pending }) => pending === 0);
  for (const [what, count] of Object.entries(collected)) {
    console.log(`${what} of ${use}: ${count} of ${idle.length * ITEMS}`);
  }
}

async function answer(
  batcher: Batcher<object, number>,
  items: WeakRef<object>[],
  promises: WeakRef<object>[],
): Promise<void> {
  const given = Array.from({ length: ITEMS }, () => ({}));
  const answers = given.map((item) => batcher.run(item));
  await Promise.all(answers);
  items.push(...given.map((item) => new WeakRef(item)));
  promises.push(...answers.map((promise) => new WeakRef(promise)));
}
