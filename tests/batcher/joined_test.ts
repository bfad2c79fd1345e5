import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { turns, watched } from "./watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

/** A host whose callers bring looks of their own, which the test gives. */
class JoinedHost extends FrailHost {
  readonly looks = new Set<() => void>();

  join(look: () => void): () => void {
    const joined = () => look();
    this.looks.add(joined);
    return () => this.looks.delete(joined);
  }

  /** One of those who wait has its look. */
  look(): void {
    const [first] = this.looks;
    first!();
  }
}

describe("A host that callers join", () => {
  it("R15: every call brings looks of its own, so that no timer and no hop is needed", async () => {
    const host = new JoinedHost();
    host.timersDie = host.hopsDie = true;
    const batcher = new Batcher(double, { maxWaitMs: 20, host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await turns(2);
    assert.equal(host.looks.size, 2);
    host.time = 20;
    const [, second] = [...host.looks];
    second!();
    await turns(1);
    assert.deepEqual(calls.map(({ value }) => value), [2, 4]);
    assert.equal(host.looks.size, 0);
  });

  it("A look needs no microtask, which could be lost with its request", async () => {
    const host = new JoinedHost();
    const sent: number[][] = [];
    const handler = (xs: number[]) => (sent.push(xs), xs);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    const call = batcher.run(1);
    host.time = 20;
    host.look();
    assert.deepEqual(sent, [[1]]);
    assert.equal(await call, 1);
  });

  it("The request of a batch that has ended does not start the next one: another does", async () => {
    const host = new JoinedHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await turns(2);
    host.hopsDie = true;
    handler.at(0).finish();
    await turns(2);
    assert.equal(calls[0]!.value, 1);
    assert.deepEqual(handler.items, [[1]]);
    host.look();
    await turns(1);
    assert.deepEqual(handler.items, [[1], [2]]);
  });

  it("ready(), flush() and close() join, too, until they are answered", async () => {
    const host = new JoinedHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 1, host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await turns(2);
    assert.equal(host.looks.size, 2);
    const room = watched(batcher.ready());
    const flushed = watched(batcher.flush());
    assert.equal(host.looks.size, 4);
    handler.at(0).finish();
    await turns(3);
    assert.equal(room.state, "fulfilled");
    assert.equal(host.looks.size, 2);
    const closed = watched(batcher.close());
    assert.equal(host.looks.size, 3);
    handler.at(1).finish();
    await turns(3);
    assert.deepEqual(calls.map(({ value }) => value), [1, 2]);
    assert.deepEqual([flushed.state, closed.state], ["fulfilled", "fulfilled"]);
    assert.equal(host.looks.size, 0);
  });

  it("ready() has left, too, when its signal aborts or the batcher is closed", async () => {
    const host = new JoinedHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const call = watched(batcher.run(1));
    await turns(2);
    const controller = new AbortController();
    const waiters = [
      watched(batcher.ready({ signal: controller.signal })),
      watched(batcher.ready()),
    ];
    assert.equal(host.looks.size, 3);
    controller.abort("gone");
    await turns(1);
    assert.deepEqual([waiters[0]!.error, host.looks.size], ["gone", 2]);
    const closed = watched(batcher.close());
    await turns(1);
    assert.deepEqual([waiters[1]!.state, host.looks.size], ["rejected", 2]);
    handler.at(0).finish();
    await turns(3);
    assert.deepEqual([call.value, closed.state], [1, "fulfilled"]);
    assert.equal(host.looks.size, 0);
  });

  it("close() gives each asker a promise of its own, before and after", async () => {
    const host = new JoinedHost();
    const batcher = new Batcher(double, { host });
    const first = batcher.close();
    const second = batcher.close();
    assert.notEqual(first, second);
    await Promise.all([first, second]);
    await batcher.close();
    assert.equal(host.looks.size, 0);
  });
});
