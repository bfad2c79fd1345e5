// Lets lanes come and go in a batcher that lives on, and counts how many of their policies' states are collected.
import {
  Batcher,
  type BatcherOptions,
  natural,
  type Policy,
} from "../../mod.ts";
import { turns } from "../batcher/watched.ts";
import { countCollected } from "./collect.ts";

const COUNT = 100;

/** The states of a policy's lanes; of many lanes only some are followed. */
let states: WeakRef<object>[] = [];
let made = 0;
let every = 1;

const policy: Policy = {
  forLane(limits) {
    const state = { ...natural().forLane(limits) };
    if (made++ % every === 0) states.push(new WeakRef(state));
    return state;
  },
};

interface Item {
  readonly lane: number;
}

function batcherOf(options: BatcherOptions<Item> = {}): Batcher<Item, Item> {
  const lane = (item: Item) => item.lane;
  const batcher = new Batcher((items: Item[]) => items, {
    ...{ lane, policy },
    ...options,
  });
  states = [];
  made = 0;
  return batcher;
}

/** One call in each of so many lanes. */
function callAll(
  batcher: Batcher<Item, Item>,
  lanes: number,
  signal?: AbortSignal,
): Promise<unknown> {
  return Promise.allSettled(
    Array.from(
      { length: lanes },
      (_, lane) => batcher.run({ lane }, { signal }),
    ),
  );
}

/** A batcher whose slot is never free. */
function stuck(options: BatcherOptions<Item> = {}): Batcher<Item, Item> {
  const batcher = new Batcher(
    (_: Item[]) => new Promise<Item[]>(() => {}),
    { lane: ({ lane }) => lane, policy, ...options },
  );
  batcher.run({ lane: -1 });
  return batcher;
}

const uses: Record<string, () => Promise<object>> = {
  async "answered one by one"() {
    const batcher = batcherOf();
    for (let lane = 0; lane < COUNT; lane++) await batcher.run({ lane });
    return batcher;
  },
  async "100,000 answered at once"() {
    every = 1000;
    const batcher = batcherOf({ concurrency: Infinity });
    await callAll(batcher, 100_000);
    every = 1;
    return batcher;
  },
  async "left while no slot was free"() {
    const batcher = stuck();
    await turns(3);
    states = [];
    const controller = new AbortController();
    const calls = callAll(batcher, COUNT, controller.signal);
    controller.abort();
    await calls;
    return batcher;
  },
  async "refused"() {
    const batcher = stuck({ maxQueuePerLane: 0 });
    await turns(3);
    states = [];
    await callAll(batcher, COUNT);
    return batcher;
  },
};

for (const [use, make] of Object.entries(uses)) {
  const batcher = await make();
  const followed = states.slice(-COUNT);
  const collected = await countCollected(followed);
  // The batcher itself is still in use.
  console.log(
    `${use}: ${collected} of ${followed.length}${batcher ? "" : "?"}`,
  );
}
