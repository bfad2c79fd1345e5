// Drops idle batchers after all kinds of use, and counts how many are collected.
import { batched, Batcher } from "../../mod.ts";
import { countCollected } from "./collect.ts";

const COUNT = 100;
const { signal } = new AbortController();
const echo = (xs: object[]) => xs;

const uses: Record<string, () => Promise<object>> = {
  async "never used"() {
    return await Promise.resolve(new Batcher(echo, { maxWaitMs: 60_000 }));
  },
  async "used"() {
    const batcher = new Batcher(echo);
    await Promise.all([{}, {}].map((x) => batcher.run(x)));
    return batcher;
  },
  async "used with a signal that lives on"() {
    const batcher = new Batcher(echo, { lane: () => 1 });
    await batcher.run({}, { signal, deadlineMs: 60_000 });
    await batcher.ready({ signal });
    return batcher;
  },
  async "flushed"() {
    const batcher = new Batcher(echo, { maxWaitMs: 60_000 });
    batcher.run({});
    await batcher.flush();
    return batcher;
  },
  async "closed"() {
    const batcher = new Batcher(echo, { maxWaitMs: 60_000 });
    batcher.run({});
    await batcher.close({ timeoutMs: 60_000 });
    return batcher;
  },
  async "a batched function"() {
    const fn = batched(echo);
    await fn({});
    return fn;
  },
};

for (const [use, make] of Object.entries(uses)) {
  const dropped: WeakRef<object>[] = [];
  for (let i = 0; i < COUNT; i++) dropped.push(new WeakRef(await make()));
  console.log(`${use}: ${await countCollected(dropped)} of ${COUNT}`);
}
