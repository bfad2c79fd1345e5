/**
 * A decorated method, and the batchers of the objects that it was called on.
 *
 * @module
 */
import { Batcher } from "../batcher.ts";
import type { CallOptions } from "../call_options.ts";
import { isReference } from "../core/check.ts";
import { type Decoration, nameOf } from "../decoration.ts";
import type { BatcherOptions } from "../options.ts";
import type { BatchedParts } from "./options.ts";
import { type AnyHandler, type ItemMethod, twinOf } from "./twin.ts";

/** What `@Batched` was given. */
export type MethodOptions = BatchedParts<string | AnyHandler>;

/** Calls travel through it as `unknown`: the decorator's types know better. */
type AnyBatcher = Batcher<unknown, unknown>;

/**
 *     object.predict(item) ─▶ run ─▶ the object's batcher ─┬─▶ twin, on the object
 *                                                          └─▶ body, for a batch of one
 */
export class Method {
  /** As messages and batchers call it. */
  readonly name: string;
  /** What `@Batched` was given. */
  readonly options: MethodOptions["given"];
  /** What `@Batched` was put on. */
  readonly body: ItemMethod;
  /** The handler for the batches of an object. Throws where it is missing there. */
  readonly #handlerOn: (object: object) => AnyHandler;
  readonly #batcherOptions: BatcherOptions<unknown>;
  /** Held weakly, and their objects with them: each refers to the other alone. */
  readonly #batchers = new WeakMap<object, AnyBatcher>();

  /**
   * Makes one that was not called yet.
   *
   * @throws {TypeError} If it can have no twin.
   */
  constructor({ name, value }: Decoration, options: MethodOptions) {
    const { given, batcher, handler } = options;
    this.name = nameOf(name);
    this.options = given;
    this.body = value as ItemMethod;
    this.#handlerOn = typeof handler === "function"
      ? () => handler
      : twinOf(name, handler);
    this.#batcherOptions = {
      name: this.name,
      ...batcher as BatcherOptions<unknown>,
    };
  }

  /** Makes a call on an object; what is wrong with it rejects. */
  run(object: object, item: unknown, call?: CallOptions): Promise<unknown> {
    const batcher = this.#batchers.get(object);
    return batcher === undefined
      ? this.#runFirst(object, item, call)
      : batcher.run(item, call);
  }

  /** The batcher of an object, if there is one yet. */
  madeFor(object: object): AnyBatcher | undefined {
    return this.#batchers.get(object);
  }

  /** The batcher of an object, made if there is none yet. */
  makeFor(object: object): AnyBatcher {
    const made = this.#batchers.get(object);
    if (made !== undefined) return made;
    const batcher = new Batcher<unknown, unknown>(
      // Looked up at each batch: subclasses and tests may replace the twin.
      (items, batch) =>
        this.#handlerOn(object).call(object, items as never[], batch),
      this.#batcherOptions,
      (item, call) => this.body.call(object, item, call),
    );
    this.#batchers.set(object, batcher);
    return batcher;
  }

  /**
   * Sees whether it could run on an object.
   *
   * @throws {TypeError} If its twin is missing there.
   */
  check(object: object): void {
    this.#handlerOn(object);
  }

  #runFirst(
    object: unknown,
    item: unknown,
    call: CallOptions | undefined,
  ): Promise<unknown> {
    try {
      if (!isReference(object)) {
        throw new TypeError(
          `Cannot call ${this.name}(): it was taken off its object, call it on the object or bind it`,
        );
      }
      this.check(object);
      return this.makeFor(object).run(item, call);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

/** One key for all copies of this module that a program may hold. */
const RECORD = Symbol.for("@batched/batched:method");

/** Makes the function that stands in place of the method, and carries its record. */
export function functionOf(method: Method, { value }: Decoration): object {
  // A method, as what it stands for is one: no constructor, no prototype.
  const { run } = {
    run(this: object, item: unknown, call?: CallOptions): Promise<unknown> {
      return method.run(this, item, call);
    },
  };
  const { length } = value as ItemMethod;
  return Object.defineProperties(run, {
    name: { value: method.name, configurable: true },
    length: { value: length, configurable: true },
    [RECORD]: { value: method },
  });
}

/** The method that a function stands for, if it does. It is not asked: some, such as mocks, have an answer to all. */
export function methodOf(value: unknown): Method | undefined {
  if (typeof value !== "function") return undefined;
  return Object.getOwnPropertyDescriptor(value, RECORD)?.value;
}
