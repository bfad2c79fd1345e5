/**
 * What handlers answer, and what has to become of each call then.
 *
 * @module
 */
import { done, failed } from "../../mod.ts";

/** What has to become of a call. */
export type Fate =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown }
  | {
    readonly kind: "misfit";
    readonly expected: number;
    readonly received: number | undefined;
  }
  | { readonly kind: "timeout"; readonly batchTimeoutMs: number };

/** What a handler may answer as a whole. */
export const WAYS = [
  "values",
  "mixed",
  "reject",
  "short",
  "long",
  "nothing",
  "null",
  "map",
  "done",
  "failed",
  "error",
  "stream",
] as const;

/** How a handler answers. */
export type Way = typeof WAYS[number];

/** An outcome that is still a promise, or comes in a stream. */
export interface Held {
  /** Which call of the batch it belongs to. */
  readonly index: number;
  /** Gives the outcome of that kind. */
  settle(kind: number): Fate;
}

/** What a handler answers. */
export interface Answer {
  readonly answer: unknown;
  /** Whether it throws that instead. */
  readonly isThrown: boolean;
  /** What has to become of each call; `undefined` where its outcome is held. */
  readonly fates: (Fate | undefined)[];
  readonly held: Held[];
  /** The calls that a stream leaves out, by their index; only where the answer is a stream. */
  readonly leftOut?: readonly number[];
}

interface Said {
  readonly outcome: unknown;
  readonly fate: Fate;
}

/** How many kinds of outcomes there are. */
export const KINDS = 13;

/** An outcome for a call with this id. */
function said(id: number, kind: number): Said {
  const value = `result of ${id}`;
  const error = new Error(`error of ${id}`);
  const object = { result: id };
  switch (kind) {
    case 1:
      return { outcome: object, fate: { kind: "value", value: object } };
    case 2:
      return { outcome: error, fate: { kind: "error", error } };
    case 3:
      return { outcome: failed(value), fate: { kind: "error", error: value } };
    case 4:
      return { outcome: done(error), fate: { kind: "value", value: error } };
    case 5:
      return { outcome: done(id), fate: { kind: "value", value: id } };
    case 6:
      return { outcome: undefined, fate: { kind: "value", value: undefined } };
    case 7:
      return { outcome: null, fate: { kind: "value", value: null } };
    case 8: {
      const fn = () => id;
      return { outcome: fn, fate: { kind: "value", value: fn } };
    }
    case 9: {
      const outcome = Promise.resolve(value);
      return { outcome, fate: { kind: "value", value } };
    }
    case 10: {
      const outcome = Promise.resolve(error);
      return { outcome, fate: { kind: "error", error } };
    }
    case 11: {
      const outcome = Promise.reject(error);
      return { outcome, fate: { kind: "error", error } };
    }
    default:
      return { outcome: value, fate: { kind: "value", value } };
  }
}

/** The last kind: a promise that the script settles later. */
function held(id: number, index: number): Held & { promise: unknown } {
  let resolve!: (outcome: unknown) => void;
  const promise = new Promise((done) => resolve = done);
  return {
    index,
    promise,
    settle(kind) {
      const { outcome, fate } = said(id, kind % (KINDS - 1));
      resolve(outcome);
      return fate;
    },
  };
}

/** Makes what a handler of a batch of one answers: it throws, or answers one outcome that is there. */
export function singleAnswerFor(id: number, way: Way, kind: number): Answer {
  if (way === "reject") return answerFor([id], way, []);
  const { outcome, fate } = said(id, way === "values" ? 0 : kind % 9);
  return { answer: outcome, isThrown: false, fates: [fate], held: [] };
}

/**
 * Makes the answer for calls with these ids. `kinds` says what the outcomes are, over and over
 * again, where they may differ.
 */
export function answerFor(
  ids: readonly number[],
  way: Way,
  kinds: readonly number[],
): Answer {
  if (way === "values" || way === "mixed") return outcomes(ids, way, kinds);
  if (way === "stream") return stream(ids, kinds);
  const expected = ids.length;
  const all = (answer: unknown, fate: Fate, isThrown = false): Answer => {
    return { answer, isThrown, fates: ids.map(() => fate), held: [] };
  };
  const misfit = (received?: number): Fate => {
    return { kind: "misfit", expected, received };
  };
  const first = ids[0]!;
  const error = new Error(`all of the batch of ${first}`);
  switch (way) {
    case "short":
      return all(ids.slice(1), misfit(expected - 1));
    case "long":
      return all(
        [...ids, Promise.reject(new Error("of nobody"))],
        misfit(expected + 1),
      );
    case "nothing":
      return all(undefined, misfit());
    case "null":
      return all(null, misfit());
    case "map":
      return all(new Map([[first, first]]), misfit());
    case "done":
      return all(done(first), { kind: "value", value: first });
    case "failed":
      return all(failed(first), { kind: "error", error: first });
    case "error":
      return all(error, { kind: "error", error });
    default:
      return all(error, { kind: "error", error }, true);
  }
}

function outcomes(
  ids: readonly number[],
  way: Way,
  kinds: readonly number[],
): Answer {
  const answer: unknown[] = [];
  const fates: (Fate | undefined)[] = [];
  const open: Held[] = [];
  ids.forEach((id, index) => {
    const kind = way === "values" ? 0 : kinds[index % kinds.length] ?? 0;
    if (kind === KINDS - 1) {
      const { promise, ...rest } = held(id, index);
      open.push(rest);
      answer.push(promise);
      fates.push(undefined);
    } else {
      const { outcome, fate } = said(id, kind);
      answer.push(outcome);
      fates.push(fate);
    }
  });
  return { answer, isThrown: false, fates, held: open };
}

/** Pairs of an index and an outcome, each of which comes when the script says so. */
function stream(ids: readonly number[], kinds: readonly number[]): Answer {
  const pairs = new Pairs();
  const kindOf = (index: number) => kinds[index % kinds.length] ?? 0;
  const indexes = [...ids.keys()];
  const leftOut = indexes.filter((index) => kindOf(index) === KINDS - 1);
  const told = indexes.filter((index) => !leftOut.includes(index));
  let open = told.length;
  const held = told.map((index): Held => ({
    index,
    settle(kind) {
      const { outcome, fate } = said(ids[index]!, kind % (KINDS - 1));
      pairs.push([index, outcome]);
      if (--open === 0) pairs.end();
      return fate;
    },
  }));
  if (open === 0) pairs.end();
  const { length: expected } = ids;
  const misfit: Fate = { kind: "misfit", expected, received: told.length };
  const fates = indexes.map(() => open === 0 ? misfit : undefined);
  if (kindOf(0) % 2 === 1) held.reverse();
  return { answer: pairs, isThrown: false, fates, held, leftOut };
}

/** A stream that is fed from outside. */
class Pairs implements AsyncIterableIterator<unknown> {
  readonly #pairs: [index: number, outcome: unknown][] = [];
  #isEnded = false;
  #isReturned = false;
  #wake = () => {};

  push(pair: [index: number, outcome: unknown]): void {
    this.#pairs.push(pair);
    if (this.#isReturned) this.#drop();
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async next(): Promise<IteratorResult<unknown>> {
    while (this.#pairs.length === 0) {
      if (this.#isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return { done: false, value: this.#pairs.shift() };
  }

  return(): Promise<IteratorResult<unknown>> {
    this.#isReturned = true;
    this.#drop();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What nobody reads any more is nobody's to answer for. */
  #drop(): void {
    for (const [, outcome] of this.#pairs.splice(0)) {
      Promise.resolve(outcome).catch(() => {});
    }
  }
}
