/**
 * The twin of a method: the handler that stands beside it. What is wrong with it is
 * said by the compiler and, in the same words, at the first call.
 *
 * @module
 */
import type { BatchAnswer } from "../answer.ts";
import type { BatchContext } from "../batch_context.ts";
import type { CallOptions } from "../call_options.ts";
import { nameOf } from "../decoration.ts";
import type { Handler } from "../attempt.ts";

/**
 * A method that can be decorated. `any`, as the compiler's own bound of decorated
 * methods has it: the checks below look closer.
 *
 * @internal
 */
// deno-lint-ignore no-explicit-any
export type ItemMethod<This = any, In = any, Out = unknown> = (
  this: This,
  item: In,
  // deno-lint-ignore no-explicit-any
  ...call: any[]
) => Promise<Out>;

/**
 * A method, be it one that cannot be batched: its check has better words than its bound.
 *
 * @internal
 */
export type AnyMethod = (...given: never[]) => unknown;

/** Decorates a method whose twin stands beside it: `K`, or `<method>Batch` where that is any string. */
export interface TwinDecorator<In, K extends string> {
  /** By the protocol of the TC39 standard. */
  <const N extends string | symbol, This, M extends ItemMethod<This>>(
    value: M,
    context:
      & Context<This, M, ItemMethod<This, In>>
      & { name: N }
      & TwinCheck<This, N, K, M>
      & MethodCheck<N, M, In>,
  ): M;
  /** By the protocol of `experimentalDecorators`. */
  <const N extends string | symbol, This, M extends AnyMethod>(
    target: This & MethodCheck<N, M, In> & TwinCheck<This, N, K, M>,
    name: N,
    descriptor: Descriptor<M, ItemMethod<never, In>>,
  ): TypedPropertyDescriptor<M>;
}

/** Decorates a method whose handler was given as a function. */
export interface HandlerDecorator<This, In, Out> {
  /** By the protocol of the TC39 standard. */
  <const N extends string | symbol, T extends This, M extends ItemMethod<T>>(
    value: M,
    context:
      & Context<T, M, ItemMethod<T, In, Out>>
      & { name: N }
      & HandlerCheck<N, M, Out>
      & MethodCheck<N, M, In>,
  ): M;
  /** By the protocol of `experimentalDecorators`. */
  <const N extends string | symbol, M extends AnyMethod>(
    target: This & MethodCheck<N, M, In> & HandlerCheck<N, M, Out>,
    name: N,
    descriptor: Descriptor<M, ItemMethod<never, In, Out>>,
  ): TypedPropertyDescriptor<M>;
}

/**
 * What the compiler knows of the method `M`. It infers the types of the options, `In`
 * and `Out`, from where the decorator stands: that is what `Hint`, which always
 * fits, is for, as it looks through no type that is still to be inferred.
 *
 * @internal
 */
export type Context<
  This,
  M extends ItemMethod<This>,
  Hint extends ItemMethod<This>,
> =
  | ClassMethodDecoratorContext<This, M>
  | ClassMethodDecoratorContext<This, Hint>;

/**
 * The same in the protocol of `experimentalDecorators`.
 *
 * @internal
 */
export type Descriptor<M, Hint> =
  | TypedPropertyDescriptor<M>
  | TypedPropertyDescriptor<Hint>;

/**
 * A type that nothing fits; the compiler says that its only key is missing.
 *
 * @internal
 */
export type Cannot<N, Why extends string> = {
  [Words in `Cannot batch ${Called<N>}: ${Why}`]: never;
};

type Called<N> = N extends string ? `${N}()` : "the method";

type TwinOf<M> = (
  items: ItemOf<M>[],
  batch: BatchContext,
) => BatchAnswer<ResultOf<M>>;

type NoTwin<K extends string> =
  `no public method ${K}() beside it, add one or pass { handler }`;

/**
 * `unknown` where the twin stands beside the method and fits it.
 *
 * @internal
 */
export type TwinCheck<This, N, K extends string, M> = string extends K
  ? N extends string ? NamedTwinCheck<This, N, `${N}Batch`, M>
  : Cannot<N, "it is named by a symbol, pass { handler }">
  : NamedTwinCheck<This, N, K, M>;

type NamedTwinCheck<This, N, K extends string, M> = This extends
  { [Name in K]: infer F } ? [F] extends [TwinOf<M>] ? unknown
  : Cannot<
    N,
    `${K}() must take an array of its items and answer an array of its results`
  >
  : Cannot<N, NoTwin<K>>;

/**
 * `unknown` where the handler answers what the method does.
 *
 * @internal
 */
export type HandlerCheck<N, M, Out> = [ResolvedOf<Out>] extends [ResultOf<M>]
  ? unknown
  : Cannot<N, "its handler must answer an array of its results">;

/** Without errors, which reject: the compiler takes those of other classes than `Error` for results. */
type ResolvedOf<Out> = Out extends Error
  ? "stack" extends keyof Out ? never : Out
  : Out;

/**
 * `unknown` where the options take the items of the method, and a batch can carry all
 * that the method is called with.
 *
 * @internal
 */
export type MethodCheck<N, M, In> = [M] extends [ItemMethod]
  ? CallCheck<N, M, In>
  : Cannot<N, "it must be a method that answers a promise">;

type CallCheck<N, M, In> = [ItemOf<M>] extends [In]
  ? CanTravel<RestOf<M>> extends true ? unknown
  : Cannot<
    N,
    "its second parameter must be call?: CallOptions, anything else would be lost in a batch"
  >
  : Cannot<N, "its options must take its items">;

/** Whether what follows the item is nothing, or what a call may ask for, all of it optional. */
type CanTravel<Rest extends unknown[]> = Rest extends [] ? true
  : [[], Record<never, never>] extends [Rest, NonNullable<Rest[0]>]
    ? Rest extends [call?: CallOptions | undefined]
      ? keyof NonNullable<Rest[0]> extends keyof CallOptions ? true : false
    : false
  : false;

type ItemOf<M> = M extends (
  this: never,
  item: infer In,
  ...call: never[]
) => unknown ? In
  : never;

type RestOf<M> = M extends (
  this: never,
  item: never,
  ...call: infer Rest
) => unknown ? Rest
  : never;

type ResultOf<M> = M extends (...call: never[]) => Promise<infer Out> ? Out
  : never;

/** A handler, whatever the items of its method. */
export type AnyHandler = Handler<never, unknown>;

/**
 * Says how the twin of a method is found on an object: by the name that was given, or else by that of
 * the method with `Batch` behind. Where there is none, that throws a `TypeError`.
 *
 * @throws {TypeError} If the method can have no twin of that name.
 */
export function twinOf(
  method: string | symbol,
  given: string | undefined,
): (object: object) => AnyHandler {
  if (given === undefined && typeof method === "symbol") {
    throw cannot(method, "it is named by a symbol, pass { handler }");
  }
  if (given === method) {
    throw cannot(method, `"handler" must name another method, got "${given}"`);
  }
  const twin = given ?? `${String(method)}Batch`;
  return (object) => {
    const found: unknown = Reflect.get(object, twin);
    if (typeof found === "function") return found as AnyHandler;
    throw cannot(method, noTwin(twin));
  };
}

function cannot(method: string | symbol, why: string): TypeError {
  return new TypeError(`Cannot batch ${nameOf(method)}(): ${why}`);
}

/** Its type sees to it that the compiler and the runtime use the same words. */
function noTwin<K extends string>(twin: K): NoTwin<K> {
  return `no public method ${twin}() beside it, add one or pass { handler }`;
}
