/**
 * What is known of objects with batched methods, and their batchers.
 *
 * @module
 */
import type { Batcher } from "../batcher.ts";
import type { Handler } from "../attempt.ts";
import { isReference } from "../core/check.ts";
import { keyOf } from "../decoration.ts";
import {
  type Found,
  inventory,
  methodsOf,
  visibleMethodsOf,
} from "./lookup.ts";
import type { BatchedOptions } from "./options.ts";

/** The batcher of a method of type `M`. */
export type BatcherOf<M> = M extends (
  item: infer In,
  ...call: never[]
) => Promise<infer Out> ? Batcher<In, Out>
  : never;

/** A batched method, as {@link batchedMethods} describes it. */
export interface BatchedMethod {
  /** The key that it is called by. */
  readonly name: string | symbol;
  /** Whether it is a method of the class itself. */
  readonly isStatic: boolean;
  /** What `@Batched` was given. */
  readonly options: Readonly<
    BatchedOptions<never, string | Handler<never, unknown>>
  >;
}

/**
 * Returns the batcher of a batched method, which is made if there is none yet.
 *
 * @param object The object that the method is called on: an instance, or a class for its
 * static methods. A proxy and its target are two objects.
 * @param method The name of the method. `@Batched` must be the outermost of its decorators, but
 * for those that only mark it.
 * @returns The batcher of this method of this object.
 * @throws {TypeError} If the object has no batched method of that name.
 * @example
 * ```ts
 * import { Batched, batcherOf } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * class Doubler {
 *   @Batched({ size: 2 })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 *   doubleBatch(xs: number[]): number[] {
 *     return xs.map((x) => 2 * x);
 *   }
 * }
 *
 * const doubler = new Doubler();
 * await Promise.all([doubler.double(1), doubler.double(2), doubler.double(3)]);
 * assert.equal(batcherOf(doubler, "double").stats().batches, 2);
 * ```
 */
export function batcherOf<T extends object, const K extends keyof T>(
  object: T,
  method: K,
): BatcherOf<T[K]> {
  demandObject(object, "find the batcher");
  const wanted = keyOf(method);
  const found = visibleMethodsOf(object).find(({ key }) => key === wanted);
  if (found === undefined) {
    throw new TypeError(
      `Cannot find the batcher: no batched method "${String(wanted)}" here, ${
        inventory(object)
      }`,
    );
  }
  found.method.check(object);
  return found.method.makeFor(object) as unknown as BatcherOf<T[K]>;
}

/**
 * Lists the batchers of an object: of all its batched methods, and of overridden ones that
 * were called by `super`. Private methods (`#name`) cannot be found from outside. Their types
 * are `any`, as each batcher has its own: {@link batcherOf} knows them.
 *
 * @param object An instance, or a class for its static methods.
 * @returns The batchers, those of the object's own class first.
 * @throws {TypeError} If it is no object.
 * @example
 * ```ts
 * import { Batched, batchersOf } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * class Doubler {
 *   @Batched({ handler: (xs) => xs.map((x) => 2 * x) })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * assert.deepEqual(batchersOf(new Doubler()).map(({ name }) => name), ["double"]);
 * ```
 */
// deno-lint-ignore no-explicit-any
export function batchersOf(object: object): Batcher<any, any>[] {
  demandObject(object, "list the batchers");
  const batchers = methodsOf(object)
    .map(({ method, isVisible }) =>
      isVisible ? method.makeFor(object) : method.madeFor(object)
    )
    .filter((batcher) => batcher !== undefined);
  // A method may be found twice: some mocks leave it on the object as well.
  return [...new Set(batchers)];
}

/**
 * Closes all batched methods of objects, those that were never called as well. All that was
 * accepted is answered; later calls reject with a {@link ClosedError}. Where the batches of
 * one object call another one, close the first before the second.
 *
 * @param objects Instances, or classes for their static methods.
 * @returns A promise that resolves when all of them are closed. To wait no longer than some
 * time, close their batchers ({@link batchersOf}) with `timeoutMs`.
 * @throws {TypeError} If one is no object, or has no batched methods; then none is closed.
 * @example
 * ```ts
 * import { Batched, closeAll, ClosedError } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * class Doubler {
 *   @Batched({ maxWaitMs: 60_000, handler: (xs) => xs.map((x) => 2 * x) })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * const doubler = new Doubler();
 * const answer = doubler.double(21);
 * await closeAll(doubler);
 * assert.equal(await answer, 42);
 * await assert.rejects(doubler.double(22), ClosedError);
 * ```
 */
export async function closeAll(...objects: object[]): Promise<void> {
  for (const object of objects) {
    demandObject(object, "close");
    if (methodsOf(object).length === 0) {
      throw wanted("close", inventory(object));
    }
  }
  await Promise.all(objects.map(closeMethods));
}

/**
 * Describes the batched methods of an object or class.
 *
 * @param objectOrClass An instance, which has methods of its own only; or a class, which
 * has those of its instances and static ones.
 * @returns A description of each. Overridden methods count only where the override is batched.
 * @throws {TypeError} If it is no object.
 * @example
 * ```ts
 * import { Batched, batchedMethods } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * class Doubler {
 *   @Batched({ size: 8, handler: (xs) => xs.map((x) => 2 * x) })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * const [method] = batchedMethods(Doubler);
 * assert.equal(method?.name, "double");
 * assert.equal(method?.options.size, 8);
 * ```
 */
export function batchedMethods(objectOrClass: object): BatchedMethod[] {
  demandObject(objectOrClass, "list the methods");
  const isClass = typeof objectOrClass === "function";
  return [
    ...isClass ? described(objectOrClass.prototype, false) : [],
    ...described(objectOrClass, isClass),
  ];
}

function described(
  object: object | undefined,
  isStatic: boolean,
): BatchedMethod[] {
  return visibleMethodsOf(object).map(({ key, method: { options } }) => ({
    name: key,
    isStatic,
    options,
  }));
}

/** Overridden methods last, from the nearest on: what overrides them may still call them. To close twice is the same. */
async function closeMethods(object: object): Promise<void> {
  const all = methodsOf(object);
  const close = ({ method }: Found) => method.makeFor(object).close();
  await Promise.all(all.filter(({ isNearest }) => isNearest).map(close));
  for (const found of all) await close(found);
}

function demandObject(value: unknown, action: string): void {
  if (isReference(value)) return;
  throw wanted(action, `got ${value === null ? "null" : typeof value}`);
}

function wanted(action: string, came: string): TypeError {
  return new TypeError(
    `Cannot ${action}: wanted an object with batched methods, ${came}`,
  );
}
