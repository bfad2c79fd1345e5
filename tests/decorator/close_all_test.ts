import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batched,
  batcherOf,
  batchersOf,
  type CallOptions,
  closeAll,
  ClosedError,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { turns, watched } from "../batcher/watched.ts";
import { doubleAll, Doubler } from "./doubler.ts";

describe("closeAll()", () => {
  it("Answers what waits and takes no more", async () => {
    const host = new VirtualHost();
    class Patient {
      @Batched({ maxWaitMs: 1000, host, handler: (xs) => xs.map((x) => -x) })
      async negate(x: number): Promise<number> {
        return await -x;
      }
    }
    const patient = new Patient();
    const answers = Promise.all([patient.negate(1), patient.negate(2)]);
    const closed = closeAll(patient);
    await assert.rejects(patient.negate(3), ClosedError);
    await closed;
    assert.deepEqual(await answers, [-1, -2]);
    assert.equal(host.now(), 0);
  });

  it("Closes methods that were never called", async () => {
    const doubler = new Doubler();
    const closed = closeAll(doubler);
    await assert.rejects(doubler.double(1), ClosedError);
    await closed;
    await assert.rejects(doubler.double(1), ClosedError);
    assert.deepEqual([doubler.batches, doubler.singles], [[], []]);
  });

  it("Closes all methods of all objects, and resolves when the last is closed", async () => {
    let finish = () => {};
    const finished = new Promise<void>((resolve) => finish = resolve);
    const host = new VirtualHost();
    class Slow extends Doubler {
      @Batched({ host, handler: (xs) => xs })
      async other(x: number): Promise<number> {
        await finished;
        return x;
      }
    }
    const [slow, doubler] = [new Slow(), new Doubler()];
    const answer = slow.other(7);
    let isClosed = false;
    const closed = closeAll(slow, doubler).then(() => {
      isClosed = true;
    });
    const batchers = [...batchersOf(slow), ...batchersOf(doubler)];
    assert.deepEqual(batchers.map(({ closed }) => closed), [true, true, true]);
    await host.advance(1000);
    assert.equal(isClosed, false);
    finish();
    await closed;
    assert.equal(await answer, 7);
  });

  it("Touches no other object of the class", async () => {
    const [a, b] = [new Doubler(), new Doubler()];
    await closeAll(a);
    assert.equal(await b.double(1), 2);
  });

  it("Closes static methods with their class", async () => {
    class Model {
      @Batched({ handler: (xs) => xs })
      static async load(x: number): Promise<number> {
        return await x;
      }
    }
    await closeAll(Model);
    await assert.rejects(Model.load(1), ClosedError);
  });

  it("Lets batches that wait call the overridden method of super", async () => {
    class Sub extends Doubler {
      @Batched({ size: 2, handler: "viaSuper" })
      override double(x: number, call?: CallOptions): Promise<number> {
        return super.double(x, call);
      }
      viaSuper(xs: number[]): Promise<number>[] {
        return xs.map((x) => super.double(x));
      }
      past(x: number): Promise<number> {
        return super.double(x);
      }
    }
    const sub = new Sub();
    const answers = doubleAll(sub, [1, 2, 3]);
    const closed = closeAll(sub);
    await assert.rejects(sub.double(4), ClosedError);
    assert.deepEqual(await answers, [2, 4, 6]);
    await closed;
    await assert.rejects(sub.past(5), ClosedError);
  });

  it("Closes a batched method behind an override that is not batched", async () => {
    class Sub extends Doubler {
      override async double(x: number): Promise<number> {
        return await super.double(x);
      }
    }
    const sub = new Sub();
    const closed = closeAll(sub);
    await assert.rejects(sub.double(1), ClosedError);
    await closed;
  });

  it("Waits for calls of an overridden method, too", async () => {
    const handler = heldHandler((x: number) => 2 * x);
    class Slow {
      @Batched({ handler })
      double(x: number): Promise<number> {
        return Promise.resolve(x);
      }
    }
    class Sub extends Slow {
      @Batched({ handler: (xs) => xs })
      override double(x: number): Promise<number> {
        return Promise.resolve(x);
      }
      past(x: number): Promise<number> {
        return super.double(x);
      }
    }
    const sub = new Sub();
    const answers = [1, 2].map((x) => watched(sub.past(x)));
    await turns(2);
    const closed = watched(closeAll(sub));
    await turns(2);
    assert.equal(closed.state, "pending");
    handler.at(0).finish();
    await turns(2);
    assert.deepEqual(answers.map(({ value }) => value), [2, 4]);
    assert.equal(closed.state, "fulfilled");
  });

  it("May be called twice and with an object twice, and for none at all", async () => {
    const doubler = new Doubler();
    await Promise.all([closeAll(doubler, doubler), closeAll(doubler)]);
    assert.equal(batcherOf(doubler, "double").closed, true);
    await closeAll();
  });
});
