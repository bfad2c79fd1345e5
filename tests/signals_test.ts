import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import type { Ending } from "../src/core/call.ts";
import { listen } from "../src/signals.ts";
import { ListenedSignal } from "./batcher/listened_signal.ts";

/** Signals of calls, and what they were told. */
function noting() {
  const told: [string, unknown][] = [];
  const listenings = new Map<string, Ending>();
  const signals = {
    add: (signal: AbortSignal, call: string) => {
      const onAbort = (call: string, reason: unknown) =>
        void told.push([call, reason]);
      listenings.set(call, listen(signal, onAbort, call));
    },
    remove: (call: string) => listenings.get(call)!.end(),
  };
  const [one, two] = [new ListenedSignal(), new ListenedSignal()];
  return { told, signals, one, two };
}

describe("R16: Signals", () => {
  it("Listens once to each signal, however many calls it has", () => {
    const { signals, one, two } = noting();
    for (const call of ["a", "b", "c"]) signals.add(one.signal, call);
    signals.add(two.signal, "d");
    assert.deepEqual([one.added, two.added], [1, 1]);
  });

  it("Tells each call of its own signal, with the reason", () => {
    const { told, signals, one, two } = noting();
    signals.add(one.signal, "a");
    signals.add(two.signal, "b");
    signals.add(one.signal, "c");
    one.abort("gone");
    assert.deepEqual(told, [["a", "gone"], ["c", "gone"]]);
    two.abort("too");
    assert.deepEqual(told[2], ["b", "too"]);
  });

  it("R23 An abort looks at no other signal", () => {
    const { told, signals } = noting();
    const controller = new AbortController();
    const { signal } = new AbortController();
    Object.defineProperty(signal, "aborted", {
      get: () => assert.fail("another signal has aborted"),
    });
    signals.add(signal, "a");
    signals.add(controller.signal, "b");
    controller.abort("gone");
    assert.deepEqual(told, [["b", "gone"]]);
  });

  it("Lets go of a signal with its last call", () => {
    const { signals, one } = noting();
    for (const call of ["a", "b"]) signals.add(one.signal, call);
    signals.remove("a");
    assert.equal(one.listeners, 1);
    signals.remove("b");
    assert.equal(one.listeners, 0);
  });

  it("Lets go of it when it aborts", () => {
    const { signals, one } = noting();
    for (const call of ["a", "b"]) signals.add(one.signal, call);
    one.abort("gone");
    assert.equal(one.listeners, 0);
  });

  it("A call that was removed is not told", () => {
    const { told, signals, one } = noting();
    for (const call of ["a", "b"]) signals.add(one.signal, call);
    signals.remove("a");
    one.abort("gone");
    assert.deepEqual(told, [["b", "gone"]]);
  });

  it("To remove a call twice changes nothing for the others", () => {
    const { told, signals, one } = noting();
    for (const call of ["a", "b", "c"]) signals.add(one.signal, call);
    signals.remove("b");
    signals.remove("b");
    assert.equal(one.listeners, 1);
    one.abort("gone");
    assert.deepEqual(told.map(([call]) => call), ["a", "c"]);
  });

  it("Those who leave while others are told are not told", () => {
    const { told, signals, one } = noting();
    signals.add(one.signal, "a");
    const heard: string[] = [];
    const hear = (who: string) => {
      heard.push(who);
      second.end();
    };
    listen(one.signal, hear, "first");
    const second = listen(one.signal, hear, "second");
    listen(one.signal, hear, "third");
    one.abort("gone");
    assert.deepEqual(heard, ["first", "third"]);
    assert.deepEqual(told, [["a", "gone"]]);
  });

  it("Nobody is left to be told where the last leaves while others are told", () => {
    let tell = () => {};
    const signal = {
      addEventListener: (_: string, ear: () => void) => tell = ear,
      removeEventListener() {},
    } as unknown as AbortSignal;
    const heard: string[] = [];
    const hear = (who: string) => {
      heard.push(who);
      last.end();
    };
    listen(signal, hear, "first");
    const last = listen(signal, hear, "last");
    tell();
    assert.deepEqual(heard, ["first"]);
  });

  it("Whoever is left hears of it when others, first or last, have left", () => {
    const { told, signals, one } = noting();
    for (const call of ["a", "b", "c"]) signals.add(one.signal, call);
    signals.remove("c");
    signals.add(one.signal, "d");
    signals.remove("a");
    one.abort("gone");
    assert.deepEqual(told.map(([call]) => call), ["b", "d"]);
    assert.equal(one.listeners, 0);
  });

  it("A signal that is not the runtime's own need know no more than functions", () => {
    const { told, signals } = noting();
    const listeners = new Set<() => void>();
    const signal = {
      reason: "gone",
      addEventListener: (_: string, tell: () => void) => listeners.add(tell),
      removeEventListener: (_: string, tell: () => void) =>
        listeners.delete(tell),
    };
    for (const call of ["a", "b", "c"]) {
      signals.add(signal as unknown as AbortSignal, call);
    }
    signals.remove("a");
    for (const tell of listeners) tell();
    assert.deepEqual(told, [["b", "gone"], ["c", "gone"]]);
    assert.equal(listeners.size, 0);
  });

  it("Whoever throws when told keeps nobody else from hearing", () => {
    const { told, signals, one } = noting();
    const errors: unknown[] = [];
    const throwing = mock.method(
      globalThis,
      "queueMicrotask",
      (run: () => void) => {
        assert.throws(run, (error) => errors.push(error) > 0);
      },
    );
    const fault = new Error("cannot be told");
    listen(one.signal, () => {
      throw fault;
    }, undefined);
    signals.add(one.signal, "a");
    one.abort("gone");
    throwing.mock.restore();
    assert.deepEqual(told, [["a", "gone"]]);
    assert.deepEqual(errors, [fault]);
  });

  it("Whoever listens again when told is not told again", () => {
    const { told, signals, one } = noting();
    signals.add(one.signal, "a");
    listen(one.signal, () => signals.add(one.signal, "again"), undefined);
    one.signal.dispatchEvent(new Event("abort"));
    assert.deepEqual(told, [["a", undefined]]);
    one.abort("gone");
    assert.deepEqual(told[1], ["again", "gone"]);
  });

  it("A signal need not be the one that its event comes from", () => {
    const { told, signals, one, two } = noting();
    const { signal } = one;
    const veiled = new Proxy(signal, {
      get(_, key) {
        const value: unknown = Reflect.get(signal, key);
        return typeof value === "function" ? value.bind(signal) : value;
      },
    });
    signals.add(veiled, "a");
    signals.add(signal, "b");
    signals.add(two.signal, "c");
    one.abort("gone");
    assert.deepEqual(told, [["a", "gone"], ["b", "gone"]]);
  });

  it("Listens anew to a signal that it had let go of", () => {
    const { told, signals, one } = noting();
    signals.add(one.signal, "a");
    signals.remove("a");
    signals.add(one.signal, "b");
    one.abort("gone");
    assert.deepEqual(told, [["b", "gone"]]);
    assert.equal(one.added, 2);
  });
});
