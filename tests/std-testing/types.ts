/**
 * Stand-in for `@std/testing/types`: compares types while compiling.
 *
 * @module
 */

/** Compiles only if the type argument and the value agree. */
export function assertType<T extends boolean>(_expected: T): void {}

/** Whether T is `any`. */
export type IsAny<T> = 0 extends (1 & T) ? true : false;

/** Whether T is `never`. */
export type IsNever<T> = [T] extends [never] ? true : false;

/** Whether T is `unknown`, and not `any`. */
export type IsUnknown<T> = IsAny<T> extends true ? false
  : unknown extends T ? true
  : false;

/** Whether T may be null or undefined. */
export type IsNullable<T> = Has<T, null | undefined>;

/** Whether some member of the union T fits U. */
export type Has<T, U> = IsAny<T> extends true ? true
  : IsAny<U> extends true ? false
  : IsNever<Extract<T, U>> extends true ? false
  : true;

/** Whether no member of the union T fits U. */
export type NotHas<T, U> = Has<T, U> extends true ? false : true;

/** Whether T and U are the same type, where `A & B` counts as its members. */
export type IsExact<T, U> = IsAny<T> extends true ? IsAny<U>
  : IsAny<U> extends true ? false
  : IsIdentical<Flat<T>, Flat<U>>;

type Plain = { [key: PropertyKey]: unknown };

type Flat<T> = T extends Plain ? { [K in keyof T]: Flat<T[K]> } : T;

/** The compiler relates two open conditionals only if their types are identical. */
type IsIdentical<T, U> = (<X>() => X extends T ? "is" : "is not") extends
  (<X>() => X extends U ? "is" : "is not") ? true : false;
