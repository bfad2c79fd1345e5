/**
 * How runtimes call decorators: the protocol of the TC39 standard and the one of
 * `experimentalDecorators` carry the same news.
 *
 *     standard  decorator(value, { kind, name, static, … })
 *     legacy    decorator(target, name, descriptor)
 *
 * @module
 */
import { isObject } from "./core/check.ts";

/** What a decorator was put on. */
export interface Decoration {
  /** `"method"`, or what else it is. */
  readonly kind: string;
  /** The name of the method; that of a private one begins with `#`. */
  readonly name: string | symbol;
  /** What is decorated. */
  readonly value: unknown;
  /** The class or prototype that it stands on; in the legacy protocol only. */
  readonly target?: object;
  /** What to give back a changed copy of; in the legacy protocol only. */
  readonly descriptor?: PropertyDescriptor;
}

/** Reads the arguments of a decorator; `undefined` if nobody calls one like that. */
export function decorationOf(
  target: unknown,
  context: unknown,
  descriptor: unknown,
): Decoration | undefined {
  if (
    isObject(context) && typeof context["kind"] === "string" &&
    "name" in context
  ) {
    const { kind, name } = context as unknown as Decoration;
    return { kind, name: keyOf(name), value: target };
  }
  if (!["string", "symbol", "number"].includes(typeof context)) return;
  if (!isDescriptor(descriptor)) return;
  const { value } = descriptor;
  const kind = typeof value === "function" ? "method" : "accessor";
  const name = keyOf(context as PropertyKey);
  return { kind, name, value, target: target as object, descriptor };
}

/** The key of a property: compilers name a method `1() {}` by the number. */
export function keyOf(name: PropertyKey): string | symbol {
  return typeof name === "symbol" ? name : String(name);
}

/** A name as it stands in messages, and as functions show it. */
export function nameOf(key: string | symbol): string {
  return typeof key === "string" ? key : `[${key.description ?? ""}]`;
}

function isDescriptor(value: unknown): value is PropertyDescriptor {
  return isObject(value) && "configurable" in value &&
    ("value" in value || "get" in value);
}
