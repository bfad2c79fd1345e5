import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

type Numbers = Batcher<number, number>;

describe("R26: batchers that call each other", () => {
  /** A ring of batchers: each one's batch calls the next, until the number is 0. */
  function ringOf(count: number, host: VirtualHost): Numbers[] {
    const ring: Numbers[] = [];
    for (let i = 0; i < count; i++) {
      ring.push(
        new Batcher(async (xs) => {
          const next = ring[(i + 1) % count]!;
          return await Promise.all(
            xs.map(async (x) => x > 0 ? 1 + await next.run(x - 1) : 0),
          );
        }, { host }),
      );
    }
    return ring;
  }

  for (const count of [2, 3]) {
    it(`A circle of ${count} with concurrency 1 does not deadlock`, async () => {
      const host = new VirtualHost();
      const ring = ringOf(count, host);
      const calls = [10, 11, 12].map((x) => watched(ring[0]!.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), [10, 11, 12]);
    });

    it(`A circle of ${count} that is entered at every batcher at once does not deadlock`, async () => {
      const host = new VirtualHost();
      const ring = ringOf(count, host);
      const calls = ring.flatMap((batcher) =>
        [7, 8].map((x) => watched(batcher.run(x)))
      );
      await host.advance();
      assert.deepEqual(seenOf(calls), ring.flatMap(() => [7, 8]));
      assert.deepEqual(ring.map(({ pending }) => pending), ring.map(() => 0));
    });
  }

  it("Without a circle a call from inside a batch obeys the other's concurrency", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const inner = new Batcher(handler, { host });
    const outer: Numbers = new Batcher(
      (xs) => Promise.all(xs.map((x) => inner.run(x))),
      { concurrency: 2, size: 1, host },
    );
    inner.run(0);
    await host.advance();
    const calls = [1, 2].map((x) => watched(outer.run(x)));
    await host.advance();
    assert.deepEqual(handler.items, [[0]]);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1, 2]]);
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2]);
  });

  it("The circle is forgotten when its calls are answered", async () => {
    const host = new VirtualHost();
    const held = heldHandler((x: number) => x);
    const a: Numbers = new Batcher(async (xs, batch) => {
      if (xs[0] === 1) return [await b.run(1)];
      return xs[0] === 10 ? xs : await held(xs, batch);
    }, { size: 1, host });
    const b: Numbers = new Batcher(async ([x]) => [await a.run(10 * x!)], {
      host,
    });
    const circle = watched(a.run(1));
    await host.advance();
    assert.equal(circle.value, 10);
    const calls = [watched(a.run(2)), watched(b.run(3))];
    await host.advance();
    assert.deepEqual(held.items, [[2]]);
    held.at(0).finish();
    await host.advance();
    assert.deepEqual(held.items, [[2], [30]]);
    held.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [2, 30]);
  });

  it("The circle is there until the last of its calls is answered", async () => {
    const host = new VirtualHost();
    const a: Numbers = new Batcher(async (xs) => {
      if (xs[0] === 1) await Promise.all([b.run(2), b.run(3)]);
      return xs;
    }, { host });
    const handler = recordingHandler(async ([x]: number[]) => {
      return [x === 3 ? await a.run(30) : x!];
    });
    const b: Numbers = new Batcher(handler, { size: 1, host });
    const call = watched(a.run(1));
    await host.advance();
    assert.deepEqual(handler.items, [[2], [3]]);
    assert.equal(call.value, 1);
  });

  it("A call in the queue of a batcher joins a circle that closes later", async () => {
    const host = new VirtualHost();
    const a: Numbers = new Batcher(async (xs) => {
      await turns(2);
      if (xs[0] === 1) await b.run(2);
      return xs;
    }, { host });
    const b: Numbers = new Batcher(async (xs) => {
      if (xs[0] === 1) await a.run(2);
      return xs;
    }, { host });
    const calls = [watched(a.run(1)), watched(b.run(1))];
    await host.advance();
    await turns(10);
    assert.deepEqual(seenOf(calls), [1, 1]);
  });

  it("An aborted call is no edge of a circle any more", async () => {
    const host = new VirtualHost();
    const controller = new AbortController();
    const held = heldHandler((x: number) => x);
    const handler = recordingHandler(async (xs: number[], batch) => {
      if (xs[0] === 1) {
        await b.run(1, { signal: controller.signal }).catch(() => {});
      }
      return await held(xs, batch);
    });
    const a: Numbers = new Batcher(handler, { size: 1, host });
    let callA = () => {};
    const b: Numbers = new Batcher(async (xs) => {
      await new Promise<void>((resolve) => callA = resolve);
      await a.run(2);
      return xs;
    }, { host });
    watched(a.run(1));
    await host.advance();
    controller.abort();
    await host.advance();
    callA();
    await host.advance();
    assert.deepEqual(handler.items, [[1]]);
    held.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[1], [2]]);
    held.at(1).finish();
  });

  it("A flush() that a batch awaits of a batcher whose batch calls back does not deadlock", async () => {
    const host = new VirtualHost();
    const a: Numbers = new Batcher(async (xs) => {
      if (xs[0] === 1) await b.flush();
      return xs;
    }, { host });
    const b: Numbers = new Batcher(async (xs) => {
      await a.run(2);
      return xs;
    }, { maxWaitMs: 1000, host });
    const calls = [watched(b.run(1)), watched(a.run(1))];
    await host.advance(10);
    assert.deepEqual(seenOf(calls), [1, 1]);
  });

  it("Such a flush() is no edge of a circle any more when it has come", async () => {
    const host = new VirtualHost();
    const held = heldHandler((x: number) => x);
    const a: Numbers = new Batcher(async (xs, batch) => {
      if (xs[0] !== 0) return await held(xs, batch);
      await b.flush();
      return xs;
    }, { host });
    const b: Numbers = new Batcher(
      (xs) => Promise.all(xs.map((x) => a.run(10 * x))),
      { host },
    );
    const calls = [watched(a.run(0))];
    await host.advance();
    calls.push(watched(a.run(1)));
    await host.advance();
    calls.push(watched(b.run(2)));
    await host.advance();
    assert.deepEqual(held.items, [[1]]);
    held.at(0).finish();
    await host.advance();
    held.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), [0, 1, 20]);
  });

  it("A close() that a batch awaits of a batcher whose batch calls back does not deadlock", async () => {
    const host = new VirtualHost();
    const a: Numbers = new Batcher(async (xs) => {
      if (xs[0] === 1) await b.close();
      return xs;
    }, { host });
    const b: Numbers = new Batcher(async (xs) => {
      await a.run(2);
      return xs;
    }, { maxWaitMs: 1000, host });
    const calls = [watched(b.run(1)), watched(a.run(1))];
    await host.advance(10);
    assert.deepEqual(seenOf(calls), [1, 1]);
  });

  /** How a batch may wait for room in the queue of another batcher. */
  const waits: Record<string, (batcher: Numbers) => Promise<unknown>> = {
    "ready()": (batcher) => batcher.ready(),
    "runMany()": (batcher) => batcher.runMany([3, 4]),
  };
  for (const [name, wait] of Object.entries(waits)) {
    it(`A ${name} that a batch awaits of a full batcher whose batch calls back does not deadlock`, async () => {
      const host = new VirtualHost();
      const a: Numbers = new Batcher(async (xs) => {
        if (xs[0] === 1) await wait(b);
        return xs;
      }, { host });
      let callA = () => {};
      const b: Numbers = new Batcher(async (xs) => {
        if (xs[0] !== 1) return xs;
        await new Promise<void>((resolve) => callA = resolve);
        await a.run(2);
        return xs;
      }, { maxQueue: 0, host });
      const calls = [watched(b.run(1))];
      await host.advance();
      calls.push(watched(a.run(1)));
      await host.advance();
      callA();
      await host.advance();
      assert.deepEqual(seenOf(calls), [1, 1]);
    });
  }

  it("A ready() that has aborted is no edge of a circle any more", async () => {
    const host = new VirtualHost();
    const controller = new AbortController();
    const held = heldHandler((x: number) => x);
    const a: Numbers = new Batcher(async (xs, batch) => {
      if (xs[0] === 1) {
        await b.ready({ signal: controller.signal }).catch(() => {});
      }
      return await held(xs, batch);
    }, { host });
    let callA = () => {};
    const b: Numbers = new Batcher(async (xs) => {
      await new Promise<void>((resolve) => callA = resolve);
      await a.run(2);
      return xs;
    }, { maxQueue: 0, host });
    watched(b.run(1));
    await host.advance();
    watched(a.run(1));
    await host.advance();
    controller.abort();
    await host.advance();
    callA();
    await host.advance();
    assert.deepEqual(held.items, [[1]]);
    held.at(0).finish();
    await host.advance();
    assert.deepEqual(held.items, [[1], [2]]);
    held.at(1).finish();
  });
});
