import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type OnAbort, Signals } from "../src/signals.ts";
import { ListenedSignal } from "./batcher/listened_signal.ts";

/** Signals of calls, which go when they are aborted, and what they were told. */
function noting() {
  const told: [string, unknown][] = [];
  const all = new Signals();
  const listened = [new ListenedSignal(), new ListenedSignal()] as const;
  const calls = new Map<string, OnAbort>();
  for (const call of ["a", "b", "c", "d"]) {
    const onAbort = (reason: unknown) => {
      told.push([call, reason]);
      for (const { signal } of listened) all.remove(signal, onAbort);
    };
    calls.set(call, onAbort);
  }
  const signals = {
    add: (signal: AbortSignal, call: string) =>
      all.add(signal, calls.get(call)!),
    remove: (signal: AbortSignal, call: string) =>
      all.remove(signal, calls.get(call)!),
  };
  return { told, signals, one: listened[0], two: listened[1] };
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

  it("Lets go of a signal with its last call", () => {
    const { signals, one } = noting();
    for (const call of ["a", "b"]) signals.add(one.signal, call);
    signals.remove(one.signal, "a");
    assert.equal(one.listeners, 1);
    signals.remove(one.signal, "b");
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
    signals.remove(one.signal, "a");
    one.abort("gone");
    assert.deepEqual(told, [["b", "gone"]]);
  });

  it("To remove a call twice, or one that never was, does nothing", () => {
    const { signals, one, two } = noting();
    signals.add(one.signal, "a");
    signals.remove(one.signal, "b");
    signals.remove(two.signal, "a");
    assert.equal(one.listeners, 1);
    signals.remove(one.signal, "a");
    signals.remove(one.signal, "a");
    assert.deepEqual([one.listeners, one.added], [0, 1]);
  });

  it("Listens anew to a signal that it had let go of", () => {
    const { told, signals, one } = noting();
    signals.add(one.signal, "a");
    signals.remove(one.signal, "a");
    signals.add(one.signal, "b");
    one.abort("gone");
    assert.deepEqual(told, [["b", "gone"]]);
    assert.equal(one.added, 2);
  });
});
