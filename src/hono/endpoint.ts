/**
 * `@Endpoint`, in both decorator protocols.
 *
 * @module
 */
import { defineMetadata, getOwnMetadata } from "reflect-metadata/no-conflict";
import { decorationOf, nameOf } from "../decoration.ts";
import type { ItemMethod } from "../decorator/twin.ts";
import { checkEndpoint, type EndpointOptions } from "./options.ts";
import type { InputOf, OutputOf, Schema } from "./schema.ts";

/** Decorates a method that takes an `In` and returns a promise of an `Out`. */
export interface EndpointDecorator<In, Out> {
  /** By the protocol of the TC39 standard. */
  <This, M extends ItemMethod<This, In, Out>>(
    value: M,
    context: ClassMethodDecoratorContext<This, M>,
  ): void;
  /** By the protocol of `experimentalDecorators`. */
  <M extends ItemMethod<never, In, Out>>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
}

/**
 * Says how {@link endpoints} serves a batched method, at the method. It stands beside `@Batched`,
 * above or below, and is recorded with reflect-metadata.
 *
 * @param options See {@link EndpointOptions}.
 * @returns The decorator. The method must take what `input` makes, and return what `output` takes.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If an option is out of range.
 * @example
 * ```ts
 * import { Batched } from "@batched/batched";
 * import { Endpoint, endpoints } from "@batched/batched/hono";
 * import assert from "node:assert/strict";
 * import { z } from "zod";
 *
 * class Doubler {
 *   @Endpoint({ path: "/twice", input: z.number(), output: z.number() })
 *   @Batched({ handler: (xs) => xs.map((x) => 2 * x) })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * const app = endpoints(new Doubler());
 * const answer = await app.request("/twice", {
 *   method: "POST",
 *   headers: { "content-type": "application/json" },
 *   body: "21",
 * });
 * assert.equal(await answer.json(), 42);
 * ```
 */
export function Endpoint<const I extends Schema, const O extends Schema>(
  options: EndpointOptions<OutputOf<I>> & { input: I; output: O },
): EndpointDecorator<OutputOf<I>, InputOf<O>>;
/** Without `output` the result may be anything that JSON can say. */
export function Endpoint<const I extends Schema>(
  options: EndpointOptions<OutputOf<I>> & { input: I; output?: undefined },
): EndpointDecorator<OutputOf<I>, unknown>;
export function Endpoint(options: EndpointOptions): unknown {
  return (target: unknown, context: unknown, descriptor: unknown) => {
    const decoration = decorationOf(target, context, descriptor);
    if (decoration?.kind !== "method") {
      throw new TypeError("Cannot serve this: it is no method");
    }
    checkEndpoint(nameOf(decoration.name), options);
    defineMetadata(KEY, options, decoration.value as object);
  };
}

/** What `@Endpoint` said of a function, if it did. */
export function recordOf(value: unknown): EndpointOptions | undefined {
  return typeof value === "function" ? getOwnMetadata(KEY, value) : undefined;
}

/** The metadata key of what `@Endpoint` was given. */
const KEY = "batched:endpoint";
