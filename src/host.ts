/**
 * Where time and the event loop come from. The default host works in Deno, Bun,
 * Node and browsers; tests and edge workers bring their own.
 *
 * @module
 */
import { SteadyClock } from "./steady_clock.ts";

/** A timer that has not rung yet. */
export interface HostTimer {
  /** Makes sure that it never rings. */
  cancel(): void;
}

/**
 * What a batcher needs to know of the place where it runs.
 *
 * @example A host whose clock runs ten times as fast
 * ```ts
 * import { batched, defaultHost, type Host } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const fast: Host = {
 *   now: () => defaultHost.now() * 10,
 *   hop: (run) => defaultHost.hop(run),
 *   timer: (run, ms) => defaultHost.timer(run, ms / 10),
 *   neutral: (run) => defaultHost.neutral(run),
 * };
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x), { host: fast });
 * assert.equal(await double(21), 42);
 * ```
 */
export interface Host {
  /** The time in ms; it never runs backwards. */
  now(): number;
  /** Runs once, at the end of this turn of the event loop. */
  hop(run: () => void): void;
  /** Runs once, `ms` from now, unless cancelled. Keeps the process alive. */
  timer(run: () => void, ms: number): HostTimer;
  /** Runs at once, in nobody's async context, and returns what `run` does. */
  neutral<T>(run: () => T): T;
  /**
   * For hosts whose timers die with the request that set them: called for each
   * call, and each wait for room, from within its own context. The host calls `look` at the end of the turn
   * and again now and then until the function that it returned is called.
   */
  join?(look: () => void): () => void;
  /** Keeps the batch alive after its first caller has left. */
  hold?(batch: Promise<unknown>): void;
}

/** Part of `node:async_hooks`, as far as it is used here. */
interface AsyncStorage<T> {
  getStore(): T | undefined;
  run<R>(store: T, run: () => R): R;
}

interface AsyncStorageClass {
  new <T>(): AsyncStorage<T>;
  snapshot(): <R>(run: () => R) => R;
}

/** The runtime's AsyncLocalStorage; `undefined` in browsers. */
export const asyncStorageClass: AsyncStorageClass | undefined = (globalThis as {
  process?: {
    getBuiltinModule?(name: string): { AsyncLocalStorage: AsyncStorageClass };
  };
}).process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;

/** What timers are on the global object; looked up at each use, for fake clocks. */
interface Timers {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
  setImmediate?(run: () => void): unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

const timers = globalThis as unknown as Timers;

/** A longer timer would ring at once, in ms. */
export const LONGEST_MS: number = 2 ** 31 - 1;

/** The host of Deno, Bun, Node and browsers. */
class DefaultHost implements Host {
  readonly #clock = new SteadyClock(() => performance.now());

  now(): number {
    return this.#clock.now();
  }

  hop(run: () => void): void {
    if (timers.setImmediate) timers.setImmediate(run);
    else if (timers.MessageChannel) hopByMessage(run);
    // Workers of before 2025 have neither.
    else timers.setTimeout(run, 0);
  }

  timer(run: () => void, ms: number): HostTimer {
    const delayMs = Math.min(Math.max(ms, 0), LONGEST_MS);
    const due = this.now() + delayMs;
    const id = timers.setTimeout(() => {
      this.#clock.reach(due);
      run();
    }, delayMs);
    return { cancel: () => timers.clearTimeout(id) };
  }

  readonly neutral: <T>(run: () => T) => T = asyncStorageClass?.snapshot() ??
    ((run) => run());
}

/** Browsers have no `setImmediate`; a message to oneself is the next best. */
function hopByMessage(run: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    run();
  };
  port2.postMessage(null);
}

/** The host of Deno, Bun, Node and browsers, where no other is given. */
export const defaultHost: Host = new DefaultHost();
