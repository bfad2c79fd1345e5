// Each line compiles with the original and with the stand-in. Some compare `any`.
// deno-lint-ignore-file no-explicit-any

import {
  assertType,
  type Has,
  type IsAny,
  type IsExact,
  type IsNever,
  type IsNullable,
  type IsUnknown,
  type NotHas,
} from "@std/testing/types";
import { say } from "./transcript.ts";

type Person = { name: string; tags: { id: number }[] };
interface Box<T> {
  value: T;
  box(): Box<T>;
}
assertType<IsExact<string, string>>(true);
assertType<IsExact<string, "a">>(false);
assertType<IsExact<string | number, number | string>>(true);
assertType<IsExact<string, any>>(false);
assertType<IsExact<any, any>>(true);
assertType<IsExact<unknown, any>>(false);
assertType<IsExact<never, string>>(false);
assertType<IsExact<never, never>>(true);
assertType<IsExact<Person, { name: string } & { tags: { id: number }[] }>>(
  true,
);
assertType<IsExact<Person, { name: string }>>(false);
assertType<IsExact<{ a: string }, { a: any }>>(false);
assertType<IsExact<{ a: string }, { a?: string }>>(false);
assertType<IsExact<{ a: string }, { readonly a: string }>>(false);
assertType<IsExact<Promise<number>, Promise<string>>>(false);
assertType<IsExact<Promise<number>, Promise<number>>>(true);
assertType<IsExact<[number, string], [number, string]>>(true);
assertType<IsExact<number[], readonly number[]>>(false);
assertType<IsExact<(a: number) => void, (a: number) => void>>(true);
assertType<IsExact<(a: number) => void, (a: string) => void>>(false);
assertType<IsExact<Box<number>, Box<number>>>(true);
assertType<IsExact<Box<number>, Box<string>>>(false);
assertType<Has<string | number, string>>(true);
assertType<Has<number, string>>(false);
assertType<NotHas<number, string>>(true);
assertType<NotHas<string | number, string>>(false);
assertType<IsNullable<string | undefined>>(true);
assertType<IsNullable<string>>(false);
assertType<IsAny<unknown>>(false);
assertType<IsNever<never>>(true);
assertType<IsNever<string>>(false);
assertType<IsUnknown<unknown>>(true);
assertType<IsUnknown<string>>(false);

say("types");
