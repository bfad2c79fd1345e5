import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  ClosedError,
  type Hooks,
  type LeaveEvent,
  natural,
  type Policy,
} from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { uncaughtIn } from "./uncaught.ts";
import { seenOf, type Watched, watched } from "./watched.ts";

const HOOKS = ["onCall", "onBatchStart", "onBatchEnd", "onLeave"] as const;

/** What happens to calls when a hook does this with their batcher, the first time it is told anything. */
async function served(
  where: keyof Hooks,
  act: (batcher: Batcher<number, number>, signals: AbortController[]) => void,
) {
  const host = new VirtualHost();
  let isFirst = true;
  const hooks: Hooks = {
    [where]: () => {
      if (!isFirst) return;
      isFirst = false;
      act(batcher, signals);
    },
  };
  const signals = [1, 2, 3, 4, 5].map(() => new AbortController());
  const handler = recordingHandler((xs: number[]) => xs);
  const options = { size: 2, maxWaitMs: 5, host, hooks };
  const batcher: Batcher<number, number> = new Batcher(handler, options);
  const calls = signals.map(({ signal }, x) =>
    watched(batcher.run(x, { signal }))
  );
  signals[4]!.abort("last");
  await host.advance(5);
  await host.advance(5);
  return { calls, batcher, handler, host };
}

describe("R9: hooks that turn to their own batcher", () => {
  for (const where of HOOKS) {
    it(`${where} may make a call`, async () => {
      let call: Watched<number> | undefined;
      const { calls, batcher } = await served(where, (batcher) => {
        call = watched(batcher.run(99));
      });
      assert.deepEqual(seenOf(calls), [0, 1, 2, 3, "last"]);
      assert.equal(call?.value, 99);
      assert.equal(batcher.pending, 0);
    });

    it(`${where} may flush`, async () => {
      let flushed: Watched<void> | undefined;
      const { calls, batcher } = await served(where, (batcher) => {
        flushed = watched(batcher.flush());
      });
      assert.deepEqual(seenOf(calls), [0, 1, 2, 3, "last"]);
      assert.equal(flushed?.state, "fulfilled");
      assert.equal(batcher.pending, 0);
    });

    it(`${where} may close`, async () => {
      let closed: Watched<void> | undefined;
      const { calls, batcher, host } = await served(where, (batcher) => {
        closed = watched(batcher.close());
      });
      for (const { state, error } of calls.slice(0, 4)) {
        if (state === "rejected") assert.ok(error instanceof ClosedError);
        assert.notEqual(state, "pending");
      }
      assert.equal(closed?.state, "fulfilled");
      assert.deepEqual([batcher.pending, host.timers], [0, 0]);
    });

    it(`${where} may abort any call`, async () => {
      const { calls, batcher } = await served(where, (_, signals) => {
        for (const controller of signals) controller.abort("all");
      });
      for (const { state } of calls) assert.notEqual(state, "pending");
      assert.equal(batcher.pending, 0);
      const { waiting, running, calls: taken, ...left } = batcher.stats();
      assert.deepEqual([waiting, running], [0, 0]);
      assert.equal(taken, left.results + left.failures + left.aborted);
    });

    it(`${where} may ask for stats and for room`, async () => {
      let room: Watched<void> | undefined;
      const { calls } = await served(where, (batcher) => {
        batcher.stats();
        room = watched(batcher.ready());
      });
      assert.deepEqual(seenOf(calls), [0, 1, 2, 3, "last"]);
      assert.equal(room?.state, "fulfilled");
    });
  }

  it("onLeave may abort those whom close({ timeoutMs }) was about to give up", async () => {
    const host = new VirtualHost();
    const signals = [1, 2, 3].map(() => new AbortController());
    const reasons: string[] = [];
    const onLeave = ({ reason }: LeaveEvent) => {
      reasons.push(reason);
      for (const controller of signals) controller.abort("all");
    };
    const never = () => new Promise<number[]>(() => {});
    const options = { size: 2, host, hooks: { onLeave } };
    const batcher = new Batcher<number, number>(never, options);
    const calls = signals.map(({ signal }, x) =>
      watched(batcher.run(x, { signal }))
    );
    const uncaught = await uncaughtIn(async () => {
      await host.advance();
      batcher.close({ timeoutMs: 10 });
      await host.advance(10);
    });
    assert.deepEqual(uncaught, []);
    assert.deepEqual(reasons, ["closed", "aborted", "aborted"]);
    for (const { state } of calls) assert.equal(state, "rejected");
    assert.deepEqual([batcher.pending, batcher.stats().hookErrors], [0, 0]);
  });
});

describe("R26: calls that hooks make are no part of the batch that they hear of", () => {
  const hooks = [
    ...[
      "onBatchStart",
      "onBatchEnd",
      "onLeave",
      "onSettle",
      "onError",
    ] as const,
  ];
  /** What it throws when a batch leaves goes to onError. */
  const policy: Policy = {
    forLane: (limits) => ({
      ...natural().forLane(limits),
      started() {
        throw new Error("policy");
      },
    }),
  };
  for (const where of hooks) {
    it(`Those of ${where} need a slot and a place, as all others do`, async () => {
      const host = new VirtualHost();
      const calls: Watched<number>[] = [];
      const [running, most] = [new Set<number[]>(), { running: 0, waiting: 0 }];
      const handler = async (xs: number[]) => {
        running.add(xs);
        most.running = Math.max(most.running, running.size);
        await new Promise<void>((resolve) => void host.timer(resolve, 10));
        running.delete(xs);
        return xs;
      };
      const again = () => {
        for (let left = 3; left > 0 && calls.length < 20; left--) {
          calls.push(watched(batcher.run(calls.length)));
        }
        most.waiting = Math.max(most.waiting, batcher.stats().waiting);
      };
      const batcher: Batcher<number, number> = new Batcher(handler, {
        size: 1,
        maxQueue: 2,
        host,
        hooks: where === "onSettle" ? {} : { [where]: again },
        ...where === "onError" ? { policy } : {},
      });
      calls.push(watched(batcher.run(0, { onSettle: again })));
      calls.push(watched(batcher.run(1, { deadlineMs: 5 })));
      await host.advance(1000);
      assert.ok(calls.length > 2);
      // A slot that has just become free has room for one more.
      assert.deepEqual(most, { running: 1, waiting: 2 + 1 });
      assert.equal(batcher.pending, 0);
    });
  }
});
