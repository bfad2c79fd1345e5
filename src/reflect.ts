/**
 * The bridge to `reflect-metadata`. Importing it publishes the record of every method that
 * `@Batched` decorates from then on: import it first, as one does with `reflect-metadata`.
 * It patches nothing, and shares its registry with the other entries of that package.
 *
 * @example
 * ```ts
 * import "@batched/batched/reflect";
 * import { Batched } from "@batched/batched";
 * import { getMetadata } from "reflect-metadata/no-conflict";
 * import assert from "node:assert/strict";
 *
 * class Doubler {
 *   @Batched({ size: 8, handler: (xs) => xs.map((x) => 2 * x) })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * const record = getMetadata("batched:options", Doubler.prototype.double);
 * assert.equal(record.size, 8);
 * ```
 *
 * @module
 */
import { defineMetadata } from "reflect-metadata/no-conflict";
import { onDecorated } from "./decorator/announce.ts";
import { methodOf } from "./decorator/method.ts";
import { type BatchedMethod, batchedMethods } from "./decorator/registry.ts";

/** The metadata key of what `@Batched` was given, {@link BatchedMethod.options}. */
export const OPTIONS_KEY = "batched:options";

onDecorated(({ fn, target, name }) => {
  const { options } = methodOf(fn)!;
  defineMetadata(OPTIONS_KEY, options, fn);
  if (target) defineMetadata(OPTIONS_KEY, options, target, name);
});

/**
 * Publishes the batched methods of a class under their names as well, and those that were
 * decorated before this entry was imported. Only the standard protocol needs it: its
 * decorators do not learn on which class they stand.
 *
 * @param aClass The class; what it inherits is published too.
 * @returns The methods that were published.
 * @throws {TypeError} If it is no class.
 * @example
 * ```ts
 * import { publish } from "@batched/batched/reflect";
 * import { Batched } from "@batched/batched";
 * import { getMetadata } from "reflect-metadata/no-conflict";
 * import assert from "node:assert/strict";
 *
 * class Doubler {
 *   @Batched({ size: 8, handler: (xs) => xs.map((x) => 2 * x) })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * publish(Doubler);
 * assert.equal(getMetadata("batched:options", Doubler.prototype, "double").size, 8);
 * assert.equal(getMetadata("batched:options", new Doubler(), "double").size, 8);
 * ```
 */
export function publish(
  aClass: abstract new (...args: never[]) => object,
): BatchedMethod[] {
  if (typeof aClass !== "function") {
    throw new TypeError(
      `Cannot publish: wanted a class, got ${
        (aClass as unknown) === null ? "null" : typeof aClass
      }`,
    );
  }
  const methods = batchedMethods(aClass);
  for (const { name, isStatic, options } of methods) {
    const place: object = isStatic ? aClass : aClass.prototype;
    defineMetadata(OPTIONS_KEY, options, place, name);
    defineMetadata(OPTIONS_KEY, options, Reflect.get(place, name));
  }
  return methods;
}
