import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import type { Host, HostTimer } from "../mod.ts";
import { Wake } from "../src/wake.ts";
import { FrailHost } from "./batcher/frail_host.ts";
import { turns } from "./batcher/watched.ts";

/** A wake that notes its looks: whether each was at the end of a turn. */
function noting(host: Host = new FrailHost()) {
  const looks: boolean[] = [];
  const look = (endOfTurn: boolean) => void looks.push(endOfTurn);
  const wake = new Wake(host, look, (run) => run());
  return { host: host as FrailHost, wake, looks };
}

describe("Wake: when a batcher looks", () => {
  it("Sleeps until it is told", async () => {
    const { looks, host } = noting();
    await turns(3);
    assert.deepEqual(looks, []);
    assert.deepEqual([host.hops, host.timersSet, host.reads], [0, 0, 0]);
  });

  it("soon() looks in a microtask, once however often it is asked", async () => {
    const { wake, looks } = noting();
    for (let i = 0; i < 5; i++) wake.soon();
    assert.deepEqual(looks, []);
    assert.equal(wake.isSoon, true);
    await undefined;
    assert.deepEqual(looks, [false]);
    assert.equal(wake.isSoon, false);
    wake.soon();
    await undefined;
    assert.deepEqual(looks, [false, false]);
  });

  it("atEndOfTurn() hops once however often it is asked", async () => {
    const { wake, looks, host } = noting();
    for (let i = 0; i < 5; i++) wake.atEndOfTurn();
    for (let i = 0; i < 10; i++) await undefined;
    assert.deepEqual(looks, []);
    await turns(2);
    assert.deepEqual(looks, [true]);
    assert.equal(host.hops, 1);
  });

  it("A look that is due soon becomes that of the end of the turn when both meet", async () => {
    const { wake, looks } = noting();
    wake.soon();
    wake.endOfTurn();
    await undefined;
    assert.deepEqual(looks, [true]);
  });

  it("at() looks at that time, which counts as the end of a turn", async () => {
    const { wake, looks, host } = noting();
    wake.at(20, 0);
    assert.equal(wake.isArmed, true);
    await host.moveTo(19);
    assert.deepEqual(looks, []);
    await host.moveTo(20);
    assert.deepEqual(looks, [true]);
    assert.equal(wake.isArmed, false);
  });

  it("R21: a timer that stands is replaced by an earlier one only", async () => {
    const { wake, looks, host } = noting();
    wake.at(20, 0);
    wake.at(30, 0);
    assert.deepEqual([host.timersSet, host.timersCancelled], [1, 0]);
    wake.at(10, 0);
    assert.deepEqual([host.timersSet, host.timersCancelled], [2, 1]);
    await host.moveTo(10);
    await host.moveTo(50);
    assert.deepEqual(looks, [true]);
  });

  it("A timer that rings though it was cancelled wakes nobody, and leaves that which stands", async () => {
    const rings: (() => void)[] = [];
    class LateHost extends FrailHost {
      override timer(run: () => void): HostTimer {
        rings.push(run);
        return { cancel: () => {} };
      }
    }
    const { wake, looks } = noting(new LateHost());
    wake.at(20, 0);
    wake.at(10, 0);
    rings[0]!();
    await turns(1);
    assert.deepEqual([looks, wake.isArmed], [[], true]);
    rings[1]!();
    await turns(1);
    assert.deepEqual([looks, wake.isArmed], [[true], false]);
  });

  it("A timer may ring before the host has answered: no other is thought to stand", async () => {
    class HastyHost extends FrailHost {
      override timer(run: () => void, ms: number): HostTimer {
        if (ms > 0) return super.timer(run, ms);
        run();
        return { cancel: () => {} };
      }
    }
    const { wake, looks, host } = noting(new HastyHost());
    wake.at(20, 0);
    wake.at(10, 10);
    assert.deepEqual([wake.isArmed, host.timers], [false, 0]);
    await undefined;
    assert.deepEqual(looks, [true]);
    wake.at(20, 10);
    await host.moveTo(20);
    assert.deepEqual(looks, [true, true]);
  });

  it("clear() takes it down", async () => {
    const { wake, looks, host } = noting();
    wake.at(20, 0);
    wake.clear();
    assert.deepEqual([host.timers, wake.isArmed], [0, false]);
    await host.moveTo(50);
    assert.deepEqual(looks, []);
    wake.at(60, 50);
    await host.moveTo(60);
    assert.deepEqual(looks, [true]);
  });

  it("R15: heal() gives up a timer that is overdue by more than 50 ms", () => {
    const { wake } = noting();
    wake.at(20, 0);
    wake.heal(70);
    assert.equal(wake.isArmed, true);
    wake.heal(70.1);
    assert.equal(wake.isArmed, false);
  });

  it("R15: heal() lets a lost hop be made anew", async () => {
    const { wake, looks, host } = noting();
    host.hopsDie = true;
    wake.atEndOfTurn();
    wake.heal(50);
    wake.atEndOfTurn();
    assert.equal(host.hops, 1);
    host.hopsDie = false;
    wake.heal(51);
    wake.atEndOfTurn();
    assert.equal(host.hops, 2);
    await turns(2);
    assert.deepEqual(looks, [true]);
  });

  it("A look may ask for the next one", async () => {
    let looks = 0;
    const wake: Wake = new Wake(new FrailHost(), () => {
      if (++looks < 5) wake.soon();
    }, (run) => run());
    wake.soon();
    await turns();
    assert.equal(looks, 5);
  });

  it("R22: it looks in the context that it was made to enter", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const host = new FrailHost();
    const wake = new Wake(
      host,
      () => seen.push(storage.getStore()),
      (run) => storage.run("the batcher's", run),
    );
    storage.run("a caller's", () => wake.soon());
    await undefined;
    storage.run("another's", () => {
      wake.atEndOfTurn();
      wake.at(0, 0);
    });
    await host.moveTo(0);
    assert.ok(seen.length >= 2);
    for (const context of seen) assert.equal(context, "the batcher's");
  });
});
