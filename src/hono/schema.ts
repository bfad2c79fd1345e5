/**
 * Schemas by the Standard Schema interface, which zod, valibot, arktype and others implement.
 *
 * @module
 */
import { isThenable } from "../outcome.ts";

/** A schema that takes an `In` and makes an `Out` of it, or says what is wrong with it. */
export interface Schema<In = unknown, Out = unknown> {
  /** The properties that the standard asks for. */
  readonly "~standard": {
    /** The version of the standard. */
    readonly version: 1;
    /** The library that made the schema. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (value: unknown) => Checked<Out> | Promise<Checked<Out>>;
    /** Where the types are read from; there is no value. */
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
    /** Describes the schema by JSON Schema, where its library can. */
    readonly jsonSchema?: JsonSchemas | undefined;
  };
}

/** What a schema says of a value. */
export type Checked<Out> = {
  /** What it has made of the value. */
  readonly value: Out;
  /** There is nothing wrong with it. */
  readonly issues?: undefined;
} | {
  /** What is wrong with the value. */
  readonly issues: readonly Issue[];
};

/** One thing that is wrong with a value. */
export interface Issue {
  /** What it is, in words. */
  readonly message: string;
  /** Where in the value it is, from the outside in. */
  readonly path?:
    | readonly (PropertyKey | { readonly key: PropertyKey })[]
    | undefined;
}

/** Part of the Standard JSON Schema interface. */
export interface JsonSchemas {
  /** Describes what goes in. */
  readonly input: (options: { readonly target: "draft-2020-12" }) => object;
  /** Describes what comes out. */
  readonly output: (options: { readonly target: "draft-2020-12" }) => object;
}

/** What a schema takes. */
export type InputOf<S extends Schema> = NonNullable<
  S["~standard"]["types"]
>["input"];

/** What a schema makes of it. */
export type OutputOf<S extends Schema> = NonNullable<
  S["~standard"]["types"]
>["output"];

/** Whether it is a schema; arktype's are functions. */
export function isSchema(value: unknown): value is Schema {
  if (value === null) return false;
  const standard: unknown = (value as Partial<Schema>)["~standard"];
  return typeof standard === "object" && standard !== null &&
    typeof (standard as Schema["~standard"]).validate === "function";
}

/**
 * What a schema makes of a value, or the error that `wrong` makes of what it says against it. Most schemas answer at
 * once, and then nobody waits for a promise.
 */
export function made(
  schema: Schema,
  value: unknown,
  wrong: (issues: readonly Issue[]) => Error,
): unknown {
  const read = (checked: Checked<unknown>): unknown => {
    if (checked.issues === undefined) return checked.value;
    throw wrong(checked.issues);
  };
  const checked = schema["~standard"].validate(value);
  // Also a promise of another realm: taken for an answer it would let anything pass.
  return isThenable(checked) ? checked.then(read) : read(checked);
}
