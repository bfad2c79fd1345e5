/**
 * How runtimes call decorators: the protocol of the TC39 standard and the one of
 * `experimentalDecorators` carry the same news.
 *
 *     standard  decorator(value, { kind, name, static, … })
 *     legacy    decorator(target, name, descriptor)
 *
 * @module
 */

/** What a decorator was put on. */
export interface Decoration {
  /** `"method"`, or what else it is. */
  readonly kind: string;
  /** The name of the method; that of a private one begins with `#`. */
  readonly name: string | symbol;
  /** What is decorated. */
  readonly value: unknown;
  /** The class or prototype that it stands on; in the legacy protocol only. */
  readonly target: object | undefined;
  /** What to give back a changed copy of; in the legacy protocol only. */
  readonly descriptor: PropertyDescriptor | undefined;
}

/** Reads the arguments of a decorator; `undefined` if nobody calls one like that. */
export function decorationOf(
  target: unknown,
  context: unknown,
  descriptor: unknown,
): Decoration | undefined {
  if (isContext(context)) {
    const { kind, name } = context;
    const nothing = { target: undefined, descriptor: undefined };
    return { kind, name, value: target, ...nothing };
  }
  if (!isKey(context) || !isDescriptor(descriptor)) return undefined;
  const { value } = descriptor;
  const kind = typeof value === "function" ? "method" : "accessor";
  return { kind, name: context, value, target: target as object, descriptor };
}

/** A name as it stands in messages, and as functions show it. */
export function nameOf(key: string | symbol): string {
  return typeof key === "string" ? key : `[${key.description ?? ""}]`;
}

function isContext(
  value: unknown,
): value is { kind: string; name: string | symbol } {
  return typeof value === "object" && value !== null &&
    typeof (value as { kind?: unknown }).kind === "string";
}

function isKey(value: unknown): value is string | symbol {
  return typeof value === "string" || typeof value === "symbol";
}

function isDescriptor(value: unknown): value is PropertyDescriptor {
  return typeof value === "object" && value !== null &&
    "configurable" in value && ("value" in value || "get" in value);
}
