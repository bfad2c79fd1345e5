/**
 * Checks options and says what is wrong with one: its name, what was wanted, what came.
 *
 * @module
 */

/** What an option must be, unless it is left out. */
export interface Rule {
  /** The same in words, after "must". */
  readonly wanted: string;
  /** Whether a value is what is wanted. */
  readonly fits: (value: unknown) => boolean;
  /** Whether that is a number: another one is out of range, all else of the wrong type. */
  readonly isNumber?: boolean;
  /** Whether it must not be left out. */
  readonly isRequired?: boolean;
  /** Another option that must be given with it. */
  readonly needs?: string;
  /** For an object: the rules of what is in it. */
  readonly parts?: Rules;
}

/** All options that there are, each with its rule. */
export type Rules<Options = Record<string, unknown>> = {
  readonly [Key in keyof Options]-?: Rule;
};

/** True or false. */
export const FLAG: Rule = rule("be a boolean", (v) => typeof v === "boolean");

/** A string. */
export const TEXT: Rule = rule("be a string", (v) => typeof v === "string");

/** A function. */
export const FUNCTION: Rule = rule("be a function", isFunction);

/** A time in ms that may be 0. */
export const MS: Rule = number("be a number of ms >= 0", (n) => n >= 0);

/** A time in ms. */
export const SPAN: Rule = number("be a number of ms > 0", (n) => n > 0);

/** A whole number, or `Infinity`. */
export function count(least: number): Rule {
  return number(
    `be an integer >= ${least} or Infinity`,
    (n) => n >= least && (Number.isInteger(n) || n === Infinity),
  );
}

/** One of a few words. */
export function choice(...words: readonly string[]): Rule {
  const wanted = `be one of ${words.map((word) => `"${word}"`).join(", ")}`;
  return rule(wanted, (v) => words.includes(v as string));
}

/** An object with these methods. */
export function methods(...names: readonly string[]): Rule {
  return rule(
    `be an object with ${names.map((name) => `${name}()`).join(", ")}`,
    (v) => isObject(v) && names.every((name) => isFunction(v[name])),
  );
}

/** An object with options of its own. */
export function parts<Options>(parts: Rules<Options>): Rule {
  return { ...rule("be an object", isObject), parts };
}

/** The same, not to be left out. */
export function required(rule: Rule): Rule {
  return { ...rule, isRequired: true };
}

/** A number in some range. */
export function number(wanted: string, fits: (n: number) => boolean): Rule {
  const isFit = (v: unknown) => typeof v === "number" && fits(v);
  return { ...rule(wanted, isFit), isNumber: true };
}

/** Whatever fits. */
export function rule(wanted: string, fits: (value: unknown) => boolean): Rule {
  return { wanted, fits };
}

/**
 * Reads options: returns those that are given.
 *
 * @throws {TypeError} If one is unknown, missing or of the wrong type.
 * @throws {RangeError} If one is out of range.
 */
export function checked<Options extends object>(
  action: string,
  options: Options,
  rules: Rules<NoInfer<Options>>,
): Options {
  if (!isObject(options)) {
    throw wrong(action, "options", "be an object", options);
  }
  for (const key in options) {
    if (Object.hasOwn(rules, key)) continue;
    throw new TypeError(
      `Cannot ${action}: unknown option "${key}", wanted one of ${
        Object.keys(rules).join(", ")
      }`,
    );
  }
  const given: Record<string, unknown> = {};
  for (const key in rules) {
    const rule: Rule = rules[key as keyof Options];
    const value: unknown = options[key];
    if (value === undefined) {
      if (rule.isRequired) throw wrong(action, key, "be given", value);
      continue;
    }
    const { wanted, needs, parts } = rule;
    if (!rule.fits(value)) {
      const isOutOfRange = rule.isNumber && typeof value === "number";
      throw wrong(
        action,
        key,
        wanted,
        value,
        isOutOfRange ? RangeError : TypeError,
      );
    }
    if (needs && value && options[needs] === undefined) {
      throw wrong(action, needs, `be given with ${key}`, undefined);
    }
    if (parts && isObject(value)) {
      checked(`${action}: in "${key}"`, value, parts);
    }
    given[key] = value;
  }
  return given as Options;
}

/** The error of an option that is not what is wanted. */
export function wrong(
  action: string,
  key: string,
  wanted: string,
  value: unknown,
  kind: ErrorConstructor = TypeError,
): Error {
  return new kind(
    `Cannot ${action}: "${key}" must ${wanted}, got ${shown(value)}`,
  );
}

/** Whether it may have properties. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

/** A value as an error shows it: short, and what it is rather than what is in it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "function") return "a function";
  if (!isObject(value)) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
