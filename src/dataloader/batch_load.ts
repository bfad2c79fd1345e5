/**
 * A batch function as the handler of a batcher.
 *
 * @module
 */
import type { SettledAnswer } from "../answer.ts";
import { isObject, wrongReturn } from "../core/check.ts";
import { isError, isThenable } from "../outcome.ts";
import type { BatchLoadFn } from "./options.ts";

/** Calls the batch function, and remembers which errors were its answers. */
export class BatchLoad<K, V> {
  readonly #batchLoadFn: BatchLoadFn<K, V>;
  /** What the batch function is called on. */
  readonly #loader: unknown;
  /** The errors that stood in place of a value. */
  readonly #answers = new WeakSet<object>();

  /** Makes one that has not been called. */
  constructor(batchLoadFn: BatchLoadFn<K, V>, loader: unknown) {
    this.#batchLoadFn = batchLoadFn;
    this.#loader = loader;
  }

  /** Loads a batch. Whether its answer has the right length the batcher checks. */
  async run(keys: K[]): Promise<SettledAnswer<V>> {
    const answer = this.#promised(keys);
    let values: ArrayLike<V | Error>;
    try {
      values = await answer;
    } catch (error) {
      this.#answers.delete(error as object);
      throw error;
    }
    if (!isArrayLike(values)) return values;
    const outcomes = Array.isArray(values) ? values : Array.from(values);
    for (const outcome of outcomes) {
      if (isObject(outcome) && isError(outcome)) this.#answers.add(outcome);
    }
    return outcomes;
  }

  /** Whether this error was the answer for a key, and not the failure of a batch. */
  hasAnswered(error: unknown): boolean {
    return this.#answers.has(error as object);
  }

  /** Calls the batch function, which answers later or not at all. */
  #promised(keys: K[]): PromiseLike<ArrayLike<V | Error>> {
    let answer: PromiseLike<ArrayLike<V | Error>>;
    try {
      answer = this.#batchLoadFn.call(this.#loader, keys);
    } catch (cause) {
      throw new TypeError(
        'Cannot load: "batchLoadFn" must return a promise, and threw',
        { cause },
      );
    }
    if (isThenable(answer)) return answer;
    throw wrongReturn("load", "batchLoadFn", "a promise", answer);
  }
}

/** Whether this can be read like an array. A record may have a length too, of another kind: no element is its last one. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  if (Array.isArray(value)) return true;
  if (!isObject(value) || typeof value.length !== "number") return false;
  return value.length === 0 || Object.hasOwn(value, value.length - 1);
}
