// Keeps batchers that are idle, and counts how many of their items are collected.
import { Batcher, type BatcherOptions } from "../../mod.ts";
import { countCollected } from "./collect.ts";

const COUNT = 100;
const kept: unknown[] = [];

const uses: Record<string, BatcherOptions<object>> = {
  "plain calls": { size: 100 },
  "calls that are held": { maxWaitMs: 5 },
  "calls of lanes": { lane: () => 1 },
  "calls with deadlines": { deadlineMs: 60_000 },
};

for (const [use, options] of Object.entries(uses)) {
  const batcher = new Batcher((items: object[]) => items.map(() => 1), options);
  kept.push(batcher);
  const items = await answered(batcher);
  console.log(`${use}: ${await countCollected(items)} of ${COUNT}`);
}

async function answered(
  batcher: Batcher<object, number>,
): Promise<WeakRef<object>[]> {
  const items = Array.from({ length: COUNT }, () => ({}));
  await Promise.all(items.map((item) => batcher.run(item)));
  return items.map((item) => new WeakRef(item));
}
