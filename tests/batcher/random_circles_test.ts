import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { randomFrom } from "./random_numbers.ts";
import { turns, type Watched, watched } from "./watched.ts";

const SCRIPTS = 200;

/** Work for a batch: how many calls deep it may go on. */
interface Task {
  readonly depth: number;
}

/** Batchers whose batches turn to each other and to themselves, as the seed says. */
function circles(seed: number, host: VirtualHost) {
  const random = randomFrom(seed);
  const batchers: Batcher<Task, Task>[] = [];
  const pick = () => batchers[random(batchers.length)]!;

  /** What one item of a batch makes of other batchers, and waits for. */
  async function work({ depth }: Task): Promise<void> {
    if (depth === 0) return;
    const inner = { depth: depth - 1 };
    const ways: (() => Promise<unknown>)[] = [
      () => pick().run(inner),
      () => pick().run(inner, { deadlineMs: 1e6 }),
      () => Promise.all([pick().run(inner), pick().run(inner)]),
      () => pick().runMany([inner, inner, inner]),
      () => pick().flush(),
      () => turns(random(3)),
      async () => {
        const batcher = pick();
        await batcher.ready();
        await batcher.run(inner);
      },
    ];
    await ways[random(ways.length)]!();
  }

  const count = 1 + random(4);
  for (let i = 0; i < count; i++) {
    const handler = async (tasks: Task[]) => {
      await Promise.all(tasks.map(work));
      return tasks;
    };
    const size = 1 + random(3);
    const concurrency = 1 + random(2);
    const maxWaitMs = [0, 0, 7][random(3)];
    const options = { size, concurrency, maxWaitMs, host };
    batchers.push(new Batcher(handler, options));
  }
  return batchers;
}

async function play(seed: number): Promise<void> {
  const host = new VirtualHost();
  const batchers = circles(seed, host);
  const calls: Watched<Task>[] = [];
  for (let round = 0; round < 3; round++) {
    for (const batcher of batchers) {
      for (const depth of [3, 4]) calls.push(watched(batcher.run({ depth })));
    }
    await host.advance(1);
  }
  for (let step = 0; step < 60; step++) {
    await host.advance(10);
    if (calls.every(({ state }) => state !== "pending")) break;
  }
  for (const { state, error } of calls) {
    assert.equal(state, "fulfilled", String(error));
  }
  const closed = batchers.map((batcher) => watched(batcher.close()));
  for (let step = 0; step < 20; step++) await host.advance(10);
  for (const { state } of closed) assert.equal(state, "fulfilled");
  for (const { pending } of batchers) assert.equal(pending, 0);
  assert.equal(host.timers, 0);
}

describe(`${SCRIPTS} random circles of batchers`, () => {
  it("R26: no call, runMany(), ready() or flush() from inside a batch deadlocks", async () => {
    for (let seed = 1; seed <= SCRIPTS; seed++) {
      try {
        await play(seed);
      } catch (error) {
        throw new Error(`Seed ${seed} fails`, { cause: error });
      }
    }
  });
});
