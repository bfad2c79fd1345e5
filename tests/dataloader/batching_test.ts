import assert from "node:assert/strict";
import { AsyncResource } from "node:async_hooks";
import { describe, it } from "node:test";
import {
  ClosedError,
  DeadlineError,
  defaultHost,
  type Host,
  QueueFullError,
  type SettledAnswer,
} from "../../mod.ts";
import { DataLoader } from "../../src/dataloader/mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { seenOf, turns, type Watched, watched } from "../batcher/watched.ts";
import { recorded } from "./recorded.ts";

const double = (x: number) => 2 * x;

/** A loader whose batches the test answers. */
function held(options: ConstructorParameters<typeof DataLoader>[1] = {}) {
  const handler = heldHandler(double);
  const loader = new DataLoader<number, number>(
    (keys) =>
      handler([...keys], undefined as never) as Promise<
        SettledAnswer<number> & number[]
      >,
    options as object,
  );
  return { loader, handler };
}

describe("DataLoader: the batcher's options", () => {
  it("maxBatchSize parts the keys, batch: false makes batches of one", async () => {
    const pairs = recorded(double, { maxBatchSize: 2 });
    await pairs.loader.loadMany([1, 2, 3]);
    assert.deepEqual(pairs.batches, [[1, 2], [3]]);
    const singles = recorded(double, { batch: false });
    await singles.loader.loadMany([1, 2]);
    assert.deepEqual(singles.batches, [[1], [2]]);
  });

  it("Batches are in flight all at once, or as many as concurrency says", async () => {
    const free = held({ maxBatchSize: 1 });
    free.loader.loadMany([1, 2, 3]);
    await turns(3);
    assert.deepEqual(free.handler.items, [[1], [2], [3]]);
    const tight = held({ maxBatchSize: 1, concurrency: 2 });
    const values = tight.loader.loadMany([1, 2, 3]);
    await turns(3);
    assert.deepEqual(tight.handler.items, [[1], [2]]);
    tight.handler.at(0).finish();
    await turns(3);
    tight.handler.at(1).finish();
    tight.handler.at(2).finish();
    assert.deepEqual(await values, [2, 4, 6]);
  });

  it("deadlineMs answers callers of a batch that hangs, and their key is not kept", async () => {
    const host = new VirtualHost();
    const { loader, handler } = held({ host, deadlineMs: 50 });
    const [first, hit] = [watched(loader.load(1)), watched(loader.load(1))];
    await host.advance(50);
    assert.ok(first.error instanceof DeadlineError);
    assert.equal(hit.error, first.error);
    const again = watched(loader.load(1));
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.equal(again.value, 2);
  });

  it("A load that is refused is not kept", async () => {
    const { loader, handler } = held({ concurrency: 1, maxQueue: 0 });
    const first = loader.load(1);
    await turns(3);
    await assert.rejects(loader.load(2), QueueFullError);
    handler.at(0).finish();
    await first;
    await turns(3);
    const second = loader.load(2);
    await turns(3);
    handler.at(1).finish();
    assert.equal(await second, 4);
  });

  it("R24 isolate finds the key that fails its batch; the others are answered and kept", async () => {
    const batches: number[][] = [];
    const loader = new DataLoader<number, number>((keys) => {
      batches.push([...keys]);
      if (keys.includes(2)) return Promise.reject(new Error("poisoned by 2"));
      return Promise.resolve(keys.map(double));
    }, { isolate: "each" });
    const [one, two, three] = await loader.loadMany([1, 2, 3]);
    assert.deepEqual([one, three], [2, 6]);
    assert.match(String(two), /poisoned by 2/);
    assert.deepEqual(batches, [[1, 2, 3], [1], [2], [3]]);
    await loader.loadMany([1, 2, 3]);
    assert.deepEqual(batches.slice(4), [[2]]);
  });

  it("Lanes and hooks hear of the keys", async () => {
    const told: unknown[] = [];
    const { loader, batches } = recorded((key: string) => key, {
      lane: (key) => key.slice(0, 1),
      hooks: { onCall: ({ item, name }) => void told.push(name, item) },
      name: "by letter",
    });
    await loader.loadMany(["a1", "b1", "a2"]);
    assert.deepEqual(batches.sort(), [["a1", "a2"], ["b1"]]);
    assert.deepEqual(told.slice(0, 2), ["by letter", "a1"]);
  });

  it("Without it no key waits while a slot is free, however regularly others follow", async () => {
    const host = new VirtualHost();
    const { loader, handler } = held({ host, cache: false, concurrency: 1 });
    for (let round = 0; round < 20; round++) {
      await host.advance(1);
      loader.load(1);
      await host.advance(1);
      assert.deepEqual(handler.items.slice(2 * round), [[1]]);
      loader.loadMany([2, 3, 4, 5]);
      await host.advance(9);
      handler.at(2 * round).finish();
      await host.advance(10);
      handler.at(2 * round + 1).finish();
    }
  });

  it("maxWaitMs holds keys for company", async () => {
    const host = new VirtualHost();
    const { loader, batches } = recorded(double, { host, maxWaitMs: 20 });
    loader.load(1);
    await host.advance(19);
    loader.load(2);
    assert.deepEqual(batches, []);
    await host.advance(1);
    assert.deepEqual(batches, [[1, 2]]);
  });

  it("It closes with its batcher", async () => {
    const { loader } = recorded(double);
    {
      await using closing = loader;
      closing.prime(2, 4);
      assert.equal(await closing.load(1), 2);
    }
    await assert.rejects(loader.load(3), ClosedError);
    assert.equal(await loader.load(2), 4);
  });
});

describe("DataLoader: batchScheduleFn", () => {
  it("Keys wait until it calls back, and all leave then", async () => {
    const callbacks: (() => void)[] = [];
    const { loader, batches } = recorded(double, {
      batchScheduleFn: (callback) => callbacks.push(callback),
    });
    loader.load(1);
    await turns(3);
    loader.load(2);
    await turns(3);
    assert.deepEqual([batches, callbacks.length], [[], 1]);
    callbacks[0]!();
    await turns(3);
    loader.load(3);
    assert.deepEqual([batches, callbacks.length], [[[1, 2]], 2]);
  });

  it("It may call back at once", async () => {
    const { loader, batches } = recorded(double, {
      batchScheduleFn: (callback) => callback(),
    });
    assert.equal(await loader.load(1), 2);
    assert.equal(await loader.load(2), 4);
    assert.deepEqual(batches, [[1], [2]]);
  });

  it("It is not called for what is kept", async () => {
    let calls = 0;
    const { loader } = recorded(double, { batchScheduleFn: () => calls++ });
    loader.prime(1, -1);
    assert.equal(await loader.load(1), -1);
    assert.equal(calls, 0);
  });

  it("One that throws leaves nothing behind", async () => {
    let isBroken = true;
    const { loader } = recorded(double, {
      batchScheduleFn(callback) {
        if (isBroken) throw new Error("broken");
        callback();
      },
    });
    assert.throws(() => loader.load(1), /broken/);
    isBroken = false;
    assert.equal(await loader.load(1), 2);
  });

  it("A full batch, a deadline and close do not wait for it", async () => {
    const host = new VirtualHost();
    const options = { host, batchScheduleFn: () => {}, maxBatchSize: 2 };
    const { loader, batches } = recorded(double, options);
    loader.loadMany([1, 2, 3]);
    await host.advance();
    assert.deepEqual(batches, [[1, 2]]);
    await loader.batcher.close();
    assert.deepEqual(batches, [[1, 2], [3]]);
    const timed = recorded(double, { ...options, deadlineMs: 100 });
    timed.loader.load(4);
    await host.advance(100);
    assert.deepEqual(timed.batches, [[4]]);
  });
});

describe("DataLoader: company for what is kept", () => {
  it("What is kept is answered together with the keys of its turn, whichever came first", async () => {
    const { loader, handler } = held();
    loader.prime(1, -1);
    const early = watched(loader.load(1));
    const loaded = watched(loader.load(2));
    const late = watched(loader.load(1));
    await turns(5);
    assert.deepEqual(seenOf([early, loaded, late]), Array(3).fill("pending"));
    handler.at(0).finish();
    await turns();
    assert.deepEqual(seenOf([early, loaded, late]), [-1, 4, -1]);
  });

  it("A turn lasts until no promise has anything left to do", async () => {
    const { loader, handler } = held();
    loader.prime(1, -1);
    const kept = await new Promise<Watched<number>>((resolve) =>
      defaultHost.hop(() => {
        resolve(watched(loader.load(1)));
        Promise.resolve().then(() => {}).then(() => loader.load(2));
      })
    );
    await turns(3);
    assert.equal(kept.state, "pending");
    handler.at(0).finish();
    await turns();
    assert.equal(kept.value, -1);
  });

  it("So what both callers load next shares a batch", async () => {
    const { loader, batches } = recorded(double);
    loader.prime(1, 10);
    const next = (key: number) => loader.load(key).then((v) => loader.load(v));
    await Promise.all([next(1), next(2)]);
    assert.deepEqual(batches, [[2], [4, 10]]);
  });

  it("Its turns are those of the host", async () => {
    const ends: (() => void)[] = [];
    const host: Host = {
      now: () => defaultHost.now(),
      timer: (run, ms) => defaultHost.timer(run, ms),
      neutral: (run) => defaultHost.neutral(run),
      hop: (run) => ends.push(run),
    };
    const { loader } = held({ host });
    loader.prime(1, -1);
    const kept = watched(loader.load(1));
    await turns(3);
    assert.equal(kept.state, "pending");
    for (const end of ends) end();
    await turns();
    assert.equal(kept.value, -1);
  });

  it("It does not wait for keys of other turns, nor alone", async () => {
    const { loader } = held();
    loader.prime(1, -1);
    loader.load(2);
    await turns(3);
    const kept = watched(loader.load(1));
    await turns();
    assert.equal(kept.value, -1);
  });

  it("It is answered though the batch of its company fails", async () => {
    const { loader, handler } = held();
    loader.prime(1, -1);
    const kept = loader.load(1);
    const failing = assert.rejects(loader.load(2), /down/);
    await turns(3);
    handler.at(0).fail(new Error("down"));
    assert.equal(await kept, -1);
    await failing;
  });
});

describe("DataLoader: nested", () => {
  it("R26 A batch that loads what waits for its slot does not deadlock", async () => {
    const loader: DataLoader<number, number> = new DataLoader(async (keys) => {
      const [key] = keys;
      if (key === 1) {
        await turns(3); // meanwhile 2 is loaded from outside, and waits
        return [await loader.load(2) + 1];
      }
      return keys;
    }, { concurrency: 1 });
    const first = loader.load(1);
    await turns(2);
    const second = loader.load(2);
    assert.deepEqual(await Promise.all([first, second]), [3, 2]);
  });

  it("R26 A batch that loads what is kept does not wait for company", async () => {
    const loader: DataLoader<number, number> = new DataLoader(async (keys) => {
      if (keys[0] !== 1) return keys;
      await turns(3);
      loader.load(2); // in the same turn as the next line, and behind this slot
      return [await loader.load(0)];
    }, { concurrency: 1 });
    loader.prime(0, 42);
    assert.equal(await loader.load(1), 42);
  });

  it("R26 However much of what a batch loads is kept, what waits is sent but twice", async () => {
    const { loader: other, batches } = recorded(double, { concurrency: 1 });
    const { batcher } = other;
    const { flush } = batcher;
    let sent = 0;
    batcher.flush = () => (sent++, flush.call(batcher));
    const loader = new DataLoader(async (keys: readonly number[]) => {
      const twice = keys.map((key) => [other.load(key), other.load(key)][1]!);
      return await Promise.all(twice);
    });
    const keys = [...Array(1000).keys()];
    assert.deepEqual(await loader.loadMany(keys), keys.map(double));
    assert.deepEqual(batches, [keys]);
    assert.equal(sent, 2);
  });

  it("R26 It is sent again for what a batch loads later", async () => {
    const loader: DataLoader<number, number> = new DataLoader(async (keys) => {
      if (keys[0] !== 1) return keys;
      await loader.load(0);
      await turns(3);
      outside();
      return [await loader.load(2)];
    }, { concurrency: 1 });
    const outside = AsyncResource.bind(() => void loader.load(2));
    loader.prime(0, 42);
    assert.equal(await loader.load(1), 2);
  });

  it("R26 What a batch loads from its own loader travels without keys from outside, and waits for nobody", async () => {
    const batches: number[][] = [];
    const callbacks: (() => void)[] = [];
    const loader: DataLoader<number, number> = new DataLoader(async (keys) => {
      batches.push([...keys]);
      if (keys[0] !== 1) return keys;
      const parents = loader.loadMany([2, 3]);
      fromOutside();
      return [Number((await parents)[1])];
    }, { batchScheduleFn: (callback) => callbacks.push(callback) });
    const fromOutside = AsyncResource.bind(() => void loader.load(4));
    const first = loader.load(1);
    callbacks[0]!();
    assert.equal(await first, 3);
    assert.deepEqual(batches, [[1], [2, 3]]);
    callbacks[1]!();
    await turns(3);
    assert.deepEqual(batches, [[1], [2, 3], [4]]);
  });

  it("R26 Keys from outside wait for a slot, though a batch has had them scheduled", async () => {
    const order: string[] = [];
    const loader: DataLoader<number, number> = new DataLoader(async (keys) => {
      order.push(`begins ${keys}`);
      if (keys[0] === 1) {
        const nested = loader.load(2);
        fromOutside();
        await nested;
        await turns(3);
      }
      order.push(`ends ${keys}`);
      return keys;
    }, { concurrency: 1, batchScheduleFn: (callback) => callback() });
    const outside: Promise<number>[] = [];
    const fromOutside = AsyncResource.bind(() => {
      outside.push(loader.load(3));
    });
    await loader.load(1);
    await outside[0];
    const in1 = ["begins 1", "begins 2", "ends 2", "ends 1"];
    assert.deepEqual(order, [...in1, "begins 3", "ends 3"]);
  });

  it("A batch that loads what is kept sends nobody off who waits to be scheduled", async () => {
    const { loader: other, batches } = recorded(double, {
      batchScheduleFn() {},
    });
    other.prime(0, 42);
    other.load(1);
    const loader = new DataLoader((keys: readonly number[]) =>
      other.loadMany(keys)
    );
    assert.equal(await loader.load(0), 42);
    await turns(3);
    assert.deepEqual(batches, []);
  });
});
