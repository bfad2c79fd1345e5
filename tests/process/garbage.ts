// Drops idle batchers after all kinds of use, and counts how many are collected.
import { batched, Batcher } from "../../mod.ts";
import { countCollected } from "./collect.ts";

const COUNT = 100;
const { signal } = new AbortController();
const echo = (xs: object[]) => xs;
/** Its call waits until the next one listens to its signal, too. */
let latest: Batcher<object, object> | undefined;

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
  // Not the batcher itself: no part of it knows it.
  async "used with a signal that always has a listener"() {
    const handler = (xs: object[]) => xs;
    const batcher = new Batcher(handler, { maxWaitMs: 60_000 });
    batcher.run({}, { signal });
    await latest?.flush();
    latest = batcher;
    return handler;
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
  // What came last may still be in use.
  await make();
  console.log(`${use}: ${await countCollected(dropped)} of ${COUNT}`);
}
await latest?.flush();
