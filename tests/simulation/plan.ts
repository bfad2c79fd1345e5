/**
 * What a handler does when it is called.
 *
 * @module
 */
import type { Way } from "./answers.ts";
import type { SimBatch, Wish } from "./caller.ts";
import type { World } from "./world.ts";

/** What a handler does before it returns, as plain data. */
export type Act =
  | { readonly does: "call"; readonly wish: Wish; readonly calls: number }
  | { readonly does: "call from outside"; readonly wish: Wish }
  | { readonly does: "flush" }
  | { readonly does: "close"; readonly timeoutMs: number }
  | { readonly does: "abort"; readonly signal: number }
  | { readonly does: "wait for room"; readonly wish: Wish };

/** What a handler does, as plain data. */
export interface Plan {
  readonly acts: readonly Act[];
  /** How long it blocks the thread, in ms. */
  readonly workMs: number;
  /** How it answers; "held" when the script answers later. */
  readonly way: Way | "held";
  readonly kinds: readonly number[];
  /** Whether it answers only when all that it has done has ended. */
  readonly isAsync: boolean;
  /** Whether it changes the array that it was given. */
  readonly isScrambling: boolean;
}

/** Does what handlers do from inside a batch. */
export function perform(
  world: World,
  batch: SimBatch,
  act: Act,
): Promise<unknown> | void {
  switch (act.does) {
    case "call": {
      const { wish, calls } = act;
      const answers = Array.from(
        { length: calls },
        () => world.call(wish, batch),
      );
      return Promise.all(answers);
    }
    case "call from outside":
      world.call(act.wish);
      return;
    case "flush":
      return world.flush(batch);
    case "close":
      return world.close(act.timeoutMs, batch);
    case "abort":
      return world.abort(act.signal);
    case "wait for room":
      return world.ready(undefined, act.wish, batch);
  }
}
