/**
 * What the compiler knows of endpoints: whether they fit their methods, and what Hono's
 * client may send and gets.
 *
 * @module
 */
import type { AddParam } from "hono/types";
import type { StatusCode } from "hono/utils/http-status";
import type { JSONParsed } from "hono/utils/types";
import type { BulkEntry } from "./bulk_answer.ts";
import type { Bytes } from "./bytes.ts";
import type { EndpointOptions } from "./options.ts";
import type { InputOf, OutputOf, Schema } from "./schema.ts";

/** How methods of `T` may be served, by their names. */
export type RoutesOf<T> = {
  readonly [K in MethodsOf<T>]?: EndpointOptions<ItemOf<T[K]>>;
};

/** `unknown` for each route that fits; a type that says what is wrong for others. */
export type CheckedRoutes<T, R> = {
  readonly [K in keyof R]: K extends MethodsOf<T>
    ? R[K] extends { output: infer O extends Schema }
      ? [ResultOf<T[K]>] extends [InputOf<O>] ? unknown
      : Cannot<K, "its output must take what the method returns">
    : unknown
    : Cannot<K, "there is no such method of one item">;
};

/** What Hono's client is told of an app. */
export type ServedSchema<T, R> =
  & {
    [K in ServedNames<T, R> as PathOf<K, R[K]>]: {
      $post: {
        input: AddParam<BodyOf<R[K], InputOfRoute<R[K]>>, PathOf<K, R[K]>>;
        output: JSONParsed<AnswerOf<T, K, R[K]>>;
        outputFormat: R[K] extends { output: Bytes } ? "body" : "json";
        status: StatusCode;
      };
    };
  }
  & {
    [K in ServedNames<T, R> as BulkPathOf<K, R[K]>]: {
      $post: {
        input: AddParam<
          { json: BulkInputOf<R[K]>[] },
          BulkPathOf<K, R[K]>
        >;
        output: BulkEntry<BulkOutputOf<T, K, R[K]>>[];
        outputFormat: "json";
        status: StatusCode;
      };
    };
  };

/**
 * A type that nothing fits; the compiler says that its only key is missing.
 *
 * @internal
 */
export type Cannot<K, Why extends string> = {
  [Words in `Cannot serve ${K & string}(): ${Why}`]: never;
};

/**
 * Methods of one item that return a promise.
 *
 * @internal
 */
export type MethodsOf<T> = {
  [K in keyof T]: T[K] extends
    (item: never, ...call: never[]) => Promise<unknown> ? K
    : never;
}[keyof T];

/**
 * What a method takes.
 *
 * @internal
 */
export type ItemOf<M> = M extends (item: infer In, ...call: never[]) => unknown
  ? In
  : never;

/**
 * What a method promises.
 *
 * @internal
 */
export type ResultOf<M> = M extends (...call: never[]) => Promise<infer Out>
  ? Out
  : never;

/**
 * Methods that are named by routes.
 *
 * @internal
 */
export type ServedNames<T, R> = MethodsOf<T> & keyof R & string;

/**
 * Where one item is taken.
 *
 * @internal
 */
export type PathOf<K extends string, R> = R extends
  { path: infer P extends `/${string}` } ? P : `/${K}`;

/**
 * Where many items are taken.
 *
 * @internal
 */
export type BulkPathOf<K extends string, R> = R extends { bulk: false } ? never
  : PathOf<K, R> extends "/" ? "/bulk"
  : `${PathOf<K, R>}/bulk`;

/**
 * What is sent for one item. Bytes go beside what the client types: `$post({}, { init: { body, headers } })`.
 *
 * @internal
 */
// deno-lint-ignore ban-types -- Hono's word for no input
export type BodyOf<R, In> = R extends { input: Bytes } ? {} : { json: In };

/**
 * What the schema of a route takes.
 *
 * @internal
 */
export type InputOfRoute<R> = R extends { input: infer I extends Schema }
  ? InputOf<I>
  : never;

/**
 * What is answered for one item, before JSON.
 *
 * @internal
 */
export type AnswerOf<T, K extends keyof T, R> = R extends
  { output: infer O extends Schema } ? OutputOf<O> : ResultOf<T[K]>;

/**
 * What is sent for each item of many.
 *
 * @internal
 */
export type BulkInputOf<R> = R extends { input: Bytes } ? string
  : InputOfRoute<R>;

/**
 * What is answered for each item of many.
 *
 * @internal
 */
export type BulkOutputOf<T, K extends keyof T, R> = R extends { output: Bytes }
  ? string
  : OrNull<AnswerOf<T, K, R>>;

/**
 * A result among others, in JSON: that of nothing is null there.
 *
 * @internal
 */
export type OrNull<Out> =
  | JSONParsed<Exclude<Out, void>>
  | (undefined extends Out ? null : never);
