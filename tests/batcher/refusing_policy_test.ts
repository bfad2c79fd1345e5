import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  type CallOptions,
  type LanePolicy,
  QueueFullError,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, type Watched, watched } from "./watched.ts";

const leaves: LanePolicy["decide"] = ({ waiting }, _slots, _now, verdict) =>
  verdict.leave(waiting, "idle");

/** A batcher with this policy whose only slot is busy with the call 0. */
async function busy(
  policy: Partial<LanePolicy>,
  options: BatcherOptions<number> = {},
) {
  const host = new VirtualHost();
  const handler = heldHandler((x: number) => x);
  const lane = { decide: leaves, ...policy };
  const batcher = new Batcher(handler, {
    ...{ host, policy: { forLane: () => lane }, name: "embed" },
    ...options,
  });
  watched(batcher.run(0));
  await host.advance();
  return { host, handler, batcher };
}

/** What calls have come to, the message for those that were not served. */
function fates(calls: readonly Watched<unknown>[]): unknown[] {
  return seenOf(calls).map((seen) =>
    seen instanceof QueueFullError ? seen.message : seen
  );
}

const REFUSED =
  'Cannot queue the call of "embed": its policy takes no more calls now';
const GIVEN_UP =
  'Cannot answer the call of "embed": its policy has given it up';

describe("A policy that admits calls", () => {
  const three: Partial<LanePolicy> = { admits: (ahead) => 3 - ahead };

  it("Refuses those that come too late at once, and serves the others", async () => {
    const { host, handler, batcher } = await busy(three);
    const calls = [1, 2, 3, 4].map((x) => watched(batcher.run(x)));
    for (let i = 0; i < 5; i++) await undefined;
    assert.deepEqual(fates(calls), [...Array(3).fill("pending"), REFUSED]);
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(fates(calls), [1, 2, 3, REFUSED]);
    const { calls: accepted, refused } = batcher.stats();
    assert.deepEqual([accepted, refused], [4, 1]);
  });

  it("Is asked by the clock as it is when the call comes", async () => {
    const times: number[] = [];
    const { host, batcher } = await busy({
      admits: (_ahead, _lane, _slots, now) => (times.push(now), Infinity),
    });
    times.length = 0;
    await host.advance(100);
    watched(batcher.run(1));
    assert.equal(times[0], 100);
  });

  it("Admits a call of higher priority where lower ones fill the queue", async () => {
    const { host, batcher } = await busy(three);
    const calls = [1, 2, 3].map((x) =>
      watched(batcher.run(x, { priority: -1 }))
    );
    calls.push(watched(batcher.run(4, { priority: -1 })));
    calls.push(watched(batcher.run(5, { priority: 1 })));
    await host.advance();
    assert.deepEqual(fates(calls), [
      ...["pending", "pending", "pending", REFUSED, "pending"],
    ]);
  });

  it("Is asked for each lane by itself", async () => {
    const { host, batcher } = await busy(three, { lane: (x) => x % 2 });
    const calls = [1, 3, 5, 7, 2, 4, 6, 8].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(fates(calls), [
      ...["pending", "pending", "pending", REFUSED],
      ...["pending", "pending", "pending", REFUSED],
    ]);
  });

  it("R23 is asked once a turn, and not for each call, how many may come", async () => {
    let asked = 0;
    const { batcher } = await busy({ admits: () => (asked++, 100) });
    const askedBy = (calls: number, demands?: CallOptions) => {
      asked = 0;
      for (let x = 0; x < calls; x++) watched(batcher.run(x, demands));
      return asked;
    };
    // By the first call, and for those that follow it.
    assert.equal(askedBy(20), 2);
    assert.equal(askedBy(20, { onSettle() {} }), 0);
    assert.equal(askedBy(20, { priority: 1 }), 20);
  });

  it("Is asked before anybody is dropped for the call", async () => {
    const { host, batcher } = await busy({ admits: (ahead) => 1 - ahead }, {
      maxQueue: 1,
      overflow: "drop-oldest",
    });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(fates(calls), ["pending", REFUSED]);
  });

  it("R26 is not asked of calls from inside a batch", async () => {
    const host = new VirtualHost();
    const lane: LanePolicy = { decide: leaves, admits: (ahead) => 1 - ahead };
    const inner: unknown[] = [];
    const batcher: Batcher<number, number> = new Batcher(
      async (xs) => {
        if (xs[0]! > 0) return xs;
        const calls = [1, 2, 3].map((x) => batcher.run(x));
        inner.push(...await Promise.all(calls));
        return xs;
      },
      { policy: { forLane: () => lane }, host },
    );
    const call = watched(batcher.run(0));
    await host.advance();
    assert.deepEqual([call.value, inner], [0, [1, 2, 3]]);
  });

  it("R9 one that answers nonsense refuses calls, but loses none", async () => {
    let answer: unknown = 2;
    const { host, handler, batcher } = await busy({
      admits: () => answer as number,
    });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    answer = NaN;
    await host.advance();
    calls.push(...[3, 4].map((x) => watched(batcher.run(x))));
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(fates(calls), [1, 2, REFUSED, REFUSED]);
  });

  it("R7 a lane of which the first call is refused is forgotten", async () => {
    let lanes = 0;
    const forLane = () => {
      lanes++;
      return { decide: leaves, admits: () => 0 };
    };
    const host = new VirtualHost();
    const lane = (x: number) => x;
    const options = { host, lane, policy: { forLane } };
    const batcher = new Batcher((xs: number[]) => xs, options);
    const before = lanes;
    const calls = [1, 1, 1].map((x) => watched(batcher.run(x)));
    await host.advance();
    for (const { error } of calls) assert.ok(error instanceof QueueFullError);
    assert.equal(lanes - before, 3);
  });

  it("R14 one that throws admits the call, and tells onError", async () => {
    const errors: unknown[] = [];
    const { host, batcher } = await busy({
      admits: () => {
        throw "no opinion";
      },
    }, { hooks: { onError: (error, where) => errors.push([error, where]) } });
    const call = watched(batcher.run(1));
    await host.advance();
    assert.equal(call.state, "pending");
    assert.deepEqual(errors[0], ["no opinion", "policy"]);
  });
});

describe("A policy that aborts calls", () => {
  it("R20 flush resolves though it does so when it hears of those who are flushed", async () => {
    const gone = new AbortController();
    let isStrict = false;
    const { host, handler, batcher } = await busy({
      arrived: () => isStrict && gone.abort("shed"),
    });
    const calls = [batcher.run(1, { signal: gone.signal }), batcher.run(2)];
    const seen = calls.map((call) => watched(call));
    await undefined;
    isStrict = true;
    await host.advance(1);
    const flushed = watched(batcher.flush());
    handler.at(0).finish();
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.equal(flushed.state, "fulfilled");
    assert.deepEqual(seenOf(seen), ["shed", 2]);
  });

  for (const dedupe of [undefined, (x: number) => x]) {
    it(`R16 it may be the one that comes${dedupe ? ", to share a place" : ""}`, async () => {
      const gone = new AbortController();
      let isStrict = false;
      const { host, batcher } = await busy({
        arrived: () => isStrict && gone.abort("shed"),
      }, { dedupe });
      watched(batcher.run(1));
      await host.advance(1);
      isStrict = true;
      const { signal } = gone;
      const call = watched(batcher.run(2, { signal }));
      await host.advance();
      assert.equal(call.error, "shed");
      assert.equal(batcher.pending, 2);
    });
  }

  it("R9 one that aborts all of whom it hears does not lose who comes then", async () => {
    const gone = new AbortController();
    let isStrict = false;
    const { host, handler, batcher } = await busy({
      arrived: () => isStrict && gone.abort("shed"),
    });
    const first = watched(batcher.run(1, { signal: gone.signal }));
    await host.advance(1);
    isStrict = true;
    const second = watched(batcher.run(2));
    for (const batch of [0, 1]) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual([first.error, second.value], ["shed", 2]);
  });

  it("R9 one that calls as it hears of others loses nobody", async () => {
    const extra: Watched<number>[] = [];
    let calls = 0;
    const { host, handler, batcher } = await busy({
      arrived() {
        while (calls-- > 0) extra.push(watched(batcher.run(9)));
      },
    }, { size: 2 });
    const first = watched(batcher.run(1));
    await host.advance(1);
    calls = 2;
    const second = watched(batcher.run(2));
    assert.deepEqual([extra.length, batcher.pending], [2, 5]);
    for (const batch of [0, 1, 2]) {
      handler.at(batch).finish();
      await host.advance();
    }
    assert.deepEqual(seenOf([first, ...extra, second]), [1, 9, 9, 2]);
  });
});

describe("A policy that gives calls up", () => {
  /** Nobody who has waited for more than 20 ms is served. */
  const hasty: Partial<LanePolicy> = {
    fits: (calls, lane, _slots, now) => now - lane.oldestAt > 20 ? 0 : calls,
  };

  it("They reject when a slot frees, the others are served", async () => {
    const left: unknown[] = [];
    const { host, handler, batcher } = await busy(hasty, {
      hooks: { onLeave: ({ reason, waitMs }) => left.push([reason, waitMs]) },
    });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance(15);
    calls.push(watched(batcher.run(3)));
    await host.advance(10);
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(handler.items, [[0], [3]]);
    assert.deepEqual(fates(calls), [GIVEN_UP, GIVEN_UP, "pending"]);
    assert.deepEqual(left, [["dropped", 25], ["dropped", 25]]);
    assert.equal(batcher.stats().dropped, 2);
  });

  it("R20 flush resolves when they have heard, close as well", async () => {
    const { host, handler, batcher } = await busy({
      fits: (calls, lane) => lane.oldestAt > 0 ? 0 : calls,
    });
    await host.advance(1);
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(fates(calls), [GIVEN_UP, GIVEN_UP]);
    const ends = [watched(batcher.flush()), watched(batcher.close())];
    await host.advance();
    assert.deepEqual(seenOf(ends), [undefined, undefined]);
    assert.equal(host.timers, 0);
  });
});
