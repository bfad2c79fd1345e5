/**
 * Stand-in for `@std/testing/mock`: functions that remember their calls.
 *
 * @module
 */

// Callers may leave types open, as with the original.
// deno-lint-ignore-file no-explicit-any

import assert, { AssertionError } from "node:assert/strict";

/** A mock was used in a way that makes no sense. */
export class MockError extends Error {
  override name = "MockError";
}

/** One call of a spy. */
export interface SpyCall<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> {
  args: Args;
  returned?: Return;
  error?: Error;
  self?: Self;
}

/** A function that remembers its calls. */
export interface Spy<Self = any, Args extends unknown[] = any[], Return = any> {
  (this: Self, ...args: Args): Return;
  original: (this: Self, ...args: Args) => Return;
  calls: SpyCall<Self, Args, Return>[];
  restored: boolean;
  restore(): void;
}

/** A spy in the place of a method. */
export interface MethodSpy<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> extends Spy<Self, Args, Return>, Disposable {}

/** A spy in the place of a method, which runs another function instead. */
export interface Stub<Self = any, Args extends unknown[] = any[], Return = any>
  extends MethodSpy<Self, Args, Return> {
  fake: (this: Self, ...args: Args) => Return;
}

type Run = (this: any, ...args: any[]) => any;
type ArgsOf<Self, K extends keyof Self> = Self[K] extends
  (...args: infer Args) => unknown ? Args : unknown[];
type ReturnOf<Self, K extends keyof Self> = Self[K] extends
  (...args: any[]) => infer Return ? Return : unknown;

/** What `restore()` gives back: one set for each open session. */
const sessions: Set<MethodSpy>[] = [];

/** A function that remembers its calls, around `func` or a method of `self`. */
export function spy<
  Self = any,
  Args extends unknown[] = any[],
  Return = undefined,
>(): Spy<
  Self,
  Args,
  Return
>;
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
export function spy<Self, K extends keyof Self>(
  self: Self,
  property: K,
): MethodSpy<Self, ArgsOf<Self, K>, ReturnOf<Self, K>>;
export function spy(target?: any, property?: PropertyKey): Spy {
  if (property !== undefined) {
    if (typeof target[property] !== "function") {
      throw new MockError("Cannot spy: the property is no method");
    }
    return replace(target, property, target[property]);
  }
  const original: Run = target ?? (() => {});
  return Object.assign(recorder(original), {
    original,
    restored: false,
    restore: () => {
      throw new MockError(
        "Cannot restore: a function has no place to go back to",
      );
    },
  });
}

/** Puts `func` in the place of a method; without one, nothing is done. */
export function stub<Self, K extends keyof Self>(
  self: Self,
  property: K,
  func?: (this: Self, ...args: ArgsOf<Self, K>) => ReturnOf<Self, K>,
): Stub<Self, ArgsOf<Self, K>, ReturnOf<Self, K>> {
  const value = self[property];
  if (value !== undefined && typeof value !== "function") {
    throw new MockError("Cannot stub: the property is no method");
  }
  const fake: Run = func ?? (() => {});
  const mock: Stub = Object.assign(replace(self, property, fake), { fake });
  return mock as Stub<Self, ArgsOf<Self, K>, ReturnOf<Self, K>>;
}

/** Opens a session; `restore(id)` restores what was mocked since. */
export function mockSession(): number {
  return sessions.push(new Set()) - 1;
}

/** Restores what was mocked since the session `id`, by default the last one. */
export function restore(id: number = Math.max(sessions.length, 1) - 1): void {
  for (const session of sessions.splice(id).reverse()) {
    for (const mock of session) mock.restore();
  }
}

/** Fails unless the spy was called so often. */
export function assertSpyCalls(spy: Spy, expectedCalls: number): void {
  const { length } = spy.calls;
  if (length === expectedCalls) return;
  fail(`Spy was called ${length} times, ${expectedCalls} were expected`);
}

/** Fails unless that call was as expected. */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  expected: {
    args?: [...Args, ...unknown[]];
    self?: Self;
    returned?: Return;
    error?: { Class?: new (...args: any[]) => Error; msgIncludes?: string };
  } = {},
): void {
  const call = spy.calls[callIndex];
  if (!call) fail(`Spy was called ${spy.calls.length} times, not more`);
  if (expected.args) assert.deepEqual(call.args, expected.args);
  if ("self" in expected) assert.deepEqual(call.self, expected.self);
  if ("returned" in expected) {
    if ("error" in expected) {
      throw new TypeError("Expect a value or an error, not both");
    }
    if (call.error) fail("Spy call threw where a value was expected");
    assert.deepEqual(call.returned, expected.returned);
  }
  if (!("error" in expected)) return;
  const { Class = Error, msgIncludes = "" } = expected.error ?? {};
  assert.ok(call.error instanceof Class, "Spy call threw no such error");
  assert.ok(
    call.error.message.includes(msgIncludes),
    "Spy call threw another message",
  );
}

/** A function that returns, or throws where it is an Error, the next value. */
export function returnsNext<Return, Self = any, Args extends unknown[] = any[]>(
  values: Iterable<Return | Error>,
): (this: Self, ...args: Args) => Return {
  const iterator = values[Symbol.iterator]();
  return () => outcome(iterator.next());
}

/** The same with promises. */
export function resolvesNext<
  Return,
  Self = any,
  Args extends unknown[] = any[],
>(
  values:
    | Iterable<Return | Error | Promise<Return | Error>>
    | AsyncIterable<Return | Error | Promise<Return | Error>>,
): (this: Self, ...args: Args) => Promise<Return> {
  const iterator = (async function* () {
    yield* values;
  })();
  return async () => outcome(await iterator.next());
}

function outcome<Return>(
  step: IteratorResult<Return | Error, unknown>,
): Return {
  if (step.done) throw new MockError("Cannot answer: no value is left");
  if (step.value instanceof Error) throw step.value;
  return step.value;
}

function recorder(run: Run): Run & { calls: SpyCall[] } {
  const calls: SpyCall[] = [];
  const record = function (this: unknown, ...args: unknown[]): unknown {
    const call: SpyCall = { args };
    if (this) call.self = this;
    try {
      return call.returned = run.apply(this, args);
    } catch (error) {
      call.error = error as Error;
      throw error;
    } finally {
      calls.push(call);
    }
  };
  return Object.assign(record, { calls });
}

function replace(self: any, property: PropertyKey, run: Run): MethodSpy {
  const before = Object.getOwnPropertyDescriptor(self, property);
  if (Array.isArray(self[property]?.calls) || before?.configurable === false) {
    throw new MockError("Cannot mock: the method is a mock already, or fixed");
  }
  const mock: MethodSpy = Object.assign(recorder(run), {
    original: self[property],
    restored: false,
    restore: () => {
      if (mock.restored) throw new MockError("Cannot restore: that was done");
      if (before) Object.defineProperty(self, property, before);
      else delete self[property];
      mock.restored = true;
      for (const session of sessions) session.delete(mock);
    },
    [Symbol.dispose]: () => mock.restore(),
  });
  Object.defineProperty(self, property, {
    configurable: true,
    enumerable: before?.enumerable ?? false,
    writable: before?.writable ?? false,
    value: mock,
  });
  if (sessions.length === 0) mockSession();
  sessions.at(-1)?.add(mock);
  return mock;
}

function fail(message: string): never {
  throw new AssertionError({ message });
}
